"""Dates as clinicians know them, sometimes only a month or a year, and times with their offset.

A ``date`` value is ISO 8601 reduced: ``2019``, ``2019-01`` or ``2019-01-29``. A ``datetime`` value is a date or
``2019-01-29T09:49[:SS][+01:00]``. On screen they are written ``29/01/2019`` and ``29/01/2019 09:49``.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_ISO_DATE = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2}))?)?\Z", re.ASCII)
_ISO_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<h>\d{2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?P<tz>[+-](?:0\d|1[0-4]):[0-5]\d)?\Z", re.ASCII
)
_FRENCH = re.compile(
    r"(?:(?:(?P<d>\d{1,2})\s*[/.-]\s*)?(?P<m>\d{1,2})\s*[/.-]\s*)?(?P<y>\d{4})"
    r"(?:(?:\s*a\s*|\s+|t)(?P<h>\d{1,2})\s*(?:h(?:\s*(?P<min>\d{2}))?|:\s*(?P<min2>\d{2})(?::(?P<s>\d{2}))?))?\Z",
    re.ASCII,
)
_EIGHT_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})(?=\s|\Z)", re.ASCII)
_MONTH_NAMES = (
    "janvier janv|fevrier fevr fev|mars|avril avr|mai|juin|juillet juil|aout|septembre sept|octobre oct|novembre nov|decembre dec"
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_MONTH_NAME = re.compile(rf"(?:(1er|\d{{1,2}})\s+)?({'|'.join(_MONTHS)})\.?\s+(?=\d{{4}})", re.ASCII)


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
    """Read what a person typed or an ISO value; a time typed without offset gets the offset of Paris on that day.

    ``29/01/2019``, ``29012019``, ``29 janvier 2019``, ``1/2019``, ``janvier 2019``, ``2019`` and, ``with_time``,
    ``29/01/2019 9h30`` or ``09:30``. Raises ``ValueError`` in French.
    """
    text = " ".join(text.split())
    if _ISO_DATE.match(text):
        return check_date(text)
    if with_time and _ISO_TIME.match(text):
        return check_datetime(_with_offset(text))
    match = _FRENCH.match(_digits(text))
    if not match or (match["h"] and (not with_time or not match["d"])):
        expected = "JJ/MM/AAAA HH:MM" if with_time else "JJ/MM/AAAA, MM/AAAA ou AAAA"
        raise ValueError(f"Date attendue : {expected}")
    parts = [match["y"], *(part.zfill(2) for part in (match["m"], match["d"]) if part)]
    day = check_date("-".join(parts))
    if not match["h"]:
        return day
    minutes = match["min"] or match["min2"] or "00"
    seconds = f":{match['s']}" if match["s"] else ""
    return check_datetime(_with_offset(f"{day}T{match['h'].zfill(2)}:{minutes}{seconds}"))


def _digits(text: str) -> str:
    """The typed date in lower case without accents, month names and eight digits in a row spelt out with slashes."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    if match := _MONTH_NAME.match(plain):
        day = f"{match[1].removesuffix('er')}/" if match[1] else ""
        return f"{day}{_MONTHS[match[2]]}/{plain[match.end() :]}"
    return _EIGHT_DIGITS.sub(r"\1/\2/\3", plain, count=1) if _EIGHT_DIGITS.match(plain) else plain


def french(value: str) -> str:
    """Write a date or a time the French way, with the precision it has; the offset is not shown."""
    day, _, time = value.partition("T")
    shown = "/".join(reversed(day.split("-")))
    return f"{shown} {time[:5]}" if time else shown


def as_day(value: str) -> date | None:
    """The calendar day of a value, or nothing when the day is unknown or in no calendar (a birth date as INSi may give it)."""
    with suppress(ValueError):
        day = value.partition("T")[0]
        return date.fromisoformat(day) if len(day) == 10 else None
    return None


def _with_offset(value: str) -> str:
    if re.search(r"[+-]\d{2}:\d{2}\Z", value):
        return value
    _check_calendar(*value.partition("T")[0].split("-"))
    hour, minute, *second = value.partition("T")[2].split(":")
    _check_clock(hour, minute, second[0] if second else None)
    offset = datetime.fromisoformat(value).replace(tzinfo=PARIS).utcoffset() or timedelta()
    sign, minutes = ("-" if offset < timedelta() else "+"), round(abs(offset).total_seconds() / 60)  # 9 min 21 s before 1911
    return f"{value}{sign}{minutes // 60:02}:{minutes % 60:02}"


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
