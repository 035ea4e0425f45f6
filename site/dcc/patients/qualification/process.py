"""The process of a patient: does what the table says of what arrived, says what is waited for. Inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.events import IdentityToVerify
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.events import api as events
from dcc.patients.models import DuplicateAlert, Patient
from dcc.patients.pictures import traits_of
from dcc.patients.qualification import catalogue
from dcc.patients.qualification.covering import Cover, cover_of, person
from dcc.patients.qualification.deciding import Decision, Return, Situation, decide
from dcc.patients.qualification.models import IdentityProof, Origin, Proposal, Qualification, Wait
from dcc.patients.qualification.policy import THIRD_PARTY, Policy
from dcc.patients.qualification.regional import policy as policy_in_force
from dcc.patients.qualification.table import CREATE, Answer, Match, Reliability, joined

if TYPE_CHECKING:
    from dcc.audit.api import Actor


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came: how, from whom, with what status and proof, and what it is beside what is known."""

    actor: accounts.User | None
    facility_id: UUID
    source: str
    traits: IdentityTraits
    received: Reliability | None = None
    proof: str = ""
    ins: InstanceId | None = None
    match: Match = "identique"
    answer: Answer = ""


def begin(patient: Patient, arrival: Arrival) -> bool:
    """Open the process of a patient (locked) by what arrived and do what the table says; whether the identity changed."""
    current = open_process(patient)
    if current is None or not _says_as_much(current, arrival):
        if current is not None:
            close(current)
        current = _opened(patient, arrival)
    elif arrival.actor is not None and not current.clause.get("present"):
        current.actor_id, current.facility_id = arrival.actor.pk, arrival.facility_id
    return advance(current, patient, actor=arrival.actor)


def open_process(patient: Patient) -> Qualification | None:
    """The open process of a patient."""
    return patient.qualifications.select_for_update().filter(closed_at=None).first()


def _says_as_much(current: Qualification, arrival: Arrival) -> bool:
    if current.source == Origin.TYPED:
        return arrival.source == Origin.TYPED
    said = bool(current.received) and Reliability(current.received).checked
    return said or arrival.received is None or not arrival.received.checked


def _opened(patient: Patient, arrival: Arrival) -> Qualification:
    return Qualification(
        patient=patient,
        facility_id=arrival.facility_id,
        actor_id=arrival.actor.pk if arrival.actor else None,
        source=arrival.source,
        received=arrival.received or "",
        proof=arrival.proof,
        match=arrival.match,
        answer=arrival.answer,
        traits=asdict(arrival.traits),
        expected_oid=arrival.ins.root if arrival.ins else "",
        expected_matricule=(arrival.ins.extension or "") if arrival.ins else "",
    )


def advance(process: Qualification, patient: Patient, *, actor: accounts.User | None = None, insi: Return = "") -> bool:
    """Do what the table says of where the process stands (``insi``: what INSi just answered); whether the identity changed.

    The patient is locked, and saved here when it changes; the revision is for the caller to write.
    """
    policy = policy_in_force()
    cover = cover_of(actor or person(process.actor_id), process.facility_id, policy)
    decision = decide(situation_of(process, patient, cover, insi), policy)
    process.case = process.case or decision.case
    before = patient.status
    answered = process.code in ("01", "02") and not insi and not Reliability(patient.status).retrieved
    if not answered:
        _apply(patient, decision.status, lowers=insi in ("01", "02"))
    if cover.present:
        _keep_proofs(process, patient, decision, policy)
    process.clause = cover.evidence()
    waited = process.waits
    _wait(process, patient, decision, cover)
    return _settled(process, patient, decision, cover, (before, waited), actor)


def situation_of(process: Qualification, patient: Patient, cover: Cover, insi: Return) -> Situation:
    """Where a process stands, as the table looks at it.

    An identity that the process created counts as new while it is *provisoire*, then as one that is known and identical.
    """
    local = Reliability(patient.status)
    created = process.match == "absente" or process.answer == CREATE
    doubtful = patient.doubtful or patient.fictitious
    as_known = local is not Reliability.PROV if created else not cover.present
    match, answer = ("identique", "") if as_known or doubtful else (process.match, process.answer)
    return Situation(
        clause=cover.present,
        source="saisie" if process.source == Origin.TYPED else "flux",
        match=match,  # type: ignore[arg-type]  # written by :func:`begin`
        received=Reliability(process.received) if process.received else None,
        local=None if match == "absente" else local,
        answer=answer,  # type: ignore[arg-type]
        proof_known=bool(process.proof),
        proved_here=is_proved(patient),
        doubtful=doubtful,
        insi=insi,
    )


def _apply(patient: Patient, status: Reliability, *, lowers: bool) -> None:
    """Raise the status to what the table says, or lower it when INSi found none or several."""
    if not lowers:
        patient.status = joined(Reliability(patient.status), status).value
        return
    if Reliability(patient.status).checked and not status.checked:
        end_proofs(patient)
    patient.status = status.value


def _keep_proofs(process: Qualification, patient: Patient, decision: Decision, policy: Policy) -> None:
    kind = THIRD_PARTY if decision.third_party else process.proof
    checked = bool(process.received) and Reliability(process.received).checked
    if not kind or process.source == Origin.TYPED or not checked or patient.doubtful or patient.fictitious:
        return
    if patient.proofs.filter(ended_at=None, kind=kind).exists():
        return
    IdentityProof.objects.create(
        patient=patient,
        kind=kind,
        level=catalogue.received_level(kind, policy),
        origin=process.source,
        facility_id=process.facility_id,
        actor_id=process.actor_id,
        at=timezone.now(),
    )


def _wait(process: Qualification, patient: Patient, decision: Decision, cover: Cover) -> None:
    status = Reliability(patient.status)
    met = [
        (patient.doubtful or patient.fictitious, Wait.DOUBT),
        (status is Reliability.QUAL, ""),
        (patient.proposals.filter(state=Proposal.State.PENDING).exists(), Wait.CONFIRMATION),
        (bool(same_ins(patient)), Wait.DUPLICATE),
        (decision.call and not process.code, Wait.INSI),
        (not cover.present, Wait.CLAUSE),
        (status is Reliability.RECUP, Wait.PROOF),
        (True, Wait.CORRECTION if process.code else Wait.PROOF),
    ]
    process.waits = next(wait for met_, wait in met if met_)


def _settled(
    process: Qualification,
    patient: Patient,
    decision: Decision,
    cover: Cover,
    was: tuple[str, str],
    actor: Actor | None,
) -> bool:
    """Save what the step came to, have INSi asked where the table wants it, leave the trace. ``was``: status, wait."""
    before, waited = was
    changed = patient.status != before
    new = process._state.adding
    if changed:
        patient.save()
    if not process.waits:
        process.closed_at = process.closed_at or timezone.now()
    if process.waits or not new or changed:
        process.save()
    if process.waits == Wait.INSI != waited and process.source != Origin.TYPED:
        events.publish(IdentityToVerify(qualification_id=process.pk, patient_id=patient.pk, at=timezone.now()))
    step(process, patient, "identity.advanced", actor, case=decision.case, before=before, clause=cover.present, by=list(cover.by))
    return changed


def close(process: Qualification) -> None:
    """Nothing more is waited for."""
    process.closed_at, process.waits = timezone.now(), ""
    process.save()


def step(process: Qualification, patient: Patient, action: str, actor: Actor | None, **facts: Any) -> None:
    """The trace of one step: source, what was received, what is waited for, the status it leads to."""
    audit.record(
        actor=actor,
        action=action,
        subject=f"patient:{patient.pk}",
        patient_id=patient.pk,
        facility_id=process.facility_id,
        qualification=str(process.pk),
        source=process.source,
        received=process.received,
        waits=process.waits,
        after=patient.status,
        **facts,
    )


def same_ins(patient: Patient) -> Sequence[UUID]:
    """The patients who hold the INS that INSi gives this one, while nobody answered whether they are one person."""
    mine = Q(first=patient) | Q(second=patient)
    pairs = DuplicateAlert.objects.filter(mine, state=DuplicateAlert.State.OPEN, why=DuplicateAlert.Why.SAME_INS)
    return [second if first == patient.pk else first for first, second in pairs.values_list("first", "second")]


def reconsider(patient: Patient, actor: accounts.User | None, *, gives_up: bool, corrected: bool = False) -> None:
    """What a correction or a doubt does to the process of a patient (locked and saved): what INSi said was of other traits.

    What proved them is ended. ``gives_up``: the identity was brought back to *provisoire*; then, or when strict traits were
    ``corrected`` that a flow had checked, what was received no longer counts.
    """
    end_proofs(patient)
    process = open_process(patient)
    if process is None:
        return
    patient.proposals.filter(state=Proposal.State.PENDING).update(state=Proposal.State.REPLACED)
    process.traits, process.code, process.fault = asdict(traits_of(patient)), "", ""
    claimed = bool(process.received) and Reliability(process.received).checked
    if (gives_up or (corrected and claimed)) and actor is not None:
        process.source, process.received, process.proof = Origin.TYPED, "", ""
        process.match, process.answer, process.expected_oid, process.expected_matricule = "absente", "", "", ""
        process.actor_id = actor.pk
    advance(process, patient, actor=actor)


def is_proved(patient: Patient) -> bool:
    """Whether a justificatif of high trust is kept for the identity."""
    return patient.proofs.filter(ended_at=None, level__in=("eleve", "condition")).exists()


def end_proofs(patient: Patient) -> None:
    """What was proved is given up: the justificatifs stay, ended."""
    patient.proofs.filter(ended_at=None).update(ended_at=timezone.now())


def begun_by_hand(patient: Patient, actor: accounts.User, facility_id: UUID) -> Qualification:
    """The process of a patient (locked) that a person carries on in her name; begun now when none is open."""
    process = open_process(patient)
    if process is None:
        match: Match = "absente" if patient.status == Reliability.PROV else "identique"
        process = _opened(patient, Arrival(actor, facility_id, Origin.TYPED, traits_of(patient), match=match))
        process.waits = Wait.INSI  # until what follows says otherwise: INSi may not answer
    elif not process.clause.get("present") or process.actor_id is None:
        process.actor_id, process.facility_id = actor.pk, facility_id
    if process.source == Origin.TYPED or process.code:
        process.traits = asdict(traits_of(patient))
    process.save()
    return process


def locked(process_id: UUID) -> tuple[Patient | None, Qualification | None]:
    """The patient, locked first, and the process if it is still open."""
    row = Qualification.objects.filter(pk=process_id).first()
    if row is None:
        return None, None
    patient = Patient.objects.select_for_update().filter(pk=row.patient_id).first()
    process = open_process(patient) if patient is not None else None
    return patient, process if process is not None and process.pk == process_id else None
