"""The events that the plugin brings, and its handlers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction

from dcc.contracts.events import Context, DocumentValidated, Event
from tests.demo_plugin.moods import Mood, act

NOTES: list[str] = []
"""What handlers did in this process; tests empty it."""


@dataclass(frozen=True, slots=True)
class WorkRequested(Event):
    """Some work that takes time is asked for; ``thing`` is its subject, ``number`` its place in the order."""

    name: ClassVar[str] = "demo.work_requested"
    thing: str
    number: int
    milliseconds: int

    @property
    def subject(self) -> str:
        return f"demo:{self.thing}"


@dataclass(frozen=True, slots=True)
class Listener:
    """Handler of a core event."""

    mood: Mood

    def __call__(self, event: DocumentValidated, context: Context) -> None:
        act(self.mood)
        NOTES.append(f"{event.name} {event.document_id}")


def do_work(event: WorkRequested, context: Context) -> None:
    """Take the time asked for, and leave one effect per delivery, however often it is called.

    Nothing in the table forbids a second row: only the lease (one process at a time) and this check do, and that is what the
    campaigns prove.
    """
    from tests.demo_plugin.models import Effect

    time.sleep(event.milliseconds / 2000)
    with transaction.atomic():
        if not Effect.objects.filter(delivery_id=context.delivery_id).exists():
            effect = Effect(delivery_id=context.delivery_id, thing=event.thing, number=event.number, attempt=context.attempt)
            effect.save(force_insert=True)
    time.sleep(event.milliseconds / 2000)
