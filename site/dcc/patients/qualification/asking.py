"""Asking INSi: by a person who waits, or in the background for a flow; and what its answer does.

The question leaves outside any transaction; the answer is settled in one, which locks the patient first. A fault changes nothing
but what is written of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.capabilities import IdentityVerifier
from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from dcc.contracts.event import Context
from dcc.contracts.events import IdentityToVerify
from dcc.contracts.identity import IdentityQuery, IdentityVerdict
from dcc.contracts.registry import current
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients.ins import check_authority
from dcc.patients.models import Patient
from dcc.patients.pictures import STRICT, record_revision, traits_of
from dcc.patients.qualification import confirming
from dcc.patients.qualification.access import locked_patient
from dcc.patients.qualification.covering import cover_of, person
from dcc.patients.qualification.errors import ClauseMissing
from dcc.patients.qualification.models import Proposal, Qualification, Wait
from dcc.patients.qualification.process import advance, begun_by_hand, locked, step
from dcc.patients.qualification.regional import policy
from dcc.patients.qualification.table import Reliability

ONE, NONE, SEVERAL = "00", "01", "02"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking: the code of INSi, or nothing with the reason (French) why it did not answer."""

    code: str
    proposal_id: UUID | None = None
    reason: str = ""


def ask_insi(*, actor: accounts.User, facility_id: UUID, patient_id: UUID, expected_revision: int) -> Answered:
    """Ask INSi about a patient now, for the person who waits.

    Traits found are proposed, never taken. Raises ``PermissionDenied``, ``UnknownPatient``, ``StaleIdentity``, ``ClauseMissing``
    where the table closes the call, ``Refused`` in French when asking is vain, ``NotConfigured`` without a verifier.
    """
    with transaction.atomic():
        patient = locked_patient(actor, facility_id, patient_id, expected_revision)
        process = _to_ask(actor, facility_id, patient)
        query = _query(process, actor, automatic=False)
    try:
        return _ask(process, query, actor)
    except RetryLater as error:
        return Answered("", reason=error.reason)


def _to_ask(actor: accounts.User, facility_id: UUID, patient: Patient) -> Qualification:
    """The process that asks; raises when the table forbids the question."""
    if patient.doubtful or patient.fictitious:
        raise Refused(_("Identité douteuse ou fictive : INSi n'est pas interrogé tant que le doute n'est pas levé"))
    status = Reliability(patient.status)
    if status.retrieved:
        raise Refused(_("Les traits viennent déjà d'INSi"))
    cover = cover_of(actor, facility_id, policy())
    if not cover.present and status.checked:
        raise ClauseMissing(cover.reasons)
    return begun_by_hand(patient, actor, facility_id)


def verify_in_background(event: IdentityToVerify, context: Context) -> None:
    """Ask INSi for a flow; raises what the verifier raises, so that the outbox tries again when that may help."""
    process = Qualification.objects.filter(pk=event.qualification_id, closed_at=None, waits=Wait.INSI).first()
    if process is None:
        return
    _ask(process, _query(process, person(process.actor_id), automatic=True), None)


def _query(process: Qualification, actor: accounts.User | None, *, automatic: bool) -> IdentityQuery:
    query = query_of(IdentityTraits(**process.traits), process.facility_id, actor, automatic=automatic)
    # Who asks once more, the platform included, wants another answer than the one that is kept.
    return replace(query, again=process.asks > 0)


def query_of(traits: IdentityTraits, facility_id: UUID, actor: accounts.User | None, *, automatic: bool) -> IdentityQuery:
    """A question to INSi in the name of a facility, and of a person if one asks; in the order that the region wants."""
    (facility,) = accounts.facilities(ids=[facility_id])
    practitioner = actor.practitioner if actor is not None else None
    return IdentityQuery(
        traits=traits,
        facility_finess=facility.finess,
        practitioner_rpps=practitioner.national_id if practitioner else "",
        automatic=automatic,
        rungs=policy().rungs,
    )


def _ask(process: Qualification, query: IdentityQuery, actor: accounts.User | None) -> Answered:
    insi = verifier()
    try:
        verdict = _checked(insi.verify(query))
    except (RetryLater, Refused) as error:
        _note_fault(process.pk, error.reason, actor)
        raise
    return settle(process.pk, verdict, actor=actor)


def _checked(verdict: IdentityVerdict) -> IdentityVerdict:
    """The answer, unless its INS is of an authority that has no place here; raises ``Refused``."""
    if verdict.ins:
        try:
            check_authority(verdict.ins.root, test_allowed=settings.DCC_TEST_IDENTITIES)
        except ValueError as error:
            raise Refused(str(error)) from error
    return verdict


def verifier() -> IdentityVerifier:
    """The verifier of the registry; raises ``NotConfigured``."""
    verifiers = current().all(IdentityVerifier)
    if not verifiers:
        raise NotConfigured(_("Aucun accès au téléservice INSi n'est installé"))
    return verifiers[0]


@transaction.atomic
def _note_fault(process_id: UUID, reason: str, actor: accounts.User | None) -> None:
    """A fault changes no status: it is noted, and INSi is asked again later."""
    patient, process = locked(process_id)
    if patient is None or process is None:
        return
    process.fault, process.asked_at = reason[:300], timezone.now()
    process.save()
    step(process, patient, "identity.asked", actor, code="fault", before=patient.status)


@transaction.atomic
def settle(process_id: UUID, verdict: IdentityVerdict, *, actor: accounts.User | None) -> Answered:
    """Do what an answer of INSi does to a process that is still open; asked twice, the second answer replaces the first."""
    patient, process = locked(process_id)
    if patient is None or process is None or Reliability(patient.status).retrieved:
        return Answered(verdict.code)
    process.code, process.fault = verdict.code, ""
    process.asked_at, process.asks = timezone.now(), process.asks + 1
    step(process, patient, "identity.asked", actor, code=verdict.code, answer=verdict.answer_id, before=patient.status)
    if verdict.code == ONE and verdict.ins and verdict.traits:
        return _found(process, patient, _One(verdict.traits, verdict.ins), verdict, actor)
    process.due_at = timezone.now() + timedelta(hours=policy().ask_again_hours)
    if advance(process, patient, actor=actor, insi="01" if verdict.code == NONE else "02"):
        record_revision(patient, actor=actor, reason="insi_sans_resultat", action="patient.changed")
    return Answered(verdict.code)


@dataclass(frozen=True, slots=True)
class _One:
    """Exactly one identity."""

    traits: IdentityTraits
    ins: InstanceId


def _found(
    process: Qualification, patient: Patient, one: _One, verdict: IdentityVerdict, actor: accounts.User | None
) -> Answered:
    """One identity: proposed to a person, unless its INS is another patient's."""
    other = confirming.holder_of(one.ins, patient)
    if other is not None:
        return Answered(ONE, reason=confirming.belongs_to(other, process, patient, actor))
    patient.proposals.filter(state=Proposal.State.PENDING).update(state=Proposal.State.REPLACED)
    proposal = Proposal.objects.create(
        patient=patient,
        qualification=process,
        traits=asdict(one.traits),
        oid=one.ins.root,
        matricule=one.ins.extension or "",
        former=[_former(former) for former in verdict.former],
        remarks=[*verdict.remarks, *_surprises(process, one.ins)],
        answer_id=verdict.answer_id,
        at=verdict.at or timezone.now(),
    )
    advance(process, patient, actor=actor)
    if policy().take_equal_traits and not proposal.remarks and _is_equal(patient, one.traits):
        confirming.take(patient, process, proposal, first_given_name=patient.first_given_name, actor=actor)
    return Answered(ONE, proposal.pk)


def _former(one: Any) -> dict[str, str]:
    return {"oid": one.ins.root, "matricule": one.ins.extension or "", "begins": one.begins, "ends": one.ends}


def _surprises(process: Qualification, ins: InstanceId) -> list[str]:
    expected = (process.expected_oid, process.expected_matricule)
    if process.expected_matricule and expected != (ins.root, ins.extension):
        return [_("INSi donne un autre INS que celui qui a été reçu")]
    return []


def _is_equal(patient: Patient, traits: IdentityTraits) -> bool:
    mine, theirs = traits_of(patient), traits
    place = not theirs.birth_place_code or mine.birth_place_code == theirs.birth_place_code
    return place and all(getattr(mine, name) == getattr(theirs, name) for name in STRICT - {"birth_place_code"})
