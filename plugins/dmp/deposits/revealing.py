"""Once the PPS is in the DMP the patient sees his FRCP: its metadata are changed, else a visible version takes its place.

Its own delivery, after that of the deposit: whatever becomes of it, the PPS stays deposited (dmp_psc.md §5, decision 0333).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.errors import NeedsSession, Refused
from dcc.contracts.events import Context, TransmissionChanged
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from plugins.dmp.deposits import gate, ledger
from plugins.dmp.deposits.lots import confidentiality
from plugins.dmp.deposits.standing import is_minor, standing_of, state_of, user_of
from plugins.dmp.deposits.transport import NOTES, Services, withdrawn
from plugins.dmp.deposits.visibility import GUARDIANS, PATIENT, Session, Situation, Step, codes_of, seen_after, step_of
from plugins.dmp.models import Deposit
from plugins.dmp.patient.keeping import remember
from plugins.dmp.transactions.types import Caller, FoundEntry

STALE = "dmp_version"
"""Cause of a change of metadata that somebody else's overtook (XDSMetadataVersionError)."""
HIDING = frozenset({PATIENT, GUARDIANS})


def was_deposited(event: TransmissionChanged) -> bool:
    """Whether a document has just been deposited in a DMP."""
    return event.channel == "dmp" and event.state == exchange.State.SENT


@dataclass(frozen=True, slots=True)
class _Patient:
    """Of whom the FRCP is, as known now."""

    picture: PatientSnapshot
    ins: InstanceId


class Revealing:
    """Makes FRCPs visible, through ``services``."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def follow(self, event: TransmissionChanged, context: Context) -> None:
        """Subscriber of ``TransmissionChanged``: what a deposit leads to for the FRCP. Idempotent; raises as :meth:`show`."""
        frcp_id = event.document_id if event.document_type == "frcp" else documents.followed_id(event.document_id)
        if frcp_id is not None:
            self.show(frcp_id)

    def show(self, frcp_id: UUID, *, confirmed: bool = False) -> Step:
        """Do what the table says of an FRCP whose PPS may be there, and answer what that was.

        Raises ``NeedsSession`` while nobody who may is connected, ``Refused``, ``RetryLater``.
        """
        patient = _patient(frcp_id)
        now = Situation("suite", ledger.pps_of(frcp_id, patient.ins), ledger.frcp_of(frcp_id, patient.ins))
        if step_of(now) is not Step.WAIT:
            return step_of(now)
        row = ledger.there(frcp_id, patient.ins)[0]
        session, caller = self._session(row)
        confirmed = confirmed or not self._services.settings().confirm_reveal
        authorised = self._authorised(caller, patient)
        step = step_of(replace(now, session=session, authorised=authorised, confirmed=confirmed))
        match step:
            case Step.REVEAL:
                self._reveal(caller, patient, row)
            case Step.REPLACE:
                exchange.renew_to_show(frcp_id)
            case Step.CONFIRM:
                _annotate(row, _("invisible au patient, à rendre visible : confirmer"))
            case _:
                raise _waiting(row)
        return step

    def _session(self, row: Deposit) -> tuple[Session, Caller]:
        """Who is connected: an author of the FRCP, who may do most, else one of its PPS."""
        caller = self._services.session_of(row.practitioners)
        if caller is not None:
            return Session.FRCP, caller
        caller = self._services.session_of(_of_pps(row))
        if caller is None:
            raise _waiting(row)
        return Session.PPS, caller

    def _authorised(self, caller: Caller, patient: _Patient) -> bool:
        """TD0.2: whether the patient lets the caller consult. Raises ``Refused`` when there is no open DMP any more."""
        asked_at = timezone.now()
        answer = self._services.dmp.existence(caller, patient.ins)
        if patient.picture.patient_id:
            remember(patient_id=patient.picture.patient_id, user_id=user_of(caller), answer=answer, at=asked_at)
        verdict = gate.verdict_of(gate.Facts(replaces=True, dmp=state_of(answer)))
        if verdict.cause:
            raise Refused(exchange.CAUSES[verdict.cause].words, cause=verdict.cause)
        return answer.authorisation == "VALIDE"

    def _reveal(self, caller: Caller, patient: _Patient, row: Deposit) -> None:
        """TD3.3b with the metadata just read; somebody else's change overtook it at most once."""
        minor = is_minor(patient.picture.traits.birth_date, timezone.localdate(), self._services.settings().minority)
        seen = seen_after(Step.REVEAL, secret=minor and standing_of(patient.picture.patient_id).secret)
        wanted = codes_of(seen, minor=minor)
        try:
            self._change(caller, patient, row, wanted)
        except Refused as error:
            if error.cause != STALE:
                raise
            self._change(caller, patient, row, wanted)
        with transaction.atomic():
            ledger.note_shown(row, seen)
            _annotate(row, NOTES[seen])
            audit.record(
                actor=None,
                action="dmp.revealed",
                subject=f"document:{row.document_id}",
                patient_id=patient.picture.patient_id,
                transmission=row.pk,
            )

    def _change(self, caller: Caller, patient: _Patient, row: Deposit, wanted: Sequence[str]) -> None:
        """The metadata as they are now, hidden from those of ``wanted`` only."""
        found = self._found(caller, patient, row)
        now = {code.code for code in found.entry.confidentiality}
        if now & HIDING <= set(wanted):
            return  # it is seen already: an answer was lost, or somebody else did it
        others = tuple(code for code in found.entry.confidentiality if code.code not in HIDING)
        hidden = tuple(code for code in confidentiality(wanted) if code.code in HIDING)
        self._services.dmp.change_visibility(caller, patient.ins, found, replace(found.entry, confidentiality=(*others, *hidden)))

    def _found(self, caller: Caller, patient: _Patient, row: Deposit) -> FoundEntry:
        """The entry as the registry has it now, its latest metadata."""
        found = self._services.dmp.describe(caller, patient.ins, [row.unique_id])
        approved = [each for each in found if each.entry.unique_id == row.unique_id and each.status == "Approved"]
        if not approved:
            withdrawn(row)
            raise Refused(exchange.CAUSES["dmp_removed"].words, cause="dmp_removed")
        return max(approved, key=lambda each: each.version)


def _waiting(row: Deposit) -> NeedsSession:
    """Say on the line that it waits; what to raise."""
    _annotate(row, _("invisible au patient, à rendre visible : en attente d'un auteur"))
    return NeedsSession("psc", list(dict.fromkeys([*row.practitioners, *_of_pps(row)])))


def _of_pps(row: Deposit) -> list[str]:
    """Who may be connected for the PPS of an FRCP that is there."""
    return list(dict.fromkeys(one for pps in ledger.deposited_pps(row) for one in pps.practitioners))


def _patient(frcp_id: UUID) -> _Patient:
    """Raises ``Refused`` when the identity is qualified no more."""
    picture = documents.current_picture(frcp_id, as_of=timezone.now(), with_attachments=False)[1].patient
    if picture.ins is None:
        raise Refused(exchange.CAUSES["identity"].words, cause="identity")
    return _Patient(picture, picture.ins)


def _annotate(row: Deposit, note: str) -> None:
    exchange.annotate(key=row.pk, note=note, at=timezone.now())
