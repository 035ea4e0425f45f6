"""The journal verified by the worker, a slice at a time, from its origin to its head, again and again; and what it last found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from dcc.audit.models import Segment, Turn
from dcc.audit.sealing import Head
from dcc.audit.verification import Breach, segment_breaches, unsealed_breaches

SLICE_SECONDS = 20.0
"""A scheduled job is short: a long journal is verified in several slices."""
EVERY = timedelta(hours=20)
"""A turn that has ended is not begun again before."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the journal: its head, and the last turn of verification, whole or under way."""

    head: int
    began_at: datetime | None = None
    at: datetime | None = None
    reached: int = 0
    whole: bool = False
    breaches: int = 0
    message: str = ""


def watch(*, seconds: float = SLICE_SECONDS) -> None:
    """Go on with the turn under way, or begin one when the last is old enough."""
    now = timezone.now()
    turn = Turn.objects.order_by("-pk").first()
    if turn is None or (turn.ended_at and turn.ended_at < now - EVERY):
        turn = Turn(began_at=now, at=now)
    if turn.ended_at is None:
        _go_on(turn, time.monotonic() + seconds)


def _go_on(turn: Turn, end: float) -> None:
    former = Segment.objects.filter(number=turn.reached).values_list("number", "digest").first()
    head = Head(*former) if former and turn.reached else Head(-1, "")
    begun_at_origin = turn.reached == 0
    for segment in Segment.objects.filter(number__gt=-1 if begun_at_origin else turn.reached).order_by("number").iterator():
        _count(turn, segment_breaches(segment, head))
        head, turn.reached = Head(segment.number, segment.digest), segment.number
        if segment.number and time.monotonic() > end:
            break
    else:
        _count(turn, unsealed_breaches())
        turn.ended_at = timezone.now()
    turn.at = timezone.now()
    turn.save()


def _count(turn: Turn, breaches: list[Breach]) -> None:
    if breaches and not turn.breaches:
        place = f"segment {breaches[0].segment} : " if breaches[0].segment is not None else ""
        turn.message = f"{place}{breaches[0].message}"[:200]
    turn.breaches += len(breaches)


def state() -> State:
    """What the pages and the digest show."""
    head = Segment.objects.order_by("-number").values_list("number", flat=True).first() or 0
    turn = Turn.objects.order_by("-pk").first()
    if turn is None:
        return State(head)
    return State(head, turn.began_at, turn.at, turn.reached, turn.ended_at is not None, turn.breaches, turn.message)
