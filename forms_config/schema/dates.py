"""Dates as clinicians know them, sometimes only a month or a year, and times with their offset.

A ``date`` value is ISO 8601 reduced: ``2019``, ``2019-01`` or ``2019-01-29``. A ``datetime`` value is a date or
``2019-01-29T09:49[:SS][+01:00]``. On screen they are written ``29/01/2019`` and ``29/01/2019 09:49``.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_ISO_DATE = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2}))?)?\Z")
_ISO_TIME = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<h>\d{2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?P<tz>[+-]\d{2}:\d{2})?\Z")
_FRENCH = re.compile(
    r"(?:(?:(?P<d>\d{1,2})\s*[/.-]\s*)?(?P<m>\d{1,2})\s*[/.-]\s*)?(?P<y>\d{4})"
    r"(?:(?:\s+à\s+|\s+|T)(?P<h>\d{1,2})\s*[:hH]\s*(?P<min>\d{2})(?::(?P<s>\d{2}))?)?\Z"
)


def check_date(value: str) -> str:
    """Return an ISO date, full or not; raises ``ValueError`` in French."""
    match = _ISO_DATE.match(value)
    if not match:
        raise ValueError("Date attendue : JJ/MM/AAAA, MM/AAAA ou AAAA")
    _check_calendar(match["y"], match["m"], match["d"])
    return value


def check_datetime(value: str) -> str:
    """Return an ISO date or time; raises ``ValueError`` in French."""
    match = _ISO_TIME.match(value)
    if not match:
        return check_date(value)
    _check_calendar(*match["date"].split("-"))
    _check_clock(match["h"], match["min"], match["s"])
    return value


def parse_french(text: str, *, with_time: bool = False) -> str:
    """Read what a person typed (``29/01/2019``, ``1/2019``, ``2019``, ``29/01/2019 9h30``) or an ISO value.

    Raises ``ValueError`` in French. A time typed without offset gets the offset of Paris on that day.
    """
    text = text.strip()
    if _ISO_DATE.match(text):
        return check_date(text)
    if with_time and _ISO_TIME.match(text):
        return check_datetime(_with_offset(text))
    match = _FRENCH.match(text)
    if not match or (match["h"] and (not with_time or not match["d"])):
        expected = "JJ/MM/AAAA HH:MM" if with_time else "JJ/MM/AAAA, MM/AAAA ou AAAA"
        raise ValueError(f"Date attendue : {expected}")
    parts = [match["y"], *(part.zfill(2) for part in (match["m"], match["d"]) if part)]
    day = check_date("-".join(parts))
    if not match["h"]:
        return day
    seconds = f":{match['s']}" if match["s"] else ""
    return check_datetime(_with_offset(f"{day}T{match['h'].zfill(2)}:{match['min']}{seconds}"))


def french(value: str) -> str:
    """Write a date or a time the French way, with the precision it has; the offset is not shown."""
    day, _, time = value.partition("T")
    shown = "/".join(reversed(day.split("-")))
    return f"{shown} {time[:5]}" if time else shown


def as_day(value: str) -> date | None:
    """The calendar day of a value, or nothing when the day is unknown."""
    day = value.partition("T")[0]
    return date.fromisoformat(day) if len(day) == 10 else None


def _with_offset(value: str) -> str:
    if re.search(r"[+-]\d{2}:\d{2}\Z", value):
        return value
    hour, minute, *second = value.partition("T")[2].split(":")
    _check_clock(hour, minute, second[0] if second else None)
    return value + datetime.fromisoformat(value).replace(tzinfo=PARIS).isoformat()[-6:]


def _check_calendar(year: str, month: str | None, day: str | None) -> None:
    if not 1850 <= int(year) <= 2200:
        raise ValueError("Année hors des bornes (1850 à 2200)")
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError("Cette date n'existe pas") from None


def _check_clock(hour: str, minute: str, second: str | None) -> None:
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise ValueError("Cette heure n'existe pas")
