"""Who may act in the process of a patient."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied

from dcc.accounts import api as accounts
from dcc.patients import access
from dcc.patients.errors import StaleIdentity
from dcc.patients.models import Patient


def locked_patient(actor: accounts.User, facility_id: UUID, patient_id: UUID, expected_revision: int) -> Patient:
    """The patient, locked, for somebody who may qualify him and works in the facility in whose name she does.

    Raises ``UnknownPatient``, ``PermissionDenied``, ``StaleIdentity``.
    """
    patient = access.locked_patient(patient_id)
    if not access.may(actor, accounts.Action.QUALIFY_IDENTITY, patient) or not works_in(actor, facility_id):
        raise PermissionDenied
    if (patient.pk, patient.revision) != (patient_id, expected_revision):  # another id: merged since it was shown
        raise StaleIdentity
    return patient


def works_in(actor: accounts.User, facility_id: UUID) -> bool:
    """Whether ``actor`` holds a post in a facility."""
    return any(post.facility_id == facility_id for post in accounts.rights(actor).posts)
