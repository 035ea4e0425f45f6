"""Sealing committed rows into chained segments, one kind each.

A row is sealed once it is seen, in order of its number among the unsealed ones. A row that commits late, with a number below the
sealed maximum, is simply sealed in a later segment: no writer ever waits for the sealer.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from dcc.audit import chain
from dcc.audit.keys import current_key
from dcc.audit.models import Entry, Segment

ROWS_PER_SEGMENT = 2_000
SEGMENTS_PER_RUN = 50
ROW_FIELDS = ("id", "at", "actor_id", "action", "subject", "patient_id", "facts", "kind")

logger = logging.getLogger(__name__)


class Head(NamedTuple):
    """The last segment: keep it elsewhere, and :func:`.verification.verify` will see that the tail was not cut."""

    number: int
    digest: str


def seal(*, rows_per_segment: int = ROWS_PER_SEGMENT) -> int:
    """Seal what is committed and not yet sealed; returns the number of rows sealed. Short, and safe to run twice at once."""
    waiting = Entry.objects.filter(segment__isnull=True).order_by().values_list("kind", flat=True).distinct()
    return sum(_seal_kind(kind, rows_per_segment) for kind in sorted(waiting))


def _seal_kind(kind: str, limit: int) -> int:
    total = 0
    for _turn in range(SEGMENTS_PER_RUN):
        sealed = _seal_one(kind, limit)
        total += sealed
        if sealed < limit:
            break
    return total


@transaction.atomic
def _seal_one(kind: str, limit: int) -> int:
    _lock()
    waiting = Entry.objects.filter(segment__isnull=True, kind=kind).order_by("id")
    rows = [chain.Row(*entry) for entry in waiting.values_list(*ROW_FIELDS)[:limit]]
    if not rows:
        return 0
    digests = [chain.row_digest(row) for row in rows]
    segment = _segment(kind, rows, digests)
    _mark(segment.number, rows, digests)
    # The line in the log is the outside witness of the head: shipped elsewhere, it betrays a journal cut at its tail.
    logger.info("audit head %s %s", segment.number, segment.digest)
    return len(rows)


def _segment(kind: str, rows: list[chain.Row], digests: list[str]) -> Segment:
    last = Segment.objects.order_by("-number")[0]
    instants = [row.at for row in rows]
    sealed = chain.Sealed(last.number + 1, last.digest, timezone.now(), min(instants), max(instants), len(rows), kind)
    digest, key = chain.segment_digest(sealed, digests), current_key()
    signature = chain.sign(key, sealed, digest)
    return Segment.objects.create(**asdict(sealed), digest=digest, key_id=chain.key_id(key), signature=signature)


def _mark(number: int, rows: list[chain.Row], digests: list[str]) -> None:
    marks = [
        (number, position, digest, row.id) for position, (row, digest) in enumerate(zip(rows, digests, strict=True), start=1)
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE audit_entry SET segment_id = %s, position = %s, digest = %s WHERE id = %s", marks)


def _lock() -> None:
    """One sealer at a time: the origin is locked where rows can be (SQLite's transactions are already one at a time)."""
    key = current_key()
    origin = chain.Sealed(0, "", timezone.now(), None, None, 0)
    signed = {"digest": chain.ORIGIN, "key_id": chain.key_id(key), "signature": chain.sign(key, origin, chain.ORIGIN)}
    Segment.objects.get_or_create(number=0, defaults={**asdict(origin), **signed})
    Segment.objects.select_for_update().get(number=0)


def head() -> Head:
    """The last segment; number 0 and the constant origin when nothing was sealed yet."""
    last = Segment.objects.order_by("-number").values_list("number", "digest").first()
    return Head(*last) if last else Head(0, chain.ORIGIN)
