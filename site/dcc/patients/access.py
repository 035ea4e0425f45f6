"""Who may do what with which patient: what ties a person to a patient, asked of the policies of the accounts room."""

from __future__ import annotations

from uuid import UUID

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation, Subject
from dcc.patients.errors import UnknownPatient
from dcc.patients.models import Patient


def may(actor: accounts.User, action: Action, patient: Patient, *, relation: Relation = Relation.NONE) -> bool:
    """Whether ``actor`` may do ``action`` with a patient.

    ``relation`` is what the caller knows beside this room: ``AUTHOR`` when the actor wrote in a document of the patient.
    """
    subject = Subject(patient_id=patient.pk)
    facility_ids = patient.followings.order_by("pk").values_list("facility_id", flat=True)
    return accounts.may(actor, action, facility_ids=tuple(facility_ids), relation=relation, subject=subject)


def may_with(actor: accounts.User, action: Action, patient_id: UUID, *, relation: Relation = Relation.NONE) -> bool:
    """As :func:`may`, by the id; raises ``UnknownPatient``."""
    return may(actor, action, patient_of(patient_id), relation=relation)


def patient_of(patient_id: UUID) -> Patient:
    """The row of a patient; raises ``UnknownPatient``."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise UnknownPatient
    return patient
