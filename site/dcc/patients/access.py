"""Who may do what with which patient: what ties a person to a patient, asked of the policies of the accounts room.

One by one (:func:`tie_of`) and as a filter (:func:`within`), from the same table. Who wrote in a document of the patient is known
above, in the documents room, which says so.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation, Subject
from dcc.patients.errors import UnknownPatient
from dcc.patients.models import BrokenGlass, CareTeamMember, Following, Patient

KNOWN_HERE = (Relation.TEAM, Relation.BROKEN_GLASS)
"""Relations that this room keeps, beside the facilities; each is looked for only when it would change the answer."""


def tie_of(actor: accounts.User, action: Action, patient: Patient, *, relation: Relation = Relation.NONE) -> Relation | None:
    """By which relation ``actor`` may do ``action`` with a patient; nothing when he may not.

    ``relation`` is what the caller knows beside this room: ``AUTHOR`` when the actor wrote in a document of the patient.
    """
    rights, subject = accounts.rights(actor), Subject(patient.pk, masked=patient.masked)
    if relation is not Relation.NONE and rights.may(action, relation=relation, subject=subject):
        return relation
    facility_ids = patient.followings.order_by("pk").values_list("facility_id", flat=True)
    if rights.may(action, facility_ids=tuple(facility_ids), subject=subject):
        return Relation.FACILITY
    for known in KNOWN_HERE:
        if rights.may(action, relation=known, subject=subject) and is_tied(actor, patient.pk, known):
            return known
    return None


def may(actor: accounts.User, action: Action, patient: Patient) -> bool:
    """Whether ``actor`` may do ``action`` with a patient."""
    return tie_of(actor, action, patient) is not None


def may_with(actor: accounts.User, action: Action, patient_id: UUID) -> bool:
    """As :func:`may`, by the id; raises ``UnknownPatient``."""
    return may(actor, action, patient_of(patient_id))


def cares_for(actor: accounts.User, patient_id: UUID) -> bool:
    """Whether more than a « bris de glace », which only reads, opens the file to the actor; raises ``UnknownPatient``."""
    return tie_of(actor, Action.OPEN_PATIENT, patient_of(patient_id)) not in (None, Relation.BROKEN_GLASS)


def is_tied(actor: accounts.User, patient_id: UUID, relation: Relation) -> bool:
    """Whether one of the relations of this room ties the actor to a patient now."""
    return tied_patients(actor, relation).filter(patient=patient_id).exists()


def tied_patients(actor: accounts.User, relation: Relation) -> QuerySet[Any, Any]:
    """Ids of the patients to whom a relation of this room ties the actor now, for the filters of this room and of those above."""
    if relation is Relation.TEAM:
        return CareTeamMember.objects.filter(user=actor, until=None).values("patient")
    if relation is Relation.BROKEN_GLASS:
        return BrokenGlass.objects.filter(user=actor, until__gt=timezone.now()).values("patient")
    return CareTeamMember.objects.none().values("patient")


def masked_patients() -> QuerySet[Any, Any]:
    """Ids of the masked patients: few."""
    return Patient.objects.filter(masked=True).values("pk")


def is_masked(patient_id: UUID) -> bool:
    """Whether a patient is masked."""
    return Patient.objects.filter(pk=patient_id, masked=True).exists()


def within(actor: accounts.User, action: Action) -> Q:
    """The patients with whom :func:`may` answers yes, as a filter of a query on them."""
    rights, found = accounts.rights(actor), Q(pk__in=[])
    for reach in rights.reach(action):
        if reach.relation is Relation.FACILITY:
            here = Following.objects.filter(patient=OuterRef("pk"), facility__in=reach.facility_ids)
            found |= Q(Exists(here), masked=False)
        elif reach.relation in KNOWN_HERE:
            found |= Q(pk__in=tied_patients(actor, reach.relation))
    return found if rights.only_patient is None else found & Q(pk=rights.only_patient)


def patient_of(patient_id: UUID) -> Patient:
    """The row of a patient, or of the one who absorbed him in a merge; raises ``UnknownPatient``."""
    patient = Patient.everyone.filter(pk=patient_id).first()
    while patient is not None and patient.merged_into_id:
        patient = Patient.everyone.filter(pk=patient.merged_into_id).first()
    if patient is None:
        raise UnknownPatient
    return patient


def locked_patient(patient_id: UUID) -> Patient:
    """As :func:`patient_of`, locked until the end of the transaction: nobody merges him meanwhile."""
    while True:
        locked = Patient.objects.select_for_update().filter(pk=patient_of(patient_id).pk).first()
        if locked is not None:  # else a merge absorbed him between the two: look again
            return locked


def current_id(patient_id: UUID) -> UUID:
    """The id of a patient, or of the one who absorbed him, locked until the end of the transaction; for what is to point to him.

    Raises ``UnknownPatient``.
    """
    return locked_patient(patient_id).pk
