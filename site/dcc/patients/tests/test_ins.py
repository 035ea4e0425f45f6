"""The key of the matricule, Corsica included, and the authorities that assign it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.patients.ins import check_authority, check_matricule, key_fits, key_of
from tests.fixtures import reference_dir


def vectors() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(
        (reference_dir() / "insi" / "nir_vectors.json").read_text(encoding="utf-8")
    )
    return found


@pytest.mark.reference
def test_good_vectors() -> None:
    for vector in vectors()["valides"]:
        assert check_matricule(vector["matricule15"]) == vector["matricule15"]


@pytest.mark.reference
def test_bad_vectors() -> None:
    for vector in vectors()["invalides_vus_dans_des_jeux_publics"]:
        assert f"{key_of(vector['num']):02d}" == vector["cle_attendue"]
        with pytest.raises(ValueError, match="Matricule INS"):
            check_matricule(vector["num"] + vector["cle"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "279035121518988",
        "27903512151898",
        "2790351215189890",
        "579035121518989",
        "2A9035121518989",
        "279145121518989",
        "279005121518989",
        "279035121518-89",
        "٢79035121518989",
    ],
)
def test_bad_shapes(text: str) -> None:
    with pytest.raises(ValueError, match="Matricule INS"):
        check_matricule(text)


@pytest.mark.reference
def test_what_insi_answers_is_not_refused_on_its_key_alone() -> None:
    for vector in vectors()["invalides_vus_dans_des_jeux_publics"]:
        matricule = vector["num"] + vector["cle"]
        assert not key_fits(matricule)
        assert key_fits(vector["num"] + vector["cle_attendue"])


def with_key(number: str) -> str:
    return f"{number}{key_of(number):02d}"


@pytest.mark.parametrize("month", range(100))
def test_months_of_an_incomplete_civil_status_are_months(month: int) -> None:
    """ins.md §3.6: 01 to 12, 13, 20 to 42, 50 to 99."""
    matricule = with_key(f"279{month:02}51215189")
    if 1 <= month <= 13 or 20 <= month <= 42 or month >= 50:
        assert check_matricule(matricule) == matricule
    else:
        with pytest.raises(ValueError, match="15 caractères"):
            check_matricule(matricule)


@pytest.mark.parametrize("first", range(10))
def test_first_digits(first: int) -> None:
    """1 and 2, then 3, 4, 7 and 8 of provisional numbers."""
    matricule = with_key(f"{first}790351215189")
    if first in (1, 2, 3, 4, 7, 8):
        assert check_matricule(matricule) == matricule
    else:
        with pytest.raises(ValueError, match="15 caractères"):
            check_matricule(matricule)


@pytest.mark.parametrize(
    "number", ["", "279035121518", "27903512151899", "160012C020777", "16001 2B02077", "٢790351215189", "2B00120207771"]
)
def test_no_key_of_what_is_no_number(number: str) -> None:
    with pytest.raises(ValueError, match="13 caractères"):
        key_of(number)


@given(st.from_regex(re.compile(r"[12]\d\d(0[1-9]|1[0-3])2[AB]\d{6}", re.ASCII), fullmatch=True))
def test_corsica_counts_the_same_both_ways(number: str) -> None:
    """2A as 19 and 2B as 18, or A and B as 0 and a million or two less: the two rules that are published."""
    less = 1_000_000 if number[6] == "A" else 2_000_000
    assert key_of(number) == 97 - (int(number.replace("A", "0").replace("B", "0")) - less) % 97
    assert check_matricule(with_key(number).lower()) == with_key(number)


def test_typed_with_spaces_and_small_letters() -> None:
    assert check_matricule("1 80 03 2b 020 401 23") == "180032B02040123"
    assert check_matricule(" 2 97 02 2a 020 778 78 ") == "297022A02077878"


def number() -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(r"[1-478]\d{2}(0[1-9]|1[0-3]|[23]\d|[5-9]\d)(\d{2}|2[AB])\d{6}", re.ASCII), fullmatch=True)


@given(number(), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_never_passes(digits: str, place: int, shift: int) -> None:
    """97 is prime and no digit change is a multiple of it: the key catches every single slip."""
    matricule = f"{digits}{key_of(digits):02d}"
    assert check_matricule(matricule) == matricule
    if digits[place].isdigit():
        wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
        with pytest.raises(ValueError, match="Matricule INS"):
            check_matricule(wrong + matricule[13:])


def test_authorities() -> None:
    assert check_authority("1.2.250.1.213.1.4.8", test_allowed=False).nature == "NIR"
    assert check_authority("1.2.250.1.213.1.4.9", test_allowed=False).nature == "NIA"
    assert check_authority("1.2.250.1.213.1.4.10", test_allowed=True).test
    for oid in ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"):
        with pytest.raises(ValueError, match="Identité de test"):
            check_authority(oid, test_allowed=False)
    with pytest.raises(ValueError, match="inconnue"):
        check_authority("1.2.250.1.213.1.4.2", test_allowed=True)
