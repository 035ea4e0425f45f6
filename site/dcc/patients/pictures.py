"""A patient's row as plain pictures: traits, snapshot, JSON of a revision; and the writing of a revision."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils import timezone

from dcc.audit import api as audit
from dcc.contracts.events import IdentityChanged
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot, RelatedPerson
from dcc.events import api as events
from dcc.patients.models import Contact, Patient, Revision, Status
from dcc.patients.traits import Identity, Unknown
from dcc.patients.words import LONGEST, letters

if TYPE_CHECKING:
    from dcc.audit.api import Actor

TRAITS = (
    "birth_name",
    "first_given_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place_code",
    "birth_place_name",
)
STRICT = frozenset(TRAITS) - {"birth_place_name"}
_TOLD = {*STRICT, "birth_place_name", "used_name", "used_given_name", "status", "ins_oid", "ins_matricule"}
_PICTURED = (
    *TRAITS,
    "birth_date_unknown",
    "used_name",
    "used_given_name",
    "status",
    "homonym",
    "doubtful",
    "fictitious",
    "ins_oid",
    "ins_matricule",
    "address",
    "telecoms",
)


def traits_of(patient: Patient) -> IdentityTraits:
    """The strict traits of a patient."""
    return IdentityTraits(**{name: getattr(patient, name) for name in TRAITS})


def identity_of(patient: Patient) -> Identity:
    """The identity of a patient: traits, what of the birth date is unknown, used names."""
    unknown = cast("Unknown", patient.birth_date_unknown)
    return Identity(traits_of(patient), unknown, patient.used_name, patient.used_given_name)


def write_identity(patient: Patient, identity: Identity) -> None:
    """Put an identity into the row (not saved)."""
    for name in TRAITS:
        setattr(patient, name, getattr(identity.traits, name))
    patient.birth_date_unknown = identity.birth_date_unknown
    patient.used_name, patient.used_given_name = identity.used_name, identity.used_given_name
    patient.name_key = letters(patient.birth_name)[:LONGEST]


def snapshot_of(patient: Patient, *, brief: bool = False) -> PatientSnapshot:
    """The picture that documents carry; the INS is there only when the identity is qualified (EXI ID 29).

    A ``brief`` one, for the banner, leaves out local identifiers and related persons.
    """
    qualified = patient.status == Status.QUALIFIED
    return PatientSnapshot(
        patient_id=patient.pk,
        traits=traits_of(patient),
        status=cast("Any", patient.status),
        used_name=patient.used_name,
        used_given_name=patient.used_given_name,
        ins=InstanceId(patient.ins_oid, patient.ins_matricule) if qualified else None,
        identifiers=() if brief else tuple(InstanceId(i.root, i.extension) for i in patient.identifiers.all()),
        address=patient.address,
        telecoms=tuple(patient.telecoms),
        related=() if brief else tuple(_related(contact) for contact in patient.contacts.all()),
    )


def _related(contact: Contact) -> RelatedPerson:
    return RelatedPerson(
        kind=contact.kind,
        family=contact.family,
        given=contact.given,
        prefix=contact.prefix,
        relation=contact.relation,
        address=contact.address,
        telecoms=tuple(contact.telecoms),
    )


def picture_of(patient: Patient) -> dict[str, Any]:
    """The whole identity as JSON values, contacts and local identifiers included."""
    snapshot = snapshot_of(patient)
    picture = {name: getattr(patient, name) for name in _PICTURED}
    picture["identifiers"] = [{"root": i.root, "extension": i.extension} for i in snapshot.identifiers]
    picture["contacts"] = [
        {
            "kind": person.kind,
            "family": person.family,
            "given": person.given,
            "prefix": person.prefix,
            "relation": person.relation,
            "address": person.address,
            "telecoms": list(person.telecoms),
        }
        for person in snapshot.related
    ]
    return picture


def record_revision(patient: Patient, *, actor: Actor | None, reason: str, action: str, tell: bool = False) -> None:
    """Keep what the patient has become: a revision with values in this room, a trace with names of fields in the journal.

    Publishes ``IdentityChanged`` when strict traits, INS or status differ from the former revision, or ``tell`` says so.
    """
    former = patient.revisions.order_by("-number").first()
    picture = picture_of(patient)
    changed = sorted(k for k in picture if former is None or former.picture.get(k) != picture[k])
    number = former.number + 1 if former else 1
    now = timezone.now()
    actor_id: UUID | None = actor.pk if actor is not None else None
    Revision.objects.create(patient=patient, number=number, at=now, actor_id=actor_id, reason=reason, picture=picture)
    Patient.everyone.filter(pk=patient.pk).update(revision=number)
    patient.revision = number
    audit.record(
        actor=actor,
        action=action,
        subject=f"patient:{patient.pk}",
        patient_id=patient.pk,
        revision=number,
        reason=reason,
        status=patient.status,
        changed=changed if former else [],
    )
    if tell or (former and set(changed) & _TOLD):
        events.publish(IdentityChanged(patient_id=patient.pk, at=now, status=patient.status))


def today() -> date:
    """The day in Paris."""
    return timezone.localdate()
