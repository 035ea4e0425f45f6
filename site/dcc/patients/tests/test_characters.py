"""Characters of names: each rule, the official vectors, and properties that generated texts cannot break."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.patients.characters import EQUIVALENTS, birth_name, convert, fits_list, given_names
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
    ("typed", "why"), [("JEAN--CLAUDE", "double tiret"), ("JEAN-", "finit"), ("JEAN'", "finit"), ("-JEAN", "commence")]
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


ACCEPTED = re.compile(r"(?:[A-Z' -]|--){0,100}\Z")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_nothing_else_than_insi_characters_comes_out(text: str) -> None:
    for reader in (birth_name, given_names):
        try:
            name = reader(text)
        except ValueError:
            continue
        assert ACCEPTED.match(name)
        assert not re.search(r"''|' | '|  |---", name)
        assert not name.startswith((" ", "-"))
        assert reader(name) == name, "an accepted name is accepted again, unchanged"


@given(st.text(alphabet="ABCXYZ' -éèçàœÆ’–\u00a0abc", max_size=30))
def test_conversion_is_stable_and_keeps_every_letter(text: str) -> None:
    converted = convert(text)
    assert convert(converted) == converted
    expected = sum(len(EQUIVALENTS.get(c.upper(), c)) for c in text if c.isalpha() and c not in "’ʼ")
    assert sum(c.isalpha() for c in converted) == expected, "no letter is dropped, ligatures count for two"


@pytest.mark.reference
def test_official_identities_are_already_right() -> None:
    data = json.loads((reference_dir() / "insi" / "identites_test_insi.json").read_text(encoding="utf-8"))
    names = [(i["requete"]["NomNaissance"], i["requete"]["Prenom"]) for i in data["identites"]]
    assert len(names) > 20
    for family, given_list in names:
        assert birth_name(family) == family
        assert [given_names(name) for name in given_list] == given_list
