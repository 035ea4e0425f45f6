"""Fictitious people, drawn from ``names.txt`` with the frequencies of a register: a few very common names, a long tail of rare.

A draw is fixed by its seed; the same numbers give the same people on every machine.
"""

from __future__ import annotations

import itertools
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LETTERS = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "’": "'"})
SYLLABLES = ("", "Ar", "Es", "Mal", "Ro", "Ta", "Pe", "Ka", "Lu", "Vi")
FAMILIES = 60_000


@dataclass(frozen=True, slots=True)
class Person:
    """Names as people write them, with accents; an ISO birth date."""

    birth_name: str
    given: tuple[str, ...]
    used_name: str
    used_given: str
    sex: str
    born: str


def registered(name: str) -> str:
    """A name as the register holds it: capitals, no accent, no ligature."""
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char)).upper()


def people(count: int, seed: int) -> Iterator[Person]:
    """So many people."""
    rng = random.Random(seed)  # noqa: S311  (a fixed draw, not a secret)
    families, weights = _families()
    for _ in range(count):
        sex = rng.choice("MF")
        birth_name = _family(rng, families, weights)
        married = rng.random() < (0.45 if sex == "F" else 0.03)
        used = _family(rng, families, weights) if married else ""
        if married and rng.random() < 0.2:
            used = f"{birth_name}-{used}"
        given = tuple(dict.fromkeys(_drawn(rng, *_given(sex), count=rng.choices((1, 2, 3, 4), (15, 40, 35, 10))[0])))
        called = given[1] if len(given) > 1 and rng.random() < 0.06 else ""
        yield Person(birth_name, given, used, called, sex, _day(rng))


@cache
def sections() -> dict[str, list[str]]:
    """The data file: section -> its names."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(section, []).extend(line.split())
    return found


@cache
def _families() -> tuple[list[str], list[float]]:
    named = sections()
    made: list[str] = []
    for syllable in SYLLABLES:  # the plain ones are the more frequent
        some = [
            syllable + (root.lower() if syllable else root) + ending for root in named["roots"] for ending in named["endings"]
        ]
        random.Random(7).shuffle(some)  # noqa: S311  (a fixed draw, not a secret)
        made += some
    compounds = [name.replace("-", " ") for name in named["compounds"]]
    ordered = list(dict.fromkeys([*named["common"], *named["elsewhere"], *compounds, *made]))[:FAMILIES]
    return ordered, list(itertools.accumulate(1 / (rank + 40) for rank in range(len(ordered))))


@cache
def _given(sex: str) -> tuple[list[str], list[float]]:
    names = sections()["women" if sex == "F" else "men"]
    return names, list(itertools.accumulate(1 / (rank + 6) for rank in range(len(names))))


def _drawn(rng: random.Random, names: Sequence[str], weights: Sequence[float], *, count: int = 1) -> list[str]:
    return rng.choices(names, cum_weights=weights, k=count)


def _family(rng: random.Random, families: Sequence[str], weights: Sequence[float]) -> str:
    (name,) = _drawn(rng, families, weights)
    drawn = rng.random()
    if drawn < 0.05:
        (second,) = _drawn(rng, families, weights)
        return f"{name}{'--' if drawn < 0.005 else '-'}{second}"
    if drawn < 0.09 and " " not in name and "'" not in name:
        particle = rng.choice(("De ", "Du ", "Le ", "La ", "De La ", "D'"))
        return particle + name
    return name


def _day(rng: random.Random) -> str:
    year = rng.choices((rng.randint(1925, 1945), rng.randint(1946, 1975), rng.randint(1976, 2015)), (35, 50, 15))[0]
    return f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
