"""What this slice offers: the search and its line on pages, what it found for prefill sources, and the job that forgets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.notices import NoticeSource
from dcc.contracts.prefill import DocumentsElsewhere
from dcc.contracts.registry import Registry

if TYPE_CHECKING:
    from dcc.accounts.api import User
    from plugins.dmp.patient.services import Through

ACTIONS = """
dmp.searched       soins  lit    Recherche dans le DMP d'un patient
dmp.document_read  soins  lit    Document lu dans le DMP
dmp.document_kept  soins  ecrit  Document du DMP gardé
"""


def register(registry: Registry, way: Callable[[User], Through] | None = None) -> None:
    """The journal's words, the search, its results; ``way`` is how a professional reaches the DMP, for tests another one."""
    from dcc.audit import api as audit
    from plugins.dmp.consultation.asking import ConsultationRequested
    from plugins.dmp.consultation.cache import forget
    from plugins.dmp.consultation.elsewhere import DocumentsOfTheDmp
    from plugins.dmp.consultation.notices import ConsultationNotices
    from plugins.dmp.consultation.searching import Searching
    from plugins.dmp.patient.calling import through

    audit.declare(ACTIONS)
    registry.add(NoticeSource, "dmp.consultation", ConsultationNotices())
    registry.add(DocumentsElsewhere, "dmp.consultation", DocumentsOfTheDmp())
    registry.add(ScheduledJob, "dmp.consultation.forget", ScheduledJob("dmp.consultation.forget", forget, timedelta(minutes=5)))
    registry.subscribe(ConsultationRequested, Searching(way or through), key="dmp.consultation")
