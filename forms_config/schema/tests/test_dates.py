"""Dates as they are typed, kept and shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_config.schema.dates import as_day, check_date, check_datetime, french, parse_french


@pytest.mark.parametrize("value", ["2019", "2019-01", "2019-01-29", "2024-02-29", "1850-01-01"])
def test_iso_dates(value: str) -> None:
    assert check_date(value) == value


@pytest.mark.parametrize(
    "value",
    ["", "19", "2019-1", "2019-13", "2019-02-29", "2019-01-29T10:00", "1849", "2201", "٢٠١٩", "2019-01-29\n", " 2019", "2019-00"],
)
def test_bad_iso_dates(value: str) -> None:
    with pytest.raises(ValueError, match=r"Date attendue|n'existe pas|hors des bornes"):
        check_date(value)


@pytest.mark.parametrize(
    "value", ["2019-01-29T09:49", "2019-01-29T09:49:10", "2019-01-29T09:49+01:00", "2019-01-29T09:49:10-04:00", "2019-01"]
)
def test_iso_times(value: str) -> None:
    assert check_datetime(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "2019-01-29T24:00",
        "2019-01-29T09:60",
        "2019-01-29T09:49:60",
        "2019-01-29T09:49+99:99",
        "2019-02-30T09:49",
        "2019-01T09:49",
    ],
)
def test_bad_iso_times(value: str) -> None:
    with pytest.raises(ValueError, match=r"Date attendue|n'existe pas"):
        check_datetime(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("29/01/2019", "2019-01-29"),
        (" 29 / 1 / 2019 ", "2019-01-29"),
        ("29-01-2019", "2019-01-29"),
        ("29.01.2019", "2019-01-29"),
        ("29012019", "2019-01-29"),
        ("1/2019", "2019-01"),
        ("01/2019", "2019-01"),
        ("2019", "2019"),
        ("2019-01-29", "2019-01-29"),
        ("29 janvier 2019", "2019-01-29"),
        ("1er Février 2020", "2020-02-01"),
        ("1er fe\u0301vrier 2020", "2020-02-01"),
        ("août 2020", "2020-08"),
        ("déc. 2020", "2020-12"),
    ],
)
def test_typed_dates(typed: str, value: str) -> None:
    assert parse_french(typed) == value
    assert parse_french(typed, with_time=True) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("29/01/2019 09:49", "2019-01-29T09:49+01:00"),
        ("29/01/2019 9h30", "2019-01-29T09:30+01:00"),
        ("29/07/2019 à 9h", "2019-07-29T09:00+02:00"),
        ("29/01/2019 9 h 05", "2019-01-29T09:05+01:00"),
        ("29012019 14:00", "2019-01-29T14:00+01:00"),
        ("29/01/2019 09:49:10", "2019-01-29T09:49:10+01:00"),
        ("2019-07-29T09:49", "2019-07-29T09:49+02:00"),
        ("2019-01-29T09:49-04:00", "2019-01-29T09:49-04:00"),
        ("31/03/2024 02:30", "2024-03-31T02:30+01:00"),
        ("01/01/1900 10:00", "1900-01-01T10:00+00:09"),
    ],
)
def test_typed_times(typed: str, value: str) -> None:
    assert parse_french(typed, with_time=True) == value


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hier",
        "29/01/19",
        "31/02/2019",
        "29/13/2019",
        "1/1",
        "marche 2019",
        "29/01/2019 09:49",
        "01/2019 09:49",
        "2019 9h",
        "20\u06612019",
    ],
)
def test_refused_dates(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Date attendue|n'existe pas"):
        parse_french(typed)


@pytest.mark.parametrize("typed", ["29/01/2019 25:00", "29/01/2019 9h61", "01/2019 09:00", "2019-13-01T10:00", "29/01/2019 9:5"])
def test_refused_times(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Date attendue|n'existe pas"):
        parse_french(typed, with_time=True)


def test_french() -> None:
    assert french("2019") == "2019"
    assert french("2019-01") == "01/2019"
    assert french("2019-01-29") == "29/01/2019"
    assert french("2019-01-29T09:49:10+01:00") == "29/01/2019 09:49"


def test_as_day() -> None:
    assert as_day("2019-01-29T09:49+01:00") == date(2019, 1, 29)
    assert as_day("2019-01") is None
    assert as_day("1950-14-31") is None


@given(st.dates(date(1850, 1, 1), date(2200, 12, 31)), st.integers(1, 3))
def test_every_day_is_written_and_read_back(day: date, precision: int) -> None:
    value = "-".join(day.isoformat().split("-")[:precision])
    assert parse_french(french(value)) == value == check_date(value)


@given(
    st.datetimes(datetime(1912, 1, 1), datetime(2200, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_time_with_its_offset_is_kept(moment: datetime, offset: int) -> None:
    value = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset))).isoformat()
    assert check_datetime(value) == value == parse_french(value, with_time=True)


@given(st.text(max_size=40))
def test_nothing_typed_crashes(typed: str) -> None:
    value = message = ""
    try:
        value = parse_french(typed, with_time=True)
    except ValueError as error:
        message = str(error)
    if message:
        assert any(words in message for words in ("Date attendue", "n'existe pas", "hors des bornes"))
    else:
        assert check_datetime(value) == value
        assert value.isascii()
