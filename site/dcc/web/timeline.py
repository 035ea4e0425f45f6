"""The picture of a patient's file in time: a lane of documents, and lanes of what the last one says of the disease (SVG). Pure.

The picture repeats what lists below it say; it is for the eye only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.documents.api import DocumentLine
from dcc.web.facts import LANES, Event
from dcc.web.words import STATUS, UNKNOWN

WIDTH = 960
LEFT, RIGHT = 104, 24
STEP = 22
"""Height of a row of marks; a lane has as many rows as marks that would touch need."""

NEAR = 20
"""Pixels under which two marks would touch."""

MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A document or an event: its place in pixels, its length when it lasts, and what it is."""

    x: float
    y: float
    width: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A band of the picture."""

    title: Any
    top: int
    height: int
    marks: Sequence[Mark]

    @property
    def bottom(self) -> int:
        """Where the next lane begins."""
        return self.top + self.height + 3

    @property
    def middle(self) -> float:
        """Where its title stands."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A month or a year of the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture."""

    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    today: float | None
    height: int
    axis: int
    width: int = WIDTH
    left: int = LEFT


@dataclass(frozen=True, slots=True)
class _Thing:
    start: date
    end: date | None
    kind: str
    words: str


def timeline_of(lines: Sequence[DocumentLine], events: Sequence[Event], *, today: date) -> Timeline | None:
    """The picture of documents and events; nothing without documents."""
    if not lines:
        return None
    scale = _Scale([*(line.created_at.date() for line in lines), *_days(events)])
    bands = [(_("Documents"), [_document(line) for line in lines])]
    for key, title in LANES.items():
        found = [_Thing(e.start, e.end, "span" if e.end else key, e.label) for e in events if e.lane == key]
        if found:
            bands.append((title, found))
    lanes: list[Lane] = []
    top = 6
    for title, things in bands:
        lane = _lane(title, top, sorted(things, key=lambda thing: thing.start), scale)
        lanes.append(lane)
        top += lane.height + 6
    return Timeline(lanes, scale.ticks(), scale.place(today) if scale.holds(today) else None, height=top + 24, axis=top)


def _days(events: Iterable[Event]) -> list[date]:
    return [day for event in events for day in (event.start, event.end) if day]


def _document(line: DocumentLine) -> _Thing:
    sign = STATUS.get(line.status, UNKNOWN)
    day = line.created_at.date()
    return _Thing(day, None, f"document-{line.status}", f"{line.title} – {day:%d/%m/%Y} – {sign.label}")


def _lane(title: Any, top: int, things: Sequence[_Thing], scale: _Scale) -> Lane:
    ends = [-1e9] * MOST_ROWS
    marks = []
    for thing in things:
        x = scale.place(thing.start)
        width = max(scale.place(thing.end) - x, 6.0) if thing.end else 0.0
        row = next((n for n, end in enumerate(ends) if x - end >= NEAR), MOST_ROWS - 1)
        ends[row] = x + width
        marks.append(Mark(x, top + row * STEP + STEP / 2, width, thing.kind, thing.words))
    rows = max((n for n, end in enumerate(ends) if end > 0), default=0) + 1
    return Lane(title, top, rows * STEP, marks)


class _Scale:
    """Days to pixels, with some air on both sides."""

    def __init__(self, days: Sequence[date]) -> None:
        span = max((max(days) - min(days)).days, 60)
        air = timedelta(days=max(span // 25, 5))
        self.first, self.last = min(days) - air, min(days) + timedelta(days=span) + air

    def place(self, day: date) -> float:
        """Pixels from the left."""
        share = (day - self.first).days / (self.last - self.first).days
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def holds(self, day: date) -> bool:
        """Whether a day is on the picture."""
        return self.first <= day <= self.last

    def ticks(self) -> list[Tick]:
        """The first days of months on a short line, of quarters on a longer one, of years beyond."""
        months = [date(n // 12, n % 12 + 1, 1) for n in range(self.first.year * 12 + self.first.month, self.last.year * 12 + 12)]
        shown = [m for m in months if self.holds(m)]
        if len(shown) > 36:
            years = [m for m in shown if m.month == 1]
            return [Tick(self.place(m), str(m.year)) for m in years[:: max(len(years) // 12, 1)]]
        return [Tick(self.place(m), f"{m:%m/%Y}") for m in shown if len(shown) <= 12 or m.month in (1, 4, 7, 10)]
