"""A patient who does not want his documents by mail: who noted it, when, in which words; and when he changed his mind."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.exchange.models import MailOpposition, Transmission
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.releasing import release
from dcc.patients import api as patients

WORDS_LENGTH = 300


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
    """The patient wants his documents by mail after all: what was held for that leaves. Raises as :func:`oppose`."""
    with transaction.atomic():
        current = _taken(actor, patient_id)
        standing = MailOpposition.objects.filter(patient=current, until=None)
        if standing.update(until=timezone.now(), withdrawn_by=actor):
            _trace(actor, current, "patient.mail_accepted")
            held = Transmission.objects.filter(document__patient=current, state=State.HELD, cause="opposition")
            release(list(held.values_list("pk", flat=True)))


def _taken(actor: User, patient_id: uuid.UUID) -> uuid.UUID:
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        raise patients.UnknownPatient
    if not patients.may_with(actor, Action.UPDATE_PATIENT, patient_id):
        raise PermissionDenied
    return patients.current_id(patient_id)


def _trace(actor: User, patient_id: uuid.UUID, action: str) -> None:
    audit.record(actor=actor, action=action, subject=f"patient:{patient_id}", patient_id=patient_id)
