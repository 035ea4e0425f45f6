"""What was found, as it is kept: sealed, until its time is over, for the professional who looked for it and nobody else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from dcc.accounts.api import SealedField, Unreadable
from plugins.dmp.consultation.told import Told
from plugins.dmp.models import FoundDocument, Search
from plugins.dmp.patient.keeping import may_consult
from plugins.dmp.settings import in_force

log = logging.getLogger("dcc.dmp.consultation")
LARGEST_FILE = 5_000_000
"""Bytes of a document that are kept beside what was read; a heavier one is read, and kept by nobody's gesture."""
REMEMBERED = timedelta(days=731)
"""How long the identifier of a document that nobody kept is known, since it was last seen."""
SEARCHES = timedelta(days=30)


def put(patient_id: UUID, user_id: UUID, told: Told, content: bytes | None = None) -> FoundDocument:
    """Keep what is told of a document now; the bytes of one that is told anew stay as they are."""
    row, _created = FoundDocument.objects.get_or_create(patient_id=patient_id, user_id=user_id, unique_id=told.unique_id)
    row.type_code, row.seen_at = told.type_code, timezone.now()
    row.held_until = row.seen_at + timedelta(minutes=in_force().cache_minutes)
    _field("told").put(row, told.to_json())
    if content is not None:
        row.file = ""
        if len(content) <= LARGEST_FILE:
            _field("file").put(row, content)
    row.save()
    return row


def held(patient_id: UUID, user_id: UUID) -> Iterator[tuple[FoundDocument, Told]]:
    """What can be read now of what a professional found, without the bytes; what does not open is as if it were not there.

    Nothing once the patient no longer lets him consult his DMP (EX_0.3-1040).
    """
    if not may_consult(patient_id, user_id):
        return
    rows = FoundDocument.objects.filter(patient=patient_id, user=user_id, held_until__gt=timezone.now())
    for row in rows.exclude(told="").defer("file").order_by("pk"):
        told = opened(row)
        if told is not None:
            yield row, told


def with_file(patient_id: UUID, user_id: UUID) -> frozenset[UUID]:
    """Ids of what a professional found whose bytes are held too: the others are too heavy to be kept."""
    rows = FoundDocument.objects.filter(patient=patient_id, user=user_id).exclude(file="")
    return frozenset(rows.values_list("pk", flat=True))


def opened(row: FoundDocument) -> Told | None:
    """What is told of a document; nothing when its seal does not open (a key that is gone), or another version wrote it."""
    try:
        return Told.from_json(_field("told").read(row))
    except (Unreadable, ValueError, TypeError) as error:
        log.warning("found document %s: %s", row.pk, type(error).__name__)
        return None


def content_of(row: FoundDocument) -> bytes | None:
    """The bytes of a document that is held now, and may be consulted."""
    if not row.file or row.held_until is None or row.held_until <= timezone.now() or not may_consult(row.patient_id, row.user_id):
        return None
    try:
        return _field("file").read(row)
    except Unreadable:
        return None


def forget() -> None:
    """Empty what is over; identifiers stay a while, so that a document which nobody kept is found again. Job."""
    now = timezone.now()
    over = FoundDocument.objects.filter(held_until__lte=now).exclude(Q(told="") & Q(file=""))
    over.update(told="", file="")
    FoundDocument.objects.filter(seen_at__lt=now - REMEMBERED).delete()
    Search.objects.filter(asked_at__lt=now - SEARCHES).delete()


def _field(name: str) -> SealedField:
    return cast(SealedField, FoundDocument._meta.get_field(name))
