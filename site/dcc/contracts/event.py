"""What an event is: a fact that the core tells its subscribers at least once (DESIGN §4).

An event is a frozen dataclass with a dotted name in the past tense and a schema number. It carries ids and codes: no answers,
no identity traits. ``subject`` is what deliveries are ordered by.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events; subclasses set ``name`` and ``schema`` and answer ``subject``."""

    name: ClassVar[str]
    schema: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        """The thing whose events keep their order, for instance ``document:<uuid>``."""
        raise NotImplementedError

    def payload(self) -> dict[str, str | int | bool | None]:
        """The event as JSON-ready values; the inverse of :meth:`from_payload`."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Rebuild an event; raises ``KeyError`` or ``ValueError`` when the payload is of another shape."""
        kinds = typing.get_type_hints(cls)
        return cls(**{f.name: _typed(kinds[f.name], payload[f.name]) for f in fields(cls)})


def _plain(value: Any) -> str | int | bool | None:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"An event carries ids and codes only, not {type(value).__name__}")


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, types.UnionType):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return value


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler is told beside the event: the delivery (its idempotence key), the attempt (from 1) and the time."""

    delivery_id: UUID
    attempt: int
    now: datetime


Handler = Callable[[Any, Context], None]
