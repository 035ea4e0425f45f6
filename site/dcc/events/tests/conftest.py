"""One event, a recorder of what handlers got, and a registry to put them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone

from dcc.contracts.event import Context, Event
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.events.api import publish
from dcc.events.models import Delivery


@dataclass(frozen=True, slots=True)
class Happened(Event):
    """A fact about a thing."""

    name: ClassVar[str] = "test.happened"
    thing: str
    number: int

    @property
    def subject(self) -> str:
        return f"thing:{self.thing}"


@dataclass
class Recorder:
    """A handler that notes its calls and raises what it is told to, once per entry (``None``: nothing)."""

    raises: list[BaseException | None] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)

    def __call__(self, event: Happened, context: Context) -> None:
        self.calls.append((event.thing, event.number))
        self.contexts.append(context)
        error = self.raises.pop(0) if self.raises else None
        if error is not None:
            raise error


def tell(thing: str = "a", number: int = 1) -> None:
    """Publish one fact in a transaction of its own."""
    with transaction.atomic():
        publish(Happened(thing=thing, number=number))


def make_due(delivery: Delivery) -> None:
    """Let the delivery's time come."""
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))


@contextmanager
def subscribed(**handlers: Callable[[Happened, Context], None]) -> Iterator[Registry]:
    """A registry where each handler subscribes to :class:`Happened` under its name."""

    def register(registry: Registry) -> None:
        for key, handler in handlers.items():
            registry.subscribe(Happened, handler, key=key)

    _ = get_resolver().url_patterns  # those of the installed plugins: read for the first time in there, they would not be known
    with use_registry(make_registry(register)) as registry:
        yield registry


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """The one subscriber, under the key ``one``."""
    handler = Recorder()
    with subscribed(one=handler):
        yield handler
