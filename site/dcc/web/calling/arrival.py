"""From what a call says to a patient whom its person may open, and to the page asked for."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.calls import api as calls
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import api as patients


def patient_of(served: calls.Served, header: PatientSnapshot) -> UUID:
    """The patient of a call: recognised, or created « provisoire » through the door of every flow, for who may create.

    Who may only read gets a patient that is known and hers to open. Raises ``Refused`` (``IdentityConflict``) when what the call
    says contradicts what is known, ``PermissionDenied`` when the patient is not this person's.
    """
    actor, facility_id = served.user, served.software.facility_id
    if accounts.may(actor, Action.CREATE_PATIENT, facility_ids=[facility_id]):
        return patients.register_from_header(
            actor=actor, facility_id=facility_id, header=header, source="call", reason="call"
        ).patient_id
    known = patients.recognise(header)
    if known is None or not patients.may_with(actor, Action.OPEN_PATIENT, known):
        raise PermissionDenied
    return known


def known_side(actor: accounts.User, patient_id: UUID) -> patients.PatientFile | None:
    """What is known of the patient whom a call contradicts, for who may open him; the opening is traced."""
    try:
        return patients.open_patient(actor=actor, patient_id=patient_id, via="call")
    except PermissionDenied:
        return None


def destination(served: calls.Served, patient_id: UUID) -> str:
    """The page that a call asked for; whether it may be seen is for that page to say."""
    if served.target == "frcp":
        return reverse("web:frcp_create", args=[patient_id])
    if served.target == "document":
        return reverse("web:document", args=[UUID(served.document)])
    return reverse("web:patient", args=[patient_id])
