"""Sealing committed rows into chained segments, and removing whole expired segments.

A row is sealed once it is seen, in order of its number among the unsealed ones. A row that commits late, with a number below the
sealed maximum, is simply sealed in a later segment: no writer ever waits for the sealer.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dcc.audit import chain
from dcc.audit.keys import current_key
from dcc.audit.models import Entry, Segment

ROWS_PER_SEGMENT = 2_000
SEGMENTS_PER_RUN = 50
ROW_FIELDS = ("id", "at", "actor_id", "action", "subject", "patient_id", "facts")

logger = logging.getLogger(__name__)


class Head(NamedTuple):
    """The last segment: keep it elsewhere, and :func:`.verification.verify` will see that the tail was not cut."""

    number: int
    digest: str


def seal(*, rows_per_segment: int = ROWS_PER_SEGMENT) -> int:
    """Seal what is committed and not yet sealed; returns the number of rows sealed. Short, and safe to run twice at once."""
    total = 0
    for _turn in range(SEGMENTS_PER_RUN):
        sealed = _seal_one(rows_per_segment)
        total += sealed
        if sealed < rows_per_segment:
            break
    return total


@transaction.atomic
def _seal_one(limit: int) -> int:
    _lock()
    entries = list(Entry.objects.filter(segment__isnull=True).order_by("id").values_list(*ROW_FIELDS)[:limit])
    if not entries:
        return 0
    rows = [chain.Row(*entry) for entry in entries]
    digests = [chain.row_digest(row) for row in rows]
    segment = _segment(rows, digests)
    _mark(segment.number, rows, digests)
    # The line in the log is the outside witness of the head: shipped elsewhere, it betrays a journal cut at its tail.
    logger.info("audit head %s %s", segment.number, segment.digest)
    return len(rows)


def _segment(rows: list[chain.Row], digests: list[str]) -> Segment:
    last = Segment.objects.order_by("-number")[0]
    number, now, key = last.number + 1, timezone.now(), current_key()
    digest = chain.segment_digest(number, last.digest, now, digests)
    return Segment.objects.create(
        number=number,
        sealed_at=now,
        first_at=min(row.at for row in rows),
        last_at=max(row.at for row in rows),
        count=len(rows),
        previous=last.digest,
        digest=digest,
        key_id=chain.key_id(key),
        signature=chain.sign(key, number, len(rows), digest),
    )


def _mark(number: int, rows: list[chain.Row], digests: list[str]) -> None:
    marks = [
        (number, position, digest, row.id) for position, (row, digest) in enumerate(zip(rows, digests, strict=True), start=1)
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE audit_entry SET segment_id = %s, position = %s, digest = %s WHERE id = %s", marks)


def _lock() -> None:
    """One sealer at a time: the origin is locked where rows can be (SQLite's transactions are already one at a time)."""
    key = current_key()
    origin = {
        "sealed_at": timezone.now(),
        "count": 0,
        "digest": chain.ORIGIN,
        "key_id": chain.key_id(key),
        "signature": chain.sign(key, 0, 0, chain.ORIGIN),
    }
    Segment.objects.get_or_create(number=0, defaults=origin)
    Segment.objects.select_for_update().get(number=0)


def head() -> Head:
    """The last segment; number 0 and the constant origin when nothing was sealed yet."""
    last = Segment.objects.order_by("-number").values_list("number", "digest").first()
    return Head(*last) if last else Head(0, chain.ORIGIN)


def purge(*, now: datetime | None = None) -> int:
    """Remove the rows of the oldest segments, whole, once every row is past ``DCC_AUDIT_RETENTION``; returns rows removed.

    The line of the segment stays, with a signature that tells this removal from an intruder's.
    """
    limit = (now or timezone.now()) - settings.DCC_AUDIT_RETENTION
    removed = 0
    for segment in Segment.objects.filter(number__gt=0, purged_at__isnull=True).order_by("number"):
        if segment.last_at is None or segment.last_at >= limit:
            break
        removed += _purge_one(segment)
    return removed


@transaction.atomic
def _purge_one(segment: Segment) -> int:
    at = timezone.now()
    key = current_key()
    Segment.objects.filter(number=segment.number, purged_at__isnull=True).update(
        purged_at=at,
        purge_key_id=chain.key_id(key),
        purge_signature=chain.sign_purge(key, segment.number, segment.digest, at),
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE segment_id = %s", [segment.number])
        return int(cursor.rowcount)
