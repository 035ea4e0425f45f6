"""Words of names: what is kept of them, so that slips and other spellings of one sound find them again."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from dcc.accounts.models import Facility
from dcc.patients.models import NameWord, WordVariant
from dcc.patients.sounds import sound
from dcc.patients.tests.people import PAT_TROIS
from dcc.patients.vocabulary import learn, near_words, variants
from dcc.patients.words import LONG, deletions, index_words, letters, near, slips_between, words
from tests.register.loading import load
from tests.register.people import people


def test_words_of_names() -> None:
    assert words("D'Artagnan de l’Hérault") == ["D", "ARTAGNAN", "DE", "L", "HERAULT"]
    assert letters("Cœur-Ñuñez") == "COEURNUNEZ"
    assert index_words(PAT_TROIS.birth_name, "", "Le Gall") == {"PAT", "TROIS", "PATTROIS", "LE", "GALL", "LEGALL"}
    assert index_words("De La Tour") == {"DE", "LA", "TOUR", "DELA", "DELATOUR", "LATOUR"}
    assert index_words(given=["Anne-Marie Zoé"]) == {"ANNE", "MARIE", "ZOE", "ANNEMARIE", "MARIEZOE"}


SLIPS = st.tuples(st.integers(0, 9), st.sampled_from("ABCD"), st.sampled_from(["change", "add", "lose", "exchange"]))


def slipped(word: str, slip: tuple[int, str, str]) -> str:
    place, letter, kind = slip
    place %= max(len(word), 1)
    return {
        "change": word[:place] + letter + word[place + 1 :],
        "add": word[:place] + letter + word[place:],
        "lose": word[:place] + word[place + 1 :],
        "exchange": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[kind]


WORD = st.text(alphabet="ABCD", min_size=3, max_size=10)


@given(WORD, SLIPS)
def test_one_slip_is_always_found_through_deletions(word: str, slip: tuple[int, str, str]) -> None:
    """The vocabulary is looked up by shared deletions: a word one slip away must share one."""
    typed = slipped(word, slip)
    assert near(word, typed)
    assert near(typed, word)
    if len(typed) > 2:
        assert deletions(word) & deletions(typed)


@given(st.text(alphabet="ABCD", min_size=LONG, max_size=14), SLIPS, SLIPS)
def test_two_slips_in_a_long_word_too(word: str, first: tuple[int, str, str], second: tuple[int, str, str]) -> None:
    typed = slipped(slipped(word, first), second)
    if slips_between(word, typed, most=2) <= 2 and len(typed) >= LONG:
        assert deletions(word) & deletions(typed)


@given(st.text(alphabet="ABC", max_size=8), st.text(alphabet="ABC", max_size=8), st.integers(0, 4))
def test_slips_are_counted_the_same_however_soon_counting_stops(a: str, b: str, most: int) -> None:
    """Against the plain table of distances (restricted: a letter that moved is not changed again)."""
    table = [[max(i, j) if not i or not j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    assert slips_between(a, b, most=most) == min(table[-1][-1], most + 1) == slips_between(b, a, most=most)


@given(WORD, WORD)
def test_nearness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert near(a, b) is near(b, a)
    assert near(a, b, slips=10)
    assert near(a, b, slips=0) is (a == b)


@pytest.mark.parametrize(
    "spellings",
    [
        "LEFEVRE LEFEBVRE",
        "THIBAUD THIBAUT THIBAULT TIBO TIBAU",
        "DUPONT DUPOND DUPON",
        "PHILIPPE FILIPPE PHILIPE",
        "MARTIN MARTAIN MARTEIN",
        "GAUTHIER GAUTIER GOTIER",
        "RENAULT RENAUD RENAUX RENO",
        "CHRISTOPHE KRISTOF",
        "LAURENT LAURAND LORENT LORANT",
        "MEYER MEIER MAYER",
        "HENRI ENRY ANRY",
        "LUCAS LUKA LUCA",
        "GUY GUI",
        "QUENTIN KENTIN KANTIN",
        "SCHMITT SHMITT SHMIT",
    ],
)
def test_spellings_of_one_sound(spellings: str) -> None:
    assert len({sound(word) for word in spellings.split()}) == 1


def test_other_sounds_are_other() -> None:
    assert (
        len({sound(word) for word in ["MARTIN", "MORTIN", "MARTEL", "DUPONT", "DUPUIS", "ROUX", "ROY", "LEBRUN", "LEBLANC"]}) == 9
    )


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12))
def test_a_sound_is_never_taken_for_a_word(word: str) -> None:
    assert sound(word).islower()
    assert {form for form in variants(word) if form.isupper()} == deletions(word) | {word}


def test_the_vocabulary_gives_what_may_be_meant(db: None) -> None:
    learn({"MARTIN", "MARTEIN", "MARTINE", "MORTON", "DUPOND", "LEA", "LEO", "ZOE"})
    near = {"MARTIN": 0, "MARTEIN": 1, "MARTINE": 1}
    assert near_words(["MARTIN"], several=False) == {"MARTIN": near}
    assert near_words(["MARTIN"], several=False, thorough=True) == {"MARTIN": {**near, "MORTON": 2}}
    assert near_words(["DUPONT", "DIPONTS"], several=True) == {"DUPONT": {"DUPOND": 1}, "DIPONTS": {}}
    assert near_words(["LEE"], several=False) == {"LEE": {}}
    assert near_words(["LEE"], several=True) == {"LEE": {"LEA": 1, "LEO": 1}}


def test_an_index_made_again_by_its_migration_is_the_same(facility: Facility) -> None:
    load(people(20, seed=3), [facility])
    lines, forms = set(NameWord.objects.values_list("patient", "word")), set(WordVariant.objects.values_list("variant", "word"))
    NameWord.objects.filter(word__gte="M").delete()
    WordVariant.objects.filter(word__gte="D").delete()
    importlib.import_module("dcc.patients.migrations.0004_words_and_sounds").index_again(apps, None)
    assert set(NameWord.objects.values_list("patient", "word")) == lines
    assert set(WordVariant.objects.values_list("variant", "word")) == forms
