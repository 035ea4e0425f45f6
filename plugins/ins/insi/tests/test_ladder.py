"""The search ladder: which questions, in which order, and when it stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from dcc.contracts.identity import Rung
from dcc.contracts.snapshots import IdentityTraits
from plugins.ins.insi.envelope import ByTraits
from plugins.ins.insi.ladder import climb, given_names

ALL: tuple[Rung, ...] = get_args(Rung)
FOUR = "PIERRE|PAUL|JACQUES|PIERRE PAUL JACQUES"

# Names, place, what some questions get (the others 01): the questions, in order, and the code.
LADDERS = [
    ("PIERRE PAUL JACQUES", "", {}, FOUR, "01"),  # CNDA 2.07-2
    ("OLA CATARINA BELLA", "", {"CATARINA": "00"}, "OLA|CATARINA", "00"),  # CNDA 2.07-1
    ("LEONARDO", "63220", {"LEONARDO": "02", "LEONARDO+63220": "00"}, "LEONARDO|LEONARDO+63220", "00"),  # CNDA 2.06
    ("LEONARDO", "", {"LEONARDO": "02"}, "LEONARDO", "02"),
    ("LEONARDO PIERO", "63220", {"PIERO": "02"}, "LEONARDO|PIERO|LEONARDO PIERO|PIERO+63220", "02"),
    ("LEONARDO", "63220", {}, "LEONARDO", "01"),  # the place finds nobody where nobody was found
    ("PIERRE PIERRE", "", {}, "PIERRE|PIERRE PIERRE", "01"),
    ("PIERRE-ALAIN GUNTHER", "", {}, "PIERRE-ALAIN|GUNTHER|PIERRE-ALAIN GUNTHER", "01"),
]


def _traits(names: str, place: str = "", first: str = "") -> IdentityTraits:
    return IdentityTraits("X", first or names.partition(" ")[0], names, "M", "2000-01-01", place)


def _climb(traits: IdentityTraits, rungs: tuple[Rung, ...], codes: Mapping[str, str]) -> tuple[list[str], str | None]:
    asked: list[str] = []

    def ask(question: ByTraits) -> str:
        asked.append("+".join(filter(None, (*question.given, question.birth_place))))
        return codes.get(asked[-1], "01")

    found = climb(traits, rungs, ask, lambda code: code)
    return asked, found.code if found else None


@pytest.mark.parametrize(("names", "place", "codes", "asked", "code"), LADDERS)
def test_the_whole_ladder(names: str, place: str, codes: dict[str, str], asked: str, code: str) -> None:
    assert _climb(_traits(names, place), ALL, codes) == (asked.split("|"), code)


@pytest.mark.parametrize(
    ("rungs", "asked"),
    [
        (("each_given_name",), "A|B"),
        (("all_given_names",), "A B"),
        (("all_given_names", "each_given_name"), "A B|A|B"),
        (("with_place",), "A+63220|B+63220|A B+63220"),
    ],
)
def test_a_policy_chooses_the_rungs(rungs: tuple[Rung, ...], asked: str) -> None:
    assert _climb(_traits("A B", "63220"), rungs, {})[0] == asked.split("|")


def test_a_place_that_is_not_known_asks_nothing() -> None:
    assert _climb(_traits("A B"), ("with_place",), {}) == ([], None)


def test_a_fault_ends_the_search() -> None:
    def ask(_question: ByTraits) -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        climb(_traits("A B"), ALL, ask, str)


@pytest.mark.parametrize(
    ("first", "names", "each"),
    [
        ("JEAN CLAUDE", "JEAN CLAUDE PIERRE", ["JEAN CLAUDE", "PIERRE"]),
        ("JEAN-CLAUDE", "JEAN CLAUDE PIERRE", ["JEAN-CLAUDE", "PIERRE"]),
        ("JEAN CLAUDE", "JEAN-CLAUDE PIERRE", ["JEAN CLAUDE", "PIERRE"]),
        ("JEAN", "JEAN CLAUDE PIERRE", ["JEAN", "CLAUDE", "PIERRE"]),
        ("JEAN", "JEAN-CLAUDE PIERRE", ["JEAN", "JEAN-CLAUDE", "PIERRE"]),
        ("PIERRE", "JEAN CLAUDE PIERRE", ["PIERRE", "JEAN", "CLAUDE"]),
        ("PIERRE", "", ["PIERRE"]),
        ("", "JEAN CLAUDE", ["JEAN", "CLAUDE"]),
    ],
)
def test_each_given_name(first: str, names: str, each: list[str]) -> None:
    assert given_names(IdentityTraits("X", first, names, "M", "2000-01-01")) == each
