"""Whether a patient wants his documents by mail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from dcc.accounts.api import Action, User
from dcc.exchange.models import MailOpposition
from dcc.patients import api as patients
from dcc.patients.merging import api as merging


@dataclass(frozen=True, slots=True)
class Opposition:
    """The opposition that stands."""

    since: datetime
    noted_by: str
    words: str


def opposes(patient_id: uuid.UUID) -> bool:
    """Whether a patient opposes now."""
    return MailOpposition.objects.filter(patient=merging.kept_id(patient_id), until=None).exists()


def opposition_of(actor: User, patient_id: uuid.UUID) -> Opposition | None:
    """The opposition that stands, for who may open the patient; raises ``UnknownPatient``."""
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient
    current = merging.kept_id(patient_id)
    row = MailOpposition.objects.select_related("noted_by__practitioner").filter(patient=current, until=None).first()
    return Opposition(row.since, str(row.noted_by), row.words) if row else None
