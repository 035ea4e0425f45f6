"""What pages say of an FRCP that two regions work on: the banner of its pages, and the RCP it is addressed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.exchange import api as exchange
from dcc.exchange.api import EntrustmentState as State

FRCP = "frcp"
RCP_QUESTION = "frcp.rcp.identifiant"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is told in the banner: its tone, its icon, and words in which ``label`` and ``day`` are put."""

    tone: str
    icon: str
    words: Any


LOOKS: Mapping[State, Look] = {
    State.SENT: Look("info", "lock", _("Confiée à la RCP « %(label)s » depuis le %(day)s : elle se lit ici sans se modifier.")),
    State.RECEIVED: Look(
        "info", "lock", _("Confiée à la RCP « %(label)s » depuis le %(day)s : elle se lit ici sans se modifier.")
    ),
    State.NOT_RECEIVED: Look(
        "bad", "warning", _("Confiée à la RCP « %(label)s » le %(day)s : l'autre région ne l'a pas prise en charge.")
    ),
    State.RETURNED: Look(
        "good",
        "double-check",
        _("Version validée reçue de la RCP « %(label)s » le %(changed)s ; la vôtre reste dans l'historique."),
    ),
    State.TAKEN_BACK: Look("", "history", _("Reprise ici le %(changed)s : la RCP « %(label)s » ne l'avait pas prise en charge.")),
    State.FORCED_BACK: Look(
        "warn",
        "warning",
        _("Reprise ici le %(changed)s alors que la RCP « %(label)s » peut l'avoir : un retour serait gardé à part."),
    ),
    State.LATE: Look(
        "warn", "warning", _("Un retour de la RCP « %(label)s » est arrivé après la reprise : un médecin décide lequel compte.")
    ),
    State.SET_ASIDE: Look("", "archive", _("Le retour de la RCP « %(label)s » a été écarté le %(changed)s ; il reste lisible.")),
    State.TO_COMPLETE: Look(
        "take", "arrow-into", _("Confiée par %(label)s le %(day)s : à compléter et valider ici, puis elle lui est rendue.")
    ),
    State.GIVING_BACK: Look("info", "send", _("Validée ici, elle part vers %(label)s, qui l'avait confiée.")),
    State.BACK_REFUSED: Look(
        "bad", "warning", _("Validée ici ; %(label)s, qui l'avait confiée, ne l'a pas reçue : son retour est à relancer.")
    ),
    State.GIVEN_BACK: Look("good", "double-check", _("Validée ici et rendue : %(label)s l'a reçue le %(changed)s.")),
}
"""Every state in a sentence for clinicians."""


@dataclass(frozen=True, slots=True)
class Told:
    """The banner, ready."""

    tone: str
    icon: str
    words: str


def told(document_id: UUID, document_type: str) -> Told | None:
    """The banner of a document; nothing for one that stayed here."""
    brief = exchange.brief_between(document_id) if document_type == FRCP else None
    if brief is None:
        return None
    look = LOOKS[brief.state]
    facts = {"label": brief.label, "day": _day(brief.opened_at), "changed": _day(brief.changed_at)}
    return Told(look.tone, look.icon, str(look.words) % facts)


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"


def rcp_code(answers: Mapping[str, Any]) -> str:
    """The RCP that an FRCP is addressed to, by its national identifier; empty while it is not known."""
    code = answers.get(RCP_QUESTION)
    return code if isinstance(code, str) else ""
