"""Characters of names: each rule, the official vectors, and properties that generated texts cannot break."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.patients.characters import birth_name, convert, fits_list, given_names
from tests.fixtures import reference_dir


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("D’ÆION", "D'AEION"),
        ("Cœur", "COEUR"),
        ("  martin  ", "MARTIN"),
        ("Le\u00a0Gall", "LE GALL"),
        ("le   gall", "LE GALL"),
        ("Éloïse-Zoë", "ELOISE-ZOE"),
        ("Français", "FRANCAIS"),
        ("Muñoz", "MUNOZ"),
        ("Weiß", "WEISS"),
        ("Dupont–Durand", "DUPONT-DURAND"),
        ("dupont--durand", "DUPONT--DURAND"),
        ("'t hooft", "'T HOOFT"),
        ("D'ARTAGNAN DE L'HERAULT", "D'ARTAGNAN DE L'HERAULT"),
        ("Øster ŸSAŸE Žižka Šorm", "OSTER YSAYE ZIZKA SORM"),
        (unicodedata.normalize("NFD", "Héloïse"), "HELOISE"),
        ("De\ufb01ne", "DEFINE"),
        ("O\ufb03ce", "OFFICE"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_what_is_typed_is_converted(typed: str, name: str) -> None:
    assert birth_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("MARTIN2", "« 2 »"),
        ("MAR_TIN", "« _ »"),
        ("JEAN!", "« ! »"),
        ("A/B", "« / »"),
        ("Ђорђе", "« Ђ »"),
        ("Łukasz", "« Ł »"),
        ("李", "« 李 »"),
        ("A;B<C", "« ; », « < »"),
        ("Işık", "« ş »"),
        ("ılgaz", "« ı »"),
        ("ſaint", "« ſ »"),
        ("ŉa", "« ŉ »"),
        ("Ａ", "« Ａ »"),
        ("MARTIN\u200b", "« U+200B »"),
        ("MAR\u00adTIN", "« U+00AD »"),
        ("X\u0301A", "« U+0301 »"),
        ("A\nB", "« U+000A »"),
        ("A\ud800", "« U+D800 »"),
        ("-MARTIN", "commence"),
        ("D''ART", "apostrophes"),
        ("D' ART", "espace à côté"),
        ("D 'ART", "espace à côté"),
        ("A---B", "Trois tirets"),
        ("'", "lettre"),
        ("' -", "espace à côté"),
        ("A" * 101, "100 caractères"),
    ],
)
def test_what_has_no_equivalent_is_refused_in_french(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        birth_name(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("JEAN--CLAUDE", "double tiret"),
        ("JEAN-", "finit"),
        ("JEAN'", "finit"),
        ("-JEAN", "commence"),
        ("JEAN- PAUL", "finit"),
        ("JEAN -PAUL", "commence"),
        ("MARIE JEAN- PAUL", "finit"),
    ],
)
def test_given_names_are_stricter(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        given_names(typed)


def test_a_birth_name_may_hold_a_double_hyphen() -> None:
    assert birth_name("PAT--TROIS") == "PAT--TROIS"


@pytest.mark.parametrize(
    ("first", "names", "fits"),
    [
        ("JEAN-CHRISTOPHE", "JEAN CHRISTOPHE PIERRE", True),
        ("JEAN CHRISTOPHE", "JEAN-CHRISTOPHE PIERRE", True),
        ("JEAN", "JEAN CHRISTOPHE PIERRE", True),
        ("PIERRE", "JEAN CHRISTOPHE PIERRE", False),
        ("JEAN", "JEANNE", False),
        ("JEAN PIERRE", "JEAN", False),
    ],
)
def test_the_first_given_name_starts_the_list(first: str, names: str, fits: bool) -> None:
    assert fits_list(first, names) is fits


TABLE = {
    **dict.fromkeys("ÀÁÂÃÄÅàáâãäå", "A"),
    **dict.fromkeys("Çç", "C"),
    **dict.fromkeys("ÈÉÊËèéêë", "E"),
    **dict.fromkeys("ÌÍÎÏìíîï", "I"),
    **dict.fromkeys("Ññ", "N"),
    **dict.fromkeys("ÒÓÔÕÖØòóôõöø", "O"),
    **dict.fromkeys("ÙÚÛÜùúûü", "U"),
    **dict.fromkeys("ÝŸýÿ", "Y"),
    **dict.fromkeys("Ææ", "AE"),
    **dict.fromkeys("Œœ", "OE"),
    **dict.fromkeys("Šš", "S"),
    **dict.fromkeys("Žž", "Z"),
    **dict.fromkeys("ßẞ", "SS"),
    **dict.fromkeys("’‘ʼ", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
    **dict(zip("ﬀﬁﬂﬃﬄ", ("FF", "FI", "FL", "FFI", "FFL"), strict=True)),
    **{char: char.upper() for char in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ '-"},
}
"""Every character that has an equivalent (SEL-MP-043 §2, small letters with their capitals), written here a second time."""


def test_each_cell_of_the_table_and_nothing_beside_it() -> None:
    """One character at a time between two letters: the equivalent of the table, or a refusal that names it.

    All the letters, signs and punctuation up to the kanas, ligatures and presentation forms; beyond, one character in 997.
    """
    wrong = []
    for number in (*range(0x3100), *range(0xF900, 0x10000), *range(0x10000, sys.maxunicode, 997)):
        char = chr(number)
        expected = TABLE.get(unicodedata.normalize("NFC", char))
        try:
            got = convert(f"X{char}X")[1:-1] if not unicodedata.combining(char) else convert(char)
        except ValueError as error:
            got = None
            if "Caractère non admis : «" not in str(error):
                wrong.append((f"{number:04X}", str(error)))
        if got != expected:
            wrong.append((f"{number:04X}", got or ""))
    assert wrong == []


ACCEPTED = {
    birth_name: re.compile(r"(?!-)(?:[A-Z]|'(?![' ])| (?![' ])|-(?!--)){0,100}\Z"),
    given_names: re.compile(r"(?!-)(?:[A-Z]|'(?=[A-Z-])| (?![' -])|-(?=[A-Z'])){0,100}\Z"),
}
"""The shapes of SEL-MP-043 §3.4.1, written as expressions."""
NEAR_MISS = st.text(alphabet="ABCÉœ '’–-\u00a0\u0301é2", max_size=14)
ANY = st.text(alphabet=st.characters(codec="utf-8"), max_size=120)


@given(ANY | NEAR_MISS)
def test_nothing_else_than_insi_characters_comes_out(text: str) -> None:
    for reader, shape in ACCEPTED.items():
        try:
            name = reader(text)
        except ValueError:
            continue
        assert shape.match(name)
        assert name == name.strip()
        assert reader(name) == name, "an accepted name is accepted again, unchanged"


@given(st.text(alphabet="ABC '-", max_size=12))
def test_what_the_shape_forbids_is_refused(text: str) -> None:
    """Both ways: a name in plain characters is accepted exactly when the rule says so (spaces are mended first)."""
    mended = " ".join(text.split())
    for reader, shape in ACCEPTED.items():
        right = not mended or (bool(shape.match(mended)) and any(char.isalpha() for char in mended))
        try:
            assert reader(text) == mended
            assert right, f"{mended!r} was accepted"
        except ValueError:
            assert not right, f"{mended!r} was refused"


@given(ANY | NEAR_MISS)
def test_a_given_name_is_always_a_birth_name_too(text: str) -> None:
    try:
        name = given_names(text)
    except ValueError:
        return
    assert birth_name(name) == name


@given(NEAR_MISS | st.text(alphabet="éèàçñÅåÖüŸšŽœÆß AB'-", max_size=20))
def test_composed_and_decomposed_texts_are_one(text: str) -> None:
    def answer(form: Literal["NFC", "NFD"]) -> str:
        try:
            return convert(unicodedata.normalize(form, text))
        except ValueError as error:
            return str(error)

    assert answer("NFC") == answer("NFD")


@given(st.text(alphabet=sorted(TABLE), max_size=30))
def test_conversion_is_stable_and_drops_nothing(text: str) -> None:
    converted = convert(text)
    assert convert(converted) == converted
    assert convert(text.upper()) == convert(text.lower()) == converted or "ß" in text
    assert converted.replace(" ", "") == "".join(TABLE[char] for char in text).replace(" ", "")


NAME = st.from_regex(r"[A-D]{1,4}(?:[-'][A-D]{1,4})?", fullmatch=True)


@given(st.lists(NAME, min_size=1, max_size=4), st.integers(1, 4), st.sampled_from(" -'"))
def test_a_first_given_name_made_of_the_start_of_the_list_fits_it(names: list[str], count: int, sign: str) -> None:
    """However a compound one is written (EXI ID 10), and never one that only begins like it."""
    listed = " ".join(names)
    first = sign.join(names[:count])
    assert fits_list(first, listed)
    assert fits_list(listed, listed)
    assert not fits_list(first + "E", listed)
    assert not fits_list(f"{listed} E", listed)
    assert not fits_list("E", listed)


@pytest.mark.reference
def test_official_identities_are_already_right() -> None:
    data = json.loads((reference_dir() / "insi" / "identites_test_insi.json").read_text(encoding="utf-8"))
    names = [(i["requete"]["NomNaissance"], i["requete"]["Prenom"]) for i in data["identites"]]
    assert len(names) > 20
    for family, given_list in names:
        assert birth_name(family) == family
        assert [given_names(name) for name in given_list] == given_list
