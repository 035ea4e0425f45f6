"""A patient who does not want his documents by mail: who noted it, when, in which words; and when he changed his mind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.exchange.models import MailOpposition
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.patients import api as patients

WORDS_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Opposition:
    """The opposition that stands."""

    since: datetime
    noted_by: str
    words: str


def opposes(patient_id: uuid.UUID) -> bool:
    """Whether a patient opposes now."""
    return MailOpposition.objects.filter(patient=patients.current_id(patient_id), until=None).exists()


def opposition_of(actor: User, patient_id: uuid.UUID) -> Opposition | None:
    """The opposition that stands, for who may open the patient; raises ``UnknownPatient``."""
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient
    current = patients.current_id(patient_id)
    row = MailOpposition.objects.select_related("noted_by__practitioner").filter(patient=current, until=None).first()
    return Opposition(row.since, str(row.noted_by), row.words) if row else None


def oppose(*, actor: User, patient_id: uuid.UUID, words: str) -> None:
    """Note that the patient does not want his documents by mail; already noted, nothing changes.

    Raises ``UnknownPatient``, ``PermissionDenied``, :class:`SendingRefused` without words.
    """
    kept = " ".join(words.split())
    with transaction.atomic():
        current = _taken(actor, patient_id)
        if not kept or len(kept) > WORDS_LENGTH:
            raise SendingRefused(f"Dire ce que le patient a exprimé, en {WORDS_LENGTH} caractères au plus")
        facts = {"since": timezone.now(), "noted_by": actor, "words": kept}
        _row, created = MailOpposition.objects.get_or_create(patient_id=current, until=None, defaults=facts)
        if created:
            _trace(actor, current, "patient.mail_opposed")


def withdraw_opposition(*, actor: User, patient_id: uuid.UUID) -> None:
    """The patient wants his documents by mail after all; raises ``UnknownPatient``, ``PermissionDenied``."""
    with transaction.atomic():
        current = _taken(actor, patient_id)
        standing = MailOpposition.objects.filter(patient=current, until=None)
        if standing.update(until=timezone.now(), withdrawn_by=actor):
            _trace(actor, current, "patient.mail_accepted")


def _taken(actor: User, patient_id: uuid.UUID) -> uuid.UUID:
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient
    if not patients.may_with(actor, Action.UPDATE_PATIENT, patient_id):
        raise PermissionDenied
    return patients.current_id(patient_id)


def _trace(actor: User, patient_id: uuid.UUID, action: str) -> None:
    audit.record(actor=actor, action=action, subject=f"patient:{patient_id}", patient_id=patient_id)
