"""What pages say of a patient's DMP, code by code. Tables.

Sources: TD0.2 (dmp_psc.md §1.4), opposition and consent (§0, EX_0.2-1100, EX_0.3-1030, EX_0.3-1040).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from dcc.web.words import Sign
from plugins.dmp.settings import in_force

VALID = "VALIDE"
"""The code of an authorisation in force."""
TO_WITHDRAW = "A_RETIRER"
"""What an authorisation becomes here when the patient withdraws it, until the DMP has obeyed."""

FILES: Mapping[str, Sign] = {
    "": Sign(_("Pas encore vérifié"), "question", "", _("Le DMP n'a pas encore été interrogé pour ce patient")),
    "actif": Sign(_("DMP ouvert"), "check", "good", _("Le patient a un DMP, dans Mon espace santé")),
    "ferme": Sign(_("DMP fermé"), "ban", "warn", _("Rien n'y est déposé ni consulté")),
    "aucun": Sign(_("Aucun DMP"), "ban", "warn", _("Le patient n'a pas de DMP : rien n'y est déposé")),
}
"""By :class:`plugins.dmp.models.PatientFile.Existence`."""

AUTHORISATIONS: Mapping[str, Sign] = {
    "": Sign(_("Pas encore vérifiée"), "question", "", _("Le DMP n'a pas encore dit ce que le patient vous autorise")),
    "VALIDE": Sign(_("Consultation autorisée"), "check", "good", _("Le patient vous autorise à consulter son DMP")),
    "EXPIRE": Sign(_("Autorisation expirée"), "clock", "warn", _("Le patient vous avait autorisé : demandez-lui de nouveau")),
    "INTERDIT": Sign(
        _("Consultation interdite"), "ban", "bad", _("Le patient vous a bloqué l'accès à son DMP ; lui seul le lève")
    ),
    "NON_EXISTE": Sign(
        _("Pas d'autorisation"), "lock", "", _("Le patient ne vous autorise pas à consulter son DMP, ou ne le fait plus")
    ),
    TO_WITHDRAW: Sign(
        _("Retrait à confirmer"),
        "warning",
        "bad",
        _("Le retrait est noté ici, mais le DMP ne l'a pas encore confirmé : retirez de nouveau"),
    ),
}
"""What a patient lets the reader consult: the codes of TD0.2, and what waits here."""

CONSENT = _(
    "J'ai expliqué au patient pourquoi je souhaite consulter son DMP, qu'il peut refuser ou changer d'avis à tout moment, "
    "et qu'il en sera averti par Mon espace santé. Il m'y autorise."
)
"""What a professional declares before an authorisation is added (decision 0338)."""


def consent_words() -> str:
    """The declaration in force: the region's, else ours."""
    return in_force().consent_words or str(CONSENT)


class Declared(StrEnum):
    """What is declared of a patient's DMP, as :class:`plugins.dmp.models.FileChange` keeps it."""

    OPPOSED = "oppose"
    ACCEPTED = "accepte"
    AUTHORISED = "autorise"
    WITHDRAWN = "retire"
    GUARDIANS_SEE = "voient"
    GUARDIANS_DO_NOT = "ne_voient_pas"


DECLARATIONS: Mapping[str, Sign] = {
    Declared.OPPOSED: Sign(_("Opposition à l'alimentation"), "ban", "warn"),
    Declared.ACCEPTED: Sign(_("Opposition levée"), "check", "good"),
    Declared.AUTHORISED: Sign(_("Consultation autorisée"), "eye", "good"),
    Declared.WITHDRAWN: Sign(_("Autorisation retirée"), "lock", ""),
    Declared.GUARDIANS_SEE: Sign(_("Représentants légaux : voient"), "eye", "info"),
    Declared.GUARDIANS_DO_NOT: Sign(_("Représentants légaux : ne voient pas"), "lock", "info"),
}
"""The history, in words."""
