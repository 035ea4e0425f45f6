"""What is known of a patient's DMP, for whoever may open his file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.words import Sign
from plugins.dmp.deposits.standing import is_minor
from plugins.dmp.models import Consent, FileChange, PatientFile
from plugins.dmp.patient.services import may_declare, seen
from plugins.dmp.patient.words import AUTHORISATIONS, DECLARATIONS, FILES, TO_WITHDRAW, VALID
from plugins.dmp.settings import in_force

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Declaration:
    """One thing that was declared: what, by whom, when, in which words."""

    sign: Sign
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient's DMP as the actor may know it: its state, what the patient lets him consult, the opposition, the history.

    ``authorisation`` is that of the actor; ``callable`` whether he may ask the DMP at all (more than a « bris de glace », a
    qualified INS), ``withdraws`` whether he may note that the patient withdraws it, ``declares`` what else the patient says.
    ``guardians`` is what those who represent a ``minor`` see, empty until somebody said it; ``mailed`` whether his PPS reaches
    his mailbox in Mon espace santé, which they may open whatever was said of the DMP (decision 0345).
    """

    existence: str
    closed_reason: str
    checked_at: datetime | None
    authorisation: str
    authorised_at: datetime | None
    opposed: bool
    opposition: Declaration | None
    history: Sequence[Declaration]
    qualified: bool
    callable: bool
    withdraws: bool
    declares: bool
    minor: bool
    guardians: str
    mailed: bool

    @property
    def file_sign(self) -> Sign:
        """The state of the DMP in a word."""
        return FILES[self.existence]

    @property
    def authorisation_sign(self) -> Sign:
        """What the patient lets the actor consult, in a word; a code that nobody knows yet is said to be unknown."""
        return AUTHORISATIONS.get(self.authorisation, AUTHORISATIONS[""])


def standing_of(actor: User, patient_id: UUID) -> Standing:
    """What is known; raises ``UnknownPatient`` unless the actor may open the file."""
    seen(actor, patient_id)
    current = merging.kept_id(patient_id)
    file = PatientFile.objects.filter(patient=current).first() or PatientFile()
    consent = Consent.objects.filter(patient=current, user=actor).first() or Consent()
    history = _history(current)
    opposition = next((one for what, one in history if what in ("oppose", "accepte")), None) if file.opposed else None
    picture, cares = patients.patient_snapshot(current), patients.cares_for(actor, current)
    minor = is_minor(picture.traits.birth_date, timezone.localdate(), in_force().minority)
    return Standing(
        existence=file.existence,
        closed_reason=file.closed_reason,
        checked_at=file.checked_at,
        authorisation=consent.authorisation,
        authorised_at=consent.checked_at,
        opposed=file.opposed,
        opposition=opposition,
        history=[one for _what, one in history],
        qualified=picture.ins is not None,
        callable=picture.ins is not None and actor.practitioner is not None and cares,
        withdraws=cares and consent.authorisation in (VALID, TO_WITHDRAW),
        declares=may_declare(actor, patient_id),
        minor=minor,
        guardians=file.guardians,
        mailed=minor and exchange.opposition_of(actor, patient_id) is None,
    )


def _history(patient_id: UUID) -> list[tuple[str, Declaration]]:
    rows = list(FileChange.objects.filter(patient=patient_id).order_by("-pk")[:SHOWN])
    names = accounts.names({row.actor_id for row in rows if row.actor_id})
    return [
        (row.what, Declaration(DECLARATIONS[row.what], row.at, names.get(row.actor_id, "") if row.actor_id else "", row.reason))
        for row in rows
    ]
