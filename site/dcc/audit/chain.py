"""How rows and segments are digested and signed. Pure: same rows, same digest, on any database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

ORIGIN = hashlib.sha256(b"oncodcc.audit.origin").hexdigest()


class Row(NamedTuple):
    """The part of a trace that the seal covers."""

    id: int
    at: datetime
    actor_id: UUID | None
    action: str
    subject: str
    patient_id: UUID | None
    facts: Mapping[str, Any]


def row_digest(row: Row) -> str:
    """SHA-256 (hexadecimal) of a row in canonical form."""
    parts = [
        row.id,
        _instant(row.at),
        _text(row.actor_id),
        row.action,
        row.subject,
        _text(row.patient_id),
        row.facts,
    ]
    return hashlib.sha256(_canonical(parts)).hexdigest()


def segment_digest(number: int, previous: str, sealed_at: datetime, rows: Iterable[str]) -> str:
    """SHA-256 of a segment: its number, the former digest, the time of the seal, the row digests in order."""
    return hashlib.sha256(_canonical([number, previous, _instant(sealed_at), list(rows)])).hexdigest()


def sign(key: bytes, number: int, count: int, digest: str) -> str:
    """HMAC-SHA-256 of a sealed segment."""
    return _hmac(key, ["sealed", number, count, digest])


def sign_purge(key: bytes, number: int, digest: str, purged_at: datetime) -> str:
    """HMAC-SHA-256 that proves that the platform, not an intruder, removed the rows of a segment."""
    return _hmac(key, ["purged", number, digest, _instant(purged_at)])


def key_id(key: bytes) -> str:
    """Short public name of a key."""
    return hashlib.sha256(b"oncodcc.audit.key-id" + key).hexdigest()[:16]


def _hmac(key: bytes, parts: list[Any]) -> str:
    return hmac.new(key, _canonical(parts), hashlib.sha256).hexdigest()


def _canonical(parts: list[Any]) -> bytes:
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
