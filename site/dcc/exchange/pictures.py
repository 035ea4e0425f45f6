"""Snapshots as JSON: how a rendition keeps its picture, and how it is taken out again, the same to the last value."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from dcc.contracts.snapshots import DocumentSnapshot


def to_json(snapshot: DocumentSnapshot) -> dict[str, Any]:
    """A snapshot as JSON values; bytes of joined files are left out (they are in their own store, named by id and sha256)."""
    data: dict[str, Any] = _plain(snapshot)
    return data


def from_json(data: Mapping[str, Any], content_of: Callable[[UUID], bytes]) -> DocumentSnapshot:
    """Inverse of :func:`to_json`; ``content_of`` gives a joined file's bytes by its id. Raises ``KeyError``, ``ValueError``."""
    attachments = [{**a, "content": content_of(UUID(a["attachment_id"]))} for a in data["attachments"]]
    built: DocumentSnapshot = _built(DocumentSnapshot, {**data, "attachments": attachments})
    return built


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name != "content"}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    if value is None or kind is Any:
        return value
    if isinstance(kind, types.UnionType):
        return _built(next(part for part in typing.get_args(kind) if part is not type(None)), value)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]  # a dataclass that is a type
        return kind(**{name: _built(hints[name], item) for name, item in value.items()})  # type: ignore[operator]  # the same
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Sequence, tuple) or kind in (Sequence, tuple):
        return tuple(_built(arguments[0] if arguments else Any, item) for item in value)
    if origin is Mapping:
        return {key: _built(arguments[1], item) for key, item in value.items()}
    if kind is UUID:
        return UUID(value)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return value
