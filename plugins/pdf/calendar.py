"""What is to come of a PPS, month by month, as a patient keeps it on the door of the fridge. Pure.

Events and their states are those of :mod:`dcc.contracts.care.chronology`. Sittings that follow each other within a few days
(radiotherapy) make one line. What is done is in the syntheses and not told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from dcc.contracts.care.chronology import Event, chronology
from dcc.contracts.care.days import month_name
from dcc.contracts.care.sentences import sentence
from plugins.pdf.people import NBSP
from plugins.pdf.wording import at, since, until

CLOSE = 6
"""Longest interval (days) between sittings told in one line."""
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class Appointment:
    """One line: when, what; ``remark`` when the date is not sure. Who and where are told with the act."""

    when: str
    what: str
    remark: str


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or a year, and what begins in it; what had begun before stands under « En cours »."""

    title: str
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What goes on and what is to come; ``undated`` are the acts that have no date yet, in one line."""

    periods: tuple[Period, ...]
    undated: str


def calendar_of(answers: Mapping[str, Any], on: date) -> Calendar:
    """The calendar from a day on."""
    found = chronology(answers, on)
    coming = [event for event in found.events if _is_ahead(event, on)]
    lines = [(_period_of(event, on), appointment) for event, appointment in _lines(coming, on)]
    periods = tuple(Period(title, tuple(line for _title, line in group)) for title, group in groupby(lines, key=lambda x: x[0]))
    undated = dict.fromkeys(act.title for act in found.undated if act.kind.synthesis)
    return Calendar(periods, f"{NBSP}; ".join(undated))


def _is_ahead(event: Event, on: date) -> bool:
    if event.state in ("done", "elapsed"):
        return False
    return event.state in ("running", "unconfirmed") or event.last >= on


def _lines(events: list[Event], on: date) -> Iterator[tuple[Event, Appointment]]:
    told: set[int] = set()
    for event in events:
        close = event.total and (event.act.interval or 0) <= CLOSE
        if not close:
            yield event, _appointment(event, _when(event, on), _title(event))
        elif event.act.position not in told:
            told.add(event.act.position)
            last = [e for e in events if e.act.position == event.act.position][-1]
            left = last.number - event.number + 1
            what = f"{event.act.title} – {left} {_('séances')}" if left > 1 else _title(event)
            when = f"{since(event.start)} {until(last.start)}" if left > 1 else _when(event, on)
            yield event, _appointment(event, when, what)


def _title(event: Event) -> str:
    return f"{event.act.title} –{NBSP}{event.number}{NBSP}sur{NBSP}{event.total}" if event.total else event.act.title


def _appointment(event: Event, when: str, what: str) -> Appointment:
    remark = "" if event.confirmed else _("à confirmer")
    return Appointment(sentence(when), what, remark)


def _period_of(event: Event, on: date) -> str:
    if event.first < on and len(event.start) > 4:
        return _("En cours") if event.state != "unconfirmed" else _("À confirmer")
    title = event.start if len(event.start) == 4 else month_name(event.first)
    return sentence(title)


def _when(event: Event, on: date) -> str:
    """« Lundi 9 », « du 9 mars 2026 au 4 mai 2026 », « jusqu'en juin 2026 », « depuis le 9 mars 2026 »."""
    if event.day:
        return f"{_DAYS[event.day.weekday()]}{NBSP}{'1er' if event.day.day == 1 else event.day.day}"
    if event.end is None:
        word = at(event.start).removeprefix("en ")
        return (
            _("depuis %(date)s") % {"date": word} if event.first < on else _("à partir %(date)s") % {"date": since(event.start)}
        )
    return at(event.start) if event.start == event.end else f"{since(event.start)} {until(event.end)}"
