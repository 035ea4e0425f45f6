"""The calendar of a PPS as an iCalendar file (RFC 5545), for the patient's own calendar. Pure.

The file holds no trait of the patient, and unless asked no word on the care either (decision 0172): calendars are shown on locked
screens, shared in families and kept by firms. Days are whole days (``VALUE=DATE``). An event keeps its UID from one file to the
next, so that a calendar that reads a later file moves its appointments instead of doubling them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from dcc.contracts.care.chronology import Event, stopped_on_an_unknown_day

Titles = Literal["neutral", "care"]
MEDIA_TYPE = "text/calendar; charset=utf-8"
FILENAME = "calendrier.ics"
NEUTRAL_TITLE = "Rendez-vous de soins"
FOLD = 75
"""Octets of a line, its end apart (RFC 5545 §3.1)."""


def calendar_file(events: Iterable[Event], *, family: UUID, on: date, stamp: datetime, sequence: int, titles: Titles) -> bytes:
    """The events of a known day from ``on`` onwards; what lasts gives its first and its last day.

    ``family`` names the PPS through its versions, ``sequence`` grows with each change of it, ``stamp`` is when the file is made.
    Raises ``ValueError`` for a ``stamp`` without offset.
    """
    if stamp.tzinfo is None:
        raise ValueError("A stamp needs its offset")
    made = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OncoDCC//Calendrier du PPS//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for event, day, part in _appointments(events, on):
        name = f"{event.act.kind.group}/{event.act.row}/{event.number}/{part}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uuid5(family, name)}@oncodcc",
            f"DTSTAMP:{made}",
            f"SEQUENCE:{sequence}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"STATUS:{'CONFIRMED' if event.confirmed else 'TENTATIVE'}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            *_words(event, part, titles),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _appointments(events: Iterable[Event], on: date) -> Iterator[tuple[Event, date, str]]:
    """Event, day, and « debut » or « fin » of what lasts; days that are over or not known are left out."""
    for event in (event for event in events if not stopped_on_an_unknown_day(event.act)):
        exact_end = event.end is not None and len(event.end) == 10
        days = [(event.day, "")] if event.day else [(event.first, "debut")] if len(event.start) == 10 else []
        if not event.day and exact_end:
            days.append((event.last, "fin"))
        yield from ((event, day, part) for day, part in days if day >= on and event.state != "done")


def _words(event: Event, part: str, titles: Titles) -> Iterator[str]:
    prefix = {"debut": "Début\u00a0: ", "fin": "Fin\u00a0: "}.get(part, "")
    if titles == "neutral":
        yield f"SUMMARY:{_text(prefix + NEUTRAL_TITLE)}"
        return
    yield f"SUMMARY:{_text(prefix + event.title)}"
    if event.act.where:
        yield f"LOCATION:{_text(event.act.where)}"
    if not event.confirmed:
        yield f"DESCRIPTION:{_text('Date prévisionnelle, à confirmer par l’équipe de soins.')}"


def _text(value: str) -> str:
    """A text value (§3.3.11): backslash, semicolon, comma and ends of lines escaped, other controls dropped."""
    text = "\n".join(value.splitlines())
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(c for c in text if c >= " " and c != "\x7f")


def _folded(line: str) -> bytes:
    """A content line in octets, folded without cutting a character, ended by CRLF."""
    parts: list[bytes] = [b""]
    for character in line:
        octets = character.encode()
        if len(parts[-1]) + len(octets) > FOLD - (len(parts) > 1):
            parts.append(b"")
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"
