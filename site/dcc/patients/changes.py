"""Correcting an identity: traits, attributes, address and contacts. Every change is a revision and a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Subject
from dcc.contracts.snapshots import IdentityTraits, InstanceId, RelatedPerson
from dcc.patients import access
from dcc.patients.details import add_identifiers, write_contacts, write_details
from dcc.patients.errors import InsWouldBeLost, StaleIdentity
from dcc.patients.index import reindex
from dcc.patients.models import WITH_INS, FormerIns, LocalIdentifier, Patient, Status
from dcc.patients.pictures import STRICT, record_revision, today, traits_of, write_identity
from dcc.patients.qualification.process import reconsider
from dcc.patients.traits import IdentityErrors, read_identity

# The first given name stays editable in every status while it fits the list (EXI ID 10, SI 29/30).
LOCKED = STRICT - {"first_given_name"}


@transaction.atomic
def update_identity(
    *,
    actor: accounts.User,
    patient_id: UUID,
    expected_revision: int,
    traits: IdentityTraits,
    used_name: str = "",
    used_given_name: str = "",
    give_up_ins: bool = False,
) -> None:
    """Replace traits and used names by what was typed.

    A strict trait of a checked, retrieved or qualified identity is locked: changing one brings the identity back to *provisoire*,
    without INS. Raises ``InsWouldBeLost`` unless ``give_up_ins``, ``StaleIdentity``, ``IdentityErrors``, ``PermissionDenied``,
    ``UnknownPatient``.
    """
    patient = _locked(actor, patient_id, expected_revision)
    identity = read_identity(traits, today=today(), used_name=used_name, used_given_name=used_given_name)
    former = traits_of(patient)
    changed = {name for name in LOCKED if getattr(former, name) != getattr(identity.traits, name)}
    gives_up = bool(changed) and patient.status != Status.PROVISIONAL
    if gives_up:
        _downgrade(patient, "correction", give_up_ins)
    write_identity(patient, identity)
    patient.save()
    if changed:
        reconsider(patient, actor, gives_up=gives_up, corrected=True)
    reindex(patient)
    record_revision(patient, actor=actor, reason="correction", action="patient.changed")


@transaction.atomic
def set_attributes(
    *,
    actor: accounts.User,
    patient_id: UUID,
    expected_revision: int,
    homonym: bool = False,
    doubtful: bool = False,
    fictitious: bool = False,
    give_up_ins: bool = False,
) -> None:
    """Set the attributes of an identity (EXI SI 09): *douteuse* and *fictive* force *provisoire* and give up the INS.

    Raises ``IdentityErrors`` when *fictive* is combined with another one, and as :func:`update_identity`.
    """
    patient = _locked(actor, patient_id, expected_revision)
    if fictitious and (doubtful or homonym):
        raise IdentityErrors({"fictitious": "Une identité fictive n'est ni douteuse ni homonyme"})
    gives_up = (doubtful or fictitious) and patient.status != Status.PROVISIONAL
    if gives_up:
        _downgrade(patient, "doute", give_up_ins)
    lifted = (patient.doubtful or patient.fictitious) and not (doubtful or fictitious)
    patient.homonym, patient.doubtful, patient.fictitious = homonym, doubtful, fictitious
    patient.save()
    if gives_up or lifted or doubtful or fictitious:
        reconsider(patient, actor, gives_up=gives_up)
    record_revision(patient, actor=actor, reason="attributs", action="patient.changed")


@transaction.atomic
def update_contact_details(
    *,
    actor: accounts.User,
    patient_id: UUID,
    expected_revision: int,
    address: Mapping[str, Any] | None,
    telecoms: Sequence[Mapping[str, str]],
    contacts: Sequence[RelatedPerson],
) -> None:
    """Replace address, telecoms and contacts. Raises ``IdentityErrors``, ``StaleIdentity``, ``PermissionDenied``."""
    patient = _locked(actor, patient_id, expected_revision)
    write_details(patient, address=address, telecoms=telecoms)
    patient.save()
    write_contacts(patient, contacts)
    record_revision(patient, actor=actor, reason="coordonnees", action="patient.changed")


@transaction.atomic
def add_local_identifier(
    *, actor: accounts.User, patient_id: UUID, expected_revision: int, facility_id: UUID, number: str
) -> None:
    """Give the patient the number (IPP) by which a facility of the actor knows him, under that facility's OID.

    Raises ``IdentityErrors`` (``identifier``) when the facility has no OID or the number is somebody else's; else as above.
    """
    patient = _locked(actor, patient_id, expected_revision)
    (facility,) = accounts.facilities(ids=[facility_id]) or (None,)
    number = number.strip()
    if facility is None or not accounts.may(
        actor, accounts.Action.UPDATE_PATIENT, facility_ids=[facility_id], subject=Subject(patient_id)
    ):
        raise PermissionDenied
    if not facility.identifier_oid:
        raise IdentityErrors({"identifier": "La structure n'a pas d'OID d'émission des IPP"})
    if not number or len(number) > 64 or not number.isprintable():
        raise IdentityErrors({"identifier": "Numéro attendu, 64 caractères au plus"})
    if LocalIdentifier.objects.filter(root=facility.identifier_oid, extension=number).exclude(patient=patient).exists():
        raise IdentityErrors({"identifier": "Ce numéro est celui d'un autre patient"})
    add_identifiers(patient, [InstanceId(facility.identifier_oid, number)])
    record_revision(patient, actor=actor, reason="identifiant", action="patient.changed")


def _locked(actor: accounts.User, patient_id: UUID, expected_revision: int) -> Patient:
    patient = access.locked_patient(patient_id)
    if not access.may(actor, accounts.Action.UPDATE_PATIENT, patient):
        raise PermissionDenied
    if (patient.pk, patient.revision) != (patient_id, expected_revision):  # another id: merged since it was shown
        raise StaleIdentity
    return patient


def _downgrade(patient: Patient, reason: str, agreed: bool) -> None:
    if patient.status in WITH_INS and not agreed:
        raise InsWouldBeLost
    drop_ins(patient, reason)
    patient.status = Status.PROVISIONAL


def drop_ins(patient: Patient, reason: str) -> None:
    """Move the INS of a patient to its history (row not saved)."""
    if patient.ins_matricule:
        FormerIns.objects.create(
            patient=patient, oid=patient.ins_oid, matricule=patient.ins_matricule, ended_at=timezone.now(), reason=reason
        )
    patient.ins_oid = patient.ins_matricule = ""
    patient.insi_at = None
