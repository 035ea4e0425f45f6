"""Removing whole segments whose every row is past the retention of their kind; what was removed is itself in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from dcc.audit import chain
from dcc.audit.actions import Kind
from dcc.audit.keys import current_key
from dcc.audit.models import Segment
from dcc.audit.services import Actor, record

BATCH = 100
"""Segments removed in one transaction: writers wait for no long purge (SQLite), and what was removed is recorded with it."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What leaves the journal for one kind: segments, rows, and the time before which every removed trace was written."""

    kind: Kind
    segments: int
    rows: int
    limit: datetime


def retentions() -> Mapping[Kind, timedelta]:
    """How long each kind is kept. Rows of before kinds existed may be of any: they stay as long as the longest."""
    kept = {Kind(kind): span for kind, span in settings.DCC_AUDIT_RETENTION.items()}
    return {**kept, Kind.MIXED: max(kept.values())}


def expired(*, now: datetime | None = None) -> Sequence[Purged]:
    """What :func:`purge` would remove now, kind by kind; nothing for kinds without expired segment."""
    now = now or timezone.now()
    return [purged for kind, span in retentions().items() if (purged := _expired(kind, now - span))]


def _expired(kind: Kind, limit: datetime) -> Purged | None:
    found = _segments(kind, limit).aggregate(segments=Count("pk"), rows=Sum("count"))
    return Purged(kind, found["segments"], found["rows"], limit) if found["segments"] else None


def _segments(kind: Kind, limit: datetime) -> QuerySet[Segment]:
    return Segment.objects.filter(number__gt=0, purged_at__isnull=True, kind=kind, last_at__lt=limit).order_by("number")


def purge(*, actor: Actor | None, now: datetime | None = None) -> Sequence[Purged]:
    """Remove the rows of expired segments, whole; each batch records in its own transaction what it removed (``journal.purged``).

    A segment younger than an expired one of a longer kind leaves before it: the line of each stays in the chain, with a signature
    that tells this removal from an intruder's.
    """
    now = now or timezone.now()
    return [purged for kind, span in retentions().items() if (purged := _purge_kind(actor, kind, now - span))]


def _purge_kind(actor: Actor | None, kind: Kind, limit: datetime) -> Purged | None:
    segments = rows = 0
    while batch := _purge_batch(actor, kind, limit):
        segments, rows = segments + len(batch), rows + sum(batch)
    return Purged(kind, segments, rows, limit) if segments else None


@transaction.atomic
def _purge_batch(actor: Actor | None, kind: Kind, limit: datetime) -> list[int]:
    """Rows removed from each segment of a batch."""
    removed = [_purge_one(segment) for segment in _segments(kind, limit).select_for_update()[:BATCH]]
    if removed:
        subject = f"journal:{kind}"
        record(actor=actor, action="journal.purged", subject=subject, segments=len(removed), rows=sum(removed), until=limit)
    return removed


def _purge_one(segment: Segment) -> int:
    at, key = timezone.now(), current_key()
    Segment.objects.filter(number=segment.number).update(
        purged_at=at,
        purge_key_id=chain.key_id(key),
        purge_signature=chain.sign_purge(key, segment.number, segment.digest, at),
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE segment_id = %s", [segment.number])
        return int(cursor.rowcount)
