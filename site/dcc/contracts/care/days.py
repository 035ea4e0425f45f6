"""Days of acts: dates known to the day, the month or the year, and the day it is in Paris.

A partial date is ISO 8601 reduced, as in the answers: ``2026-03-09``, ``2026-03`` or ``2026``.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day_of(moment: datetime) -> date:
    """The day it is in Paris at a moment that knows its offset; raises ``ValueError`` when it does not."""
    if moment.tzinfo is None:
        raise ValueError("A moment without offset has no day")
    return moment.astimezone(PARIS).date()


def partial(value: Any) -> str | None:
    """The partial date of an answer; nothing for no answer, a null flavour or what is no date."""
    if not isinstance(value, str):
        return None
    text = value.partition("T")[0]
    return text if _bounds(text) else None


def first_day(value: str | None) -> date | None:
    """The earliest day a partial date may mean."""
    bounds = _bounds(value)
    return bounds[0] if bounds else None


def last_day(value: str | None) -> date | None:
    """The latest day a partial date may mean: the 31st of a month of 31 days, the 31 December of a year."""
    bounds = _bounds(value)
    return bounds[1] if bounds else None


def known_day(value: str | None) -> date | None:
    """The day of a date that is known to the day."""
    bounds = _bounds(value)
    return bounds[0] if bounds and bounds[0] == bounds[1] else None


def written(value: str | None) -> str:
    """A partial date the French way, with the precision it has: ``09/03/2026``, ``03/2026``, ``2026``; empty for none."""
    return "/".join(reversed(value.split("-"))) if value else ""


def month_name(day: date) -> str:
    """« mars 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4096)
def _bounds(value: str | None) -> tuple[date, date] | None:
    try:
        year, month, day = ([*map(int, value.split("-")), 0, 0] if value else [0, 0, 0])[:3]
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        last = monthrange(year, month)[1]
        return date(year, month, day or 1), date(year, month, day or last)
    except ValueError:
        return None
