"""The traits of INSi enter a patient when a person confirms them; then they are locked (CDC 8b, 2b)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients.characters import fits_list
from dcc.patients.index import reindex
from dcc.patients.merging.alerts import Why, open_alert
from dcc.patients.models import Patient
from dcc.patients.pictures import identity_of, record_revision, write_identity
from dcc.patients.qualification.access import locked_patient
from dcc.patients.qualification.errors import AlreadyAnswered
from dcc.patients.qualification.models import InsOfHistory, Proposal, Qualification
from dcc.patients.qualification.process import advance, open_process, step
from dcc.patients.qualification.table import Reliability, joined
from dcc.patients.traits import Identity, IdentityErrors


def accept_insi(
    *,
    actor: accounts.User,
    facility_id: UUID,
    patient_id: UUID,
    expected_revision: int,
    proposal_id: UUID,
    first_given_name: str = "",
) -> None:
    """Let the traits and the INS that INSi gave enter the patient.

    ``first_given_name`` is drawn from the list that INSi gives (blank: the one that the answer proposes). Raises
    ``AlreadyAnswered``, ``IdentityErrors``, ``Refused`` when another patient took the INS meanwhile (both are then to be
    compared), and as :func:`ask_insi`.
    """
    with transaction.atomic():
        patient, process, proposal = _pending(actor, facility_id, patient_id, expected_revision, proposal_id)
        other = holder_of(InstanceId(proposal.oid, proposal.matricule), patient)
        if other is None:
            take(patient, process, proposal, first_given_name=first_given_name, actor=actor)
            return
        _answer(proposal, Proposal.State.REPLACED, actor)
        reason = belongs_to(other, process, patient, actor)
    raise Refused(reason)


def holder_of(ins: InstanceId, patient: Patient) -> Patient | None:
    """Another patient who has this INS: two identities never share one."""
    return Patient.objects.filter(ins_oid=ins.root, ins_matricule=ins.extension).exclude(pk=patient.pk).first()


def belongs_to(other: Patient, process: Qualification, patient: Patient, actor: accounts.User | None) -> str:
    """The INS is another patient's: it is not stored, a person is told. Returns the reason, in French."""
    open_alert(patient.pk, other.pk, Why.SAME_INS, actor=actor)
    step(process, patient, "identity.duplicate_found", actor, other=other.pk)
    advance(process, patient, actor=actor)
    return _("L'INS trouvé est celui d'un autre patient : les deux dossiers sont à comparer")


@transaction.atomic
def refuse_insi(*, actor: accounts.User, facility_id: UUID, patient_id: UUID, expected_revision: int, proposal_id: UUID) -> None:
    """Say that what INSi gave is not this person: nothing changes, the traits are to be looked at again."""
    patient, process, proposal = _pending(actor, facility_id, patient_id, expected_revision, proposal_id)
    _answer(proposal, Proposal.State.REFUSED, actor)
    step(process, patient, "identity.insi_refused", actor, answer=proposal.answer_id)
    advance(process, patient, actor=actor)


def _pending(
    actor: accounts.User, facility_id: UUID, patient_id: UUID, expected_revision: int, proposal_id: UUID
) -> tuple[Patient, Qualification, Proposal]:
    proposal = Proposal.objects.filter(pk=proposal_id, patient=patient_id).first()
    if proposal is not None and proposal.state != Proposal.State.PENDING:
        raise AlreadyAnswered
    patient = locked_patient(actor, facility_id, patient_id, expected_revision)
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id, patient=patient).first()
    process = open_process(patient)
    if proposal is None or proposal.state != Proposal.State.PENDING or process is None:
        raise AlreadyAnswered
    return patient, process, proposal


def take(
    patient: Patient, process: Qualification, proposal: Proposal, *, first_given_name: str, actor: accounts.User | None
) -> None:
    """Write what INSi gave into the patient (locked), and do what the table says of it."""
    traits = _chosen(IdentityTraits(**proposal.traits), first_given_name)
    former = identity_of(patient)
    unknown = former.birth_date_unknown if traits.birth_date == former.traits.birth_date else ""
    write_identity(patient, Identity(traits, unknown, former.used_name, former.used_given_name))
    patient.ins_oid, patient.ins_matricule, patient.insi_at = proposal.oid, proposal.matricule, proposal.at
    patient.status = joined(Reliability(patient.status), Reliability.RECUP).value
    patient.save()
    InsOfHistory.objects.filter(patient=patient).delete()
    InsOfHistory.objects.bulk_create([InsOfHistory(patient=patient, given_at=proposal.at, **one) for one in proposal.former])
    _answer(proposal, Proposal.State.ACCEPTED, actor)
    step(process, patient, "identity.insi_accepted", actor, answer=proposal.answer_id)
    advance(process, patient, actor=actor, insi="00")
    reindex(patient)
    record_revision(patient, actor=actor, reason="insi", action="patient.changed")


def _chosen(traits: IdentityTraits, first: str) -> IdentityTraits:
    """The traits with the first given name that a person draws from the list."""
    if not first:
        return traits
    if traits.given_names and not fits_list(first, traits.given_names):
        raise IdentityErrors({"first_given_name": _("Le premier prénom est le début de la liste des prénoms de naissance")})
    return replace(traits, first_given_name=first)


def _answer(proposal: Proposal, state: Proposal.State, actor: accounts.User | None) -> None:
    proposal.state, proposal.answered_at = state, timezone.now()
    proposal.answered_by = actor.pk if actor else None
    proposal.save()
