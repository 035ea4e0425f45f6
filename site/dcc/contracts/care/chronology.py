"""The calendar of a PPS: its acts as dated events, recurring ones one by one, and the months they fill. Pure.

The confirmed start goes before the forecast one. An act of ``cures`` sittings every ``interval`` days gives one event a sitting
when its start is known to the day; otherwise one event says the whole. Cancelled acts give none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby
from typing import Any, Literal

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.days import first_day, known_day, last_day, month_name, written
from dcc.contracts.care.syntheses import ends_before_start, is_done, last_confirmed, lasts_one_day

MOST_SITTINGS = 200
State = Literal["done", "running", "planned", "elapsed", "unconfirmed"]
STATES: Mapping[State, str] = {
    "done": "réalisé",
    "running": "en cours",
    "planned": "à venir",
    "elapsed": "date passée",
    "unconfirmed": "à confirmer",
}
"""``elapsed``: a sitting, before today, of an act that has begun and is not told done; nobody confirms sittings one by one.
``unconfirmed``: its time is over, and nobody confirmed that it began; or it was broken off, and nobody said when."""


@dataclass(frozen=True, slots=True)
class Event:
    """An act, or one of its sittings, in time; ``number`` of ``total`` sittings, zero when the event is the whole act.

    ``start`` and ``end`` are partial dates; ``end`` is empty when it is not known. ``first`` and ``last`` are the days they may
    span. ``confirmed`` tells whether its start is.
    """

    act: Act
    start: str
    end: str | None
    state: State
    confirmed: bool
    number: int = 0
    total: int = 0

    @property
    def first(self) -> date:
        """The first day it may be."""
        return first_day(self.start) or date.max

    @property
    def last(self) -> date:
        """The last day it may be; of what has no known end, that of its start."""
        return last_day(self.end) or last_day(self.start) or date.min

    @property
    def day(self) -> date | None:
        """The day of an event that takes one day, and a known one."""
        return self.first if self.first == self.last and self.end else None

    @property
    def title(self) -> str:
        """The act, and which of its sittings: « Chimiothérapie – 2 sur 3 »."""
        return f"{self.act.title} – {self.number} sur {self.total}" if self.total else self.act.title

    @property
    def when(self) -> str:
        """« le 02/03/2026 », « du 02/03/2026 au 05/04/2026 », « en 03/2026 », « à partir du 02/03/2026 »."""
        return period(self.start, self.end)

    @property
    def words(self) -> str:
        """Its state in a word; what is to come says whether its date is only forecast."""
        return (
            f"{STATES[self.state]}, date prévisionnelle" if self.state == "planned" and not self.confirmed else STATES[self.state]
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """What an event takes of a month: ``from_day`` to ``to_day``; whether it begins and ends there; ``exact``: to the day."""

    event: Event
    from_day: int
    to_day: int
    begins: bool
    ends: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which something begins, takes place or ends; ``after_gap``: months without change were left out before it."""

    first: date
    bars: tuple[Bar, ...]
    after_gap: bool

    @property
    def title(self) -> str:
        """« mars 2026 »."""
        return month_name(self.first)

    @property
    def days(self) -> int:
        """How many days it has."""
        return _month_end(self.first).day


@dataclass(frozen=True, slots=True)
class Chronology:
    """The calendar on a day: events in order of time, acts without any date, the months to draw.

    ``yearly`` are the events known to the year only: no month can hold them.
    """

    on: date
    events: tuple[Event, ...]
    undated: tuple[Act, ...]
    months: tuple[Month, ...]
    yearly: tuple[Event, ...]


def chronology(answers: Mapping[str, Any], on: date) -> Chronology:
    """The calendar of a document on a day."""
    acts = [(act, events_of(act, on)) for act in acts_of(answers) if act.status != "cancelled"]
    found = sorted(chain(*(events for _act, events in acts)), key=lambda e: (e.first, e.last, e.act.position, e.number))
    return Chronology(
        on,
        tuple(found),
        tuple(act for act, events in acts if not events),
        months_of([event for event in found if len(event.start) > 4], on),
        tuple(event for event in found if len(event.start) == 4),
    )


def events_of(act: Act, on: date) -> Sequence[Event]:
    """The events of an act: its sittings when they can be counted, itself otherwise; none without a date."""
    start = act.start or act.forecast_start
    sittings = sittings_of(act)
    held = _held(act, sittings)
    if held:
        done = is_done(act, on)
        return [_sitting(act, day, n, len(sittings), on, done=done) for n, day in enumerate(held, start=1)]
    end = last_confirmed(act)
    if not end and not stopped_on_an_unknown_day(act):
        end = act.forecast_end if act.start else forecast_last(act)
    known = start and (act.start or not act.end or not _after(start, act.end))
    start = start if known else end
    if not start:
        return []
    end = None if _after(start, end) else end
    return [Event(act, start, end, _state(act, start, end, on), bool(act.start or act.end))]


def sittings_of(act: Act) -> Sequence[date]:
    """The days of the sittings of an act, by its count and its interval from its start; none when they cannot be counted.

    At most :data:`MOST_SITTINGS`, and whatever the end says.
    """
    start = known_day(act.start or act.forecast_start)
    if not start or not act.cures or act.cures == 1 or not act.interval or stopped_on_an_unknown_day(act):
        return ()
    days = []
    for n in range(min(act.cures, MOST_SITTINGS)):
        try:
            days.append(start + timedelta(days=n * act.interval))
        except OverflowError:
            break
    return tuple(days)


def _held(act: Act, sittings: Sequence[date]) -> Sequence[date]:
    """The sittings until the confirmed end: none takes place after it."""
    stop = None if ends_before_start(act) else last_day(act.end)
    return [day for day in sittings if stop is None or day <= stop]


def _after(start: str, end: str | None) -> bool:
    """Whether a start is wholly after an end, so that the two say no period."""
    first, last = first_day(start), last_day(end)
    return bool(first and last and last < first)


def months_of(events: Iterable[Event], on: date) -> tuple[Month, ...]:
    """The months in which an event begins or ends, and that of ``on``; what goes on is in each of those it crosses."""
    events = list(events)
    if not events:
        return ()
    firsts = sorted({_month_start(day) for event in events for day in (event.first, event.last)} | {_month_start(on)})
    found: list[Month] = []
    former: date | None = None
    for first in firsts:
        gap = former is not None and first != _month_end(former) + timedelta(days=1)
        bars = tuple(
            _bar(event, first, on) for event in events if event.first <= _month_end(first) and _reach(event, on) >= first
        )
        found.append(Month(first, bars, gap))
        former = first
    return tuple(found)


def period(start: str | None, end: str | None) -> str:
    """A stretch of time in French, with the precision it has; a start alone has no known end."""
    if not start or not end:
        only = start or end
        if not only:
            return ""
        words = ("à partir du " if start else "jusqu'au ") if len(only) == 10 else ("à partir de " if start else "jusqu'en ")
        return words + written(only)
    if start == end:
        return f"le {written(start)}" if len(start) == 10 else f"en {written(start)}"
    return f"{'du' if len(start) == 10 else 'de'} {written(start)} {'au' if len(end) == 10 else 'à'} {written(end)}"


def stopped_on_an_unknown_day(act: Act) -> bool:
    """Whether an act was broken off without a confirmed end: nothing more of it is to come."""
    return act.status == "aborted" and not last_confirmed(act)


def forecast_last(act: Act) -> str | None:
    """The forecast end of an act: the one given, or the forecast start of an act that lasts a day."""
    return act.forecast_end or (act.forecast_start if lasts_one_day(act) else None)


def by_day(events: Iterable[Event]) -> Mapping[date, tuple[Event, ...]]:
    """The events that take one known day, by that day."""
    dated = sorted((event for event in events if event.day), key=lambda event: event.first)
    return {day: tuple(found) for day, found in groupby(dated, key=lambda event: event.first)}


def _sitting(act: Act, day: date, number: int, total: int, on: date, *, done: bool) -> Event:
    text = day.isoformat()
    confirmed = done or (bool(act.start) and number == 1)
    past: State = "done" if confirmed else "elapsed" if act.start else "unconfirmed"
    state: State = past if day < on else "running" if day == on and act.start else "planned"
    return Event(act, text, text, state, confirmed, number, total)


def _state(act: Act, start: str, end: str | None, on: date) -> State:
    if is_done(act, on):
        return "done"
    if stopped_on_an_unknown_day(act):
        return "unconfirmed"
    if act.start or act.end:
        return "planned" if (first_day(start) or date.min) > on else "running"
    return "unconfirmed" if (last_day(end) or last_day(start) or date.max) < on else "planned"


def _reach(event: Event, on: date) -> date:
    """Until when an event is drawn: what runs without a known end, until today."""
    return max(event.last, on) if event.end is None and event.state == "running" else event.last


def _bar(event: Event, first: date, on: date) -> Bar:
    last = _month_end(first)
    begins, ends = event.first >= first, event.last <= last and event.end is not None
    return Bar(
        event,
        event.first.day if begins else 1,
        min(_reach(event, on), last).day,
        begins,
        ends,
        exact=len(event.start) == 10 and (event.end is None or len(event.end) == 10),
    )


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
