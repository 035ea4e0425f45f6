"""Reading an identity: every field, dates that are not wholly known, remarks at the field; comparing two identities."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.contracts.snapshots import IdentityTraits
from dcc.patients.matching import age, alike, conflicts, near_dates
from dcc.patients.tests.people import ARTAGNAN, CORSE, ECETINSI, NESSI, RUTH, TODAY, VINCI
from dcc.patients.traits import Identity, IdentityErrors, read_birth_date, read_identity


@pytest.mark.parametrize(
    ("typed", "iso", "unknown"),
    [
        ("28/03/1979", "1979-03-28", ""),
        ("28-03-1979", "1979-03-28", ""),
        ("28 03 1979", "1979-03-28", ""),
        ("8.3.1979", "1979-03-08", ""),
        ("28031979", "1979-03-28", ""),
        ("1979-03-28", "1979-03-28", ""),
        ("29/02/2024", "2024-02-29", ""),
        ("03/1979", "1979-03-01", "jour"),
        ("00/03/1979", "1979-03-01", "jour"),
        ("1979-03", "1979-03-01", "jour"),
        ("1979-03-00", "1979-03-01", "jour"),
        ("15/00/1979", "1979-01-15", "mois"),
        ("1979", "1979-12-31", "jour_mois"),
        ("00/00/1979", "1979-12-31", "jour_mois"),
        ("vers 1979", "1979-12-31", "annee"),
        ("~1979", "1979-12-31", "annee"),
        ("environ 80 ans", "1946-12-31", "annee"),
        ("80 ans", "1946-12-31", "annee"),
        ("vers 0 ans", "2026-11-01", "annee"),
        (" 2026 ", "2026-11-01", "jour_mois"),
    ],
)
def test_birth_dates(typed: str, iso: str, unknown: str) -> None:
    assert read_birth_date(typed, today=TODAY) == (iso, unknown)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "renseigner"),
        ("31/02/1979", "n'existe pas"),
        ("29/02/2023", "n'existe pas"),
        ("13/13/1979", "n'existe pas"),
        ("02/11/2026", "limites"),
        ("12/2026", "limites"),
        ("2027", "limites"),
        ("01/01/1849", "limites"),
        ("hier", "attendue"),
        ("environ 200 ans", "limites"),
        ("1950-14-31", "n'existe pas"),
        ("0000-01-01", "n'existe pas"),
        ("1/1/79", "attendue"),
        ("١/١/١٩٧٩", "attendue"),
    ],
)
def test_bad_birth_dates(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_birth_date(typed, today=TODAY)


@pytest.mark.parametrize(
    ("day", "month", "completed", "unknown"),
    [(15, 3, "03-15", ""), (0, 3, "03-01", "jour"), (15, 0, "01-15", "mois"), (0, 0, "12-31", "jour_mois")],
)
@given(year=st.integers(1850, 2025))
def test_what_is_unknown_is_completed_by_the_table_of_rniv(day: int, month: int, completed: str, unknown: str, year: int) -> None:
    """EXI ID 11/12, whichever way it is written; the marker keeps what was not known."""
    ways = {f"{day:02}/{month:02}/{year}", f"{day:02}{month:02}{year}", f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year}"}
    if not day:
        ways |= {f"{month:02}/{year}", f"{year}-{month:02}"} if month else {str(year)}
    assert {read_birth_date(way, today=TODAY) for way in ways} == {(f"{year}-{completed}", unknown)}


@pytest.mark.parametrize("text", ["1950-14-31", "1950-02-30", "1988-99-99", "2026-20-42"])
def test_a_date_that_no_calendar_has_is_kept_when_it_was_received(text: str) -> None:
    assert read_birth_date(text, today=TODAY, lenient=True) == (text, "")
    assert read_identity(replace(NESSI, birth_date=text), today=TODAY, lenient=True).traits.birth_date == text
    with pytest.raises(IdentityErrors, match="n'existe pas"):
        read_identity(replace(NESSI, birth_date=text), today=TODAY)


@pytest.mark.parametrize("text", ["31/02/1979", "1849-14-31", "2027-14-31", "1979-14", "19791431"])
def test_what_was_received_is_not_any_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"n'existe pas|attendue"):
        read_birth_date(text, today=TODAY, lenient=True)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_remark(text: str) -> None:
    with contextlib.suppress(ValueError):
        iso, _unknown = read_birth_date(text, today=TODAY)
        assert date(1850, 1, 1) <= date.fromisoformat(iso) <= TODAY


def test_an_identity_as_it_is_typed() -> None:
    typed = IdentityTraits(
        "d’artagnan de l'Hérault", "pierre-alain", "Pierre-Alain  Gunther", "M", "17/06/2001", "63220", " Moulins "
    )
    read = read_identity(typed, today=TODAY, used_name="d'Artagnan")
    assert read == Identity(replace(ARTAGNAN, birth_place_name="Moulins"), "", "D'ARTAGNAN", "")


def test_nothing_is_filled_in_for_the_user() -> None:
    read = read_identity(IdentityTraits("NESSI", "NATHALIE", "", "F", "14/07/1977"), today=TODAY)
    assert (read.used_name, read.used_given_name, read.traits.given_names, read.traits.birth_place_code) == ("", "", "", "")


def test_each_remark_is_at_its_field() -> None:
    with pytest.raises(IdentityErrors) as refusal:
        read_identity(
            IdentityTraits("", "JEAN2", "JEAN--PAUL", "X", "31/02/1980", "2C123", "x" * 101),  # type: ignore[arg-type]  # on purpose
            today=TODAY,
            used_name="-A",
            used_given_name="A-",
        )
    assert set(refusal.value.fields) == {
        "birth_name",
        "first_given_name",
        "given_names",
        "sex",
        "birth_date",
        "birth_place_code",
        "birth_place_name",
        "used_name",
        "used_given_name",
    }
    assert "Date de naissance : Cette date n'existe pas" in str(refusal.value)


def test_the_first_given_name_must_start_the_list_unless_it_was_received() -> None:
    typed = replace(ECETINSI, first_given_name="MURIEL")
    with pytest.raises(IdentityErrors) as refusal:
        read_identity(typed, today=TODAY)
    assert list(refusal.value.fields) == ["first_given_name"]
    assert read_identity(typed, today=TODAY, lenient=True).traits.first_given_name == "MURIEL"


@pytest.mark.parametrize("code", ["99101", "2A004", "2b033", "97411", ""])
def test_place_codes(code: str) -> None:
    assert read_identity(replace(NESSI, birth_place_code=code), today=TODAY).traits.birth_place_code == code.upper()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"birth_name": "NESSY"}, ["birth_name"]),
        ({"sex": "M"}, ["sex"]),
        ({"birth_date": "1977-07-15"}, ["birth_date"]),
        ({"first_given_name": "NADIA", "given_names": ""}, ["first_given_name"]),
        ({"given_names": "NATHALIE ANNE"}, []),
        ({"given_names": ""}, []),
        ({"given_names": "ANNE NATHALIE"}, ["given_names"]),
        ({"birth_place_code": "75056"}, ["birth_place_code"]),
        ({"birth_place_code": "", "birth_place_name": "X"}, []),
    ],
)
def test_contradictions(changes: dict[str, Any], fields: list[str]) -> None:
    other = replace(NESSI, **changes)
    assert conflicts(NESSI, other) == fields
    assert conflicts(other, NESSI) == fields


def test_a_compound_first_name_agrees_with_a_list_without_hyphen() -> None:
    received = replace(ECETINSI, first_given_name="PIERRE", given_names="PIERRE ALAIN MURIEL FLORIANT")
    assert conflicts(ECETINSI, received) == []


def identity(traits: IdentityTraits, used_name: str = "") -> Identity:
    return Identity(traits, "", used_name)


@pytest.mark.parametrize(
    ("changes", "near_enough"),
    [
        ({"birth_name": "NESI"}, True),
        ({"birth_name": "NSESI"}, True),
        ({"first_given_name": "NATALIE"}, True),
        ({"birth_name": "NATHALIE", "first_given_name": "NESSI", "given_names": "NESSI"}, True),
        ({"birth_date": "1977-07-15"}, True),
        ({"birth_date": "1977-14-07"}, True),
        ({"birth_date": "1967-07-14"}, True),
        ({"birth_name": "ROSSI"}, False),
        ({"first_given_name": "ANNE", "given_names": "ANNE"}, False),
        ({"birth_date": "1967-07-15"}, False),
        ({"birth_name": "NESI", "birth_date": "1977-07-15"}, False),
    ],
)
def test_look_alikes(changes: dict[str, Any], near_enough: bool) -> None:
    other = identity(replace(NESSI, **changes))
    assert alike(identity(NESSI), other) is near_enough
    assert alike(other, identity(NESSI)) is near_enough


def test_a_used_name_counts_as_a_name() -> None:
    assert alike(identity(NESSI), identity(replace(NESSI, birth_name="CORSE"), used_name="NESSI"))
    assert not alike(identity(RUTH), identity(VINCI, used_name="RUTH"))


def test_near_dates() -> None:
    assert near_dates("1980-03-02", "1980-02-03")
    assert not near_dates("1980-03-02", "1981-02-03")


def test_age() -> None:
    assert age(CORSE.birth_date, date(2026, 3, 1)) == 45
    assert age(CORSE.birth_date, date(2026, 3, 2)) == 46
    assert age("2024-02-29", date(2025, 2, 28)) == 0
    assert age("1940-00-00", date(2025, 2, 28)) is None
