"""An identity received beside those it may be: each pair trait by trait, and what each answer would do, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.patients import api as patients
from dcc.web.identities.comparing import Row, compared, side_of
from dcc.web.identities.path import ANSWERS
from dcc.web.identity import Banner, identity_words
from dcc.web.words import IDENTITY, UNKNOWN

NEXT: Mapping[str, Any] = {
    "fin": gettext_lazy("rien d'autre à faire"),
    "clause": gettext_lazy("la suite attend la clause de confiance"),
    "insi": gettext_lazy("INSi est interrogé"),
    "confirmation": gettext_lazy("les traits d'INSi sont à confirmer"),
    "justificatif": gettext_lazy("un justificatif reste à choisir"),
    "justificatif_ou_insi": gettext_lazy("un justificatif reste à choisir, ou INSi à interroger"),
    "insi_plus_tard": gettext_lazy("INSi est interrogé plus tard"),
    "doute": gettext_lazy("le doute est à lever"),
}
"""What the table says comes next (:class:`dcc.patients.api.Decision`)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A patient whom the received identity may be; without rows where the reader may not open him."""

    patient_id: UUID
    words: Banner | None
    rows: Sequence[Row]
    effect: str


@dataclass(frozen=True, slots=True)
class Page:
    """A question as it is shown: what was received, how, and the choices."""

    question: patients.Reconciled
    received: Banner
    source: Any
    status: Any
    choices: Sequence[Choice]
    creating: str
    insi: Any = ""
    """What INSi answered of the received traits, where the region has it asked first."""

    @property
    def waits(self) -> bool:
        """Whether nobody has answered yet."""
        return self.question.state == "attente"


def page_of(question: patients.Reconciled, foreseen: Mapping[UUID | None, patients.Decision]) -> Page:
    """The question in words."""
    return Page(
        question,
        identity_words(question.header),
        patients.Origin(question.source).label,
        IDENTITY.get(question.received, UNKNOWN).label,
        [_choice(question, side, foreseen) for side in question.sides],
        effect_of(foreseen[None]),
        ANSWERS.get(question.insi_code, question.insi_code),
    )


def _choice(question: patients.Reconciled, side: patients.Side, foreseen: Mapping[UUID | None, patients.Decision]) -> Choice:
    decision = foreseen.get(side.patient_id)
    effect = effect_of(decision) if decision else ""
    if side.snapshot is None:
        return Choice(side.patient_id, None, (), effect)
    differing = set(side.fields)
    received, known = question.header.ins, side.snapshot.ins
    if received and known and received != known:
        differing.add("ins")
    rows = compared(side_of(question.header), side_of(side.snapshot), differing)
    return Choice(side.patient_id, identity_words(side.snapshot), rows, effect)


def effect_of(decision: patients.Decision) -> str:
    """What an answer does: the status, and what follows."""
    label = IDENTITY[decision.status.value].label
    said = [str(label), str(NEXT.get(decision.next.value, ""))]
    if decision.third_party:
        said.append(_("« tiers de confiance » est ajouté"))
    return _("%(what)s (cas %(case)s).") % {"what": " ; ".join(one for one in said if one), "case": decision.case}
