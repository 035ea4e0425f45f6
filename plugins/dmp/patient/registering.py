"""What this slice offers: the line on a patient's page, and the words of the journal."""

from __future__ import annotations

from dcc.contracts.notices import HelpPage, NoticeSource
from dcc.contracts.registry import Registry

ACTIONS = """
dmp.checked     soins  lit    DMP du patient interrogé
dmp.authorised  soins  ecrit  Autorisation de consulter le DMP ajoutée à la demande du patient
dmp.withdrawn   soins  ecrit  Autorisation de consulter le DMP retirée
dmp.opposed     soins  ecrit  Opposition du patient à l'alimentation de son DMP
dmp.accepted    soins  ecrit  Opposition du patient à l'alimentation de son DMP levée
"""
WORDS = "Ce qui se dépose dans le DMP d’un patient, quand, dans la session de qui, et ce que le patient en voit."


def register(registry: Registry) -> None:
    """The journal's words, the lines on the pages of a patient and of a document, the page of the help."""
    from dcc.audit import api as audit
    from plugins.dmp.patient.notices import PatientNotices
    from plugins.dmp.patient.removal import RemovalNotices
    from plugins.dmp.patient.sharing import SharingNotices

    audit.declare(ACTIONS)
    registry.add(NoticeSource, "dmp.patient", PatientNotices())
    registry.add(NoticeSource, "dmp.sharing", SharingNotices())
    registry.add(NoticeSource, "dmp.removal", RemovalNotices())
    registry.add(HelpPage, "dmp", HelpPage("Ce qui va dans le DMP", WORDS, "dmp:rules"))
