"""The iCalendar file, to the octet (RFC 5545), and what it does not say (decision 0172)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from dcc.contracts.care.calendar_file import Titles, calendar_file
from dcc.contracts.care.chronology import chronology
from dcc.contracts.care.tests.rows import CHEMOTHERAPY, HORMONES, SURGERY, treatment

TODAY = date(2026, 3, 10)
STAMP = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
FAMILY = UUID("8f4d2f0e-1f58-4b7c-9a43-0a7c3bb0a001")


def made(*treatments: dict[str, Any], titles: Titles = "neutral", family: UUID = FAMILY, on: date = TODAY) -> str:
    """The file of some treatments."""
    events = chronology({"pps.traitements": list(treatments)}, on).events
    return calendar_file(events, family=family, on=on, stamp=STAMP, sequence=7, titles=titles).decode()


def unfolded(text: str) -> list[str]:
    """The content lines."""
    return text.replace("\r\n ", "").split("\r\n")


def lines(text: str, name: str) -> list[str]:
    """The values of a property, in order."""
    return [line.partition(":")[2] for line in unfolded(text) if re.match(rf"{name}[;:]", line)]


def test_one_appointment_to_the_octet() -> None:
    text = made(treatment(SURGERY, debut="2026-03-16"))
    (uid,) = lines(text, "UID")
    assert text == "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//OncoDCC//Calendrier du PPS//FR",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20260310T093000Z",
            "SEQUENCE:7",
            "DTSTART;VALUE=DATE:20260316",
            "DTEND;VALUE=DATE:20260317",
            "STATUS:CONFIRMED",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "SUMMARY:Rendez-vous de soins",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


@pytest.mark.parametrize(
    ("columns", "days"),
    [
        ({"debut": "2026-03-09"}, []),
        ({"debut": "2026-03-10"}, ["20260310"]),
        ({"debut_prevu": "2026-03-31"}, ["20260331"]),
        ({"debut_prevu": "2026-03"}, []),
        ({"debut_prevu": "2026-03-16", "cures": 3, "intervalle": 21}, ["20260316", "20260406", "20260427"]),
        ({"debut": "2026-02-23", "cures": 3, "intervalle": 21}, ["20260316", "20260406"]),
        ({"debut_prevu": "2026-03-16", "fin_prevue": "2026-05-01"}, ["20260316", "20260501"]),
        ({"debut": "2026-03-01", "fin_prevue": "2026-05-01"}, ["20260501"]),
        ({"debut": "2026-03-16", "statut": "cancelled"}, []),
        ({"debut": "2026-02-23", "cures": 6, "intervalle": 21, "statut": "aborted"}, []),
        ({"debut": "2026-02-23", "cures": 6, "intervalle": 21, "statut": "aborted", "fin": "2026-03-20"}, ["20260316"]),
    ],
)
def test_known_days_from_today(columns: dict[str, Any], days: list[str]) -> None:
    assert lines(made(treatment(SURGERY, **columns)), "DTSTART") == days


def test_an_event_keeps_its_name_when_it_moves() -> None:
    first = made(treatment(CHEMOTHERAPY, debut_prevu="2026-03-16", cures=3, intervalle=21))
    moved = made(treatment(CHEMOTHERAPY, debut="2026-03-18", cures=3, intervalle=21))
    assert lines(first, "UID") == lines(moved, "UID")
    assert len(set(lines(first, "UID"))) == 3
    other = made(treatment(CHEMOTHERAPY, debut_prevu="2026-03-16", cures=3, intervalle=21), family=UUID(int=1))
    assert not set(lines(first, "UID")) & set(lines(other, "UID"))


def test_neutral_titles_say_nothing_of_the_care() -> None:
    full = treatment(
        CHEMOTHERAPY,
        debut_prevu="2026-03-16",
        fin_prevue="2026-05-01",
        lieu={"name": "Institut du cancer"},
        intervenant={"family": "MARTIN"},
        commentaire="FEC 100",
        rythme="IV",
        effets="nausées",
    )
    neutral = made(full)
    assert set(lines(neutral, "SUMMARY")) == {"Début\u00a0: Rendez-vous de soins", "Fin\u00a0: Rendez-vous de soins"}
    assert not [word for word in ("himio", "cancer", "MARTIN", "FEC", "naus", "LOCATION", "DESCRIPTION") if word in neutral]
    care = made(full, titles="care")
    assert lines(care, "SUMMARY")[0] == "Début\u00a0: Chimiothérapie"
    assert lines(care, "LOCATION")[0] == "MARTIN\\, Institut du cancer"
    assert "FEC" not in care
    assert "naus" not in care


def test_lines_are_folded_at_75_octets_without_cutting_a_character() -> None:
    for width in range(40):
        name = "x" * width + "é" * 60 + "𝄞" * 20 + "\\;,\r\nfin\x07"
        text = made(treatment(HORMONES, debut_prevu="2026-03-16", lieu={"name": name}), titles="care")
        octets = text.encode()
        assert octets.count(b"\n") == octets.count(b"\r\n")
        assert max(len(line) for line in octets.split(b"\r\n")) <= 75
        for line in octets.split(b"\r\n"):
            line.decode()
        (location,) = lines(text, "LOCATION")
        assert location == "x" * width + "é" * 60 + "𝄞" * 20 + "\\\\\\;\\,\\nfin"


def test_forecast_days_are_tentative() -> None:
    text = made(treatment(CHEMOTHERAPY, debut="2026-03-16", cures=2, intervalle=21))
    assert lines(text, "STATUS") == ["CONFIRMED", "TENTATIVE"]


def test_a_stamp_needs_its_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        calendar_file([], family=FAMILY, on=TODAY, stamp=datetime(2026, 3, 10), sequence=0, titles="neutral")
