"""How rows and segments are digested and signed. Pure: same rows, same digest, on any database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from dcc.audit.actions import Kind

MIXED = Kind.MIXED
"""Rows and segments written before kinds existed: their digests and signatures keep the form they had."""
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
    kind: str = MIXED


@dataclass(frozen=True, slots=True)
class Sealed:
    """The part of a segment's line that its digest and its signature cover, beside the digests of its rows."""

    number: int
    previous: str
    sealed_at: datetime
    first_at: datetime | None
    last_at: datetime | None
    count: int
    kind: str = MIXED


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
    if row.kind != MIXED:
        parts.append(row.kind)
    return hashlib.sha256(_canonical(parts)).hexdigest()


def segment_digest(sealed: Sealed, rows: Iterable[str]) -> str:
    """SHA-256 of a segment: number, former digest, time of the seal, kind and bounds, the row digests in order."""
    parts: list[Any] = [sealed.number, sealed.previous, _instant(sealed.sealed_at)]
    if sealed.kind != MIXED:
        parts += _kind_and_bounds(sealed)
    return hashlib.sha256(_canonical([*parts, list(rows)])).hexdigest()


def sign(key: bytes, sealed: Sealed, digest: str) -> str:
    """HMAC-SHA-256 of a sealed segment. It covers the bounds, by which a segment expires, even once the rows are gone."""
    more = [] if sealed.kind == MIXED else _kind_and_bounds(sealed)
    return _hmac(key, ["sealed", sealed.number, sealed.count, digest, *more])


def _kind_and_bounds(sealed: Sealed) -> list[Any]:
    return [sealed.kind, *(_instant(at) if at else None for at in (sealed.first_at, sealed.last_at))]


def sign_purge(key: bytes, number: int, digest: str, purged_at: datetime) -> str:
    """HMAC-SHA-256 that proves that the platform, not an intruder, removed the rows of a segment."""
    return _hmac(key, ["purged", number, digest, _instant(purged_at)])


def sign_export(key: bytes, manifest: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 of all that the manifest of an export says, beside the signature itself."""
    return _hmac(key, ["exported", manifest])


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
