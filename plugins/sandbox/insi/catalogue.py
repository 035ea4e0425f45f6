"""Whom the stand-in knows (``data/insi.yaml``), and how it looks for people. Pure, but for reading the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[1] / "data" / "insi.yaml"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as the register has her; ``disordered`` writes her former matricules in an order that the schema has not."""

    name: str
    given: str
    sex: str
    born: str
    place: str = ""
    ins: str = ""
    oid: str = ""
    former: tuple[tuple[str, ...], ...] = ()
    disordered: bool = False

    def answers_to(self, asked: Mapping[str, str]) -> bool:
        """Whether the traits of a request are hers; the given names must begin her list, hyphens being spaces."""
        listed, given = (f"{text.replace('-', ' ')} " for text in (self.given, asked["Prenom"]))
        same = (self.name, self.sex, self.born) == (asked["NomNaissance"], asked["Sexe"], asked["DateNaissance"])
        return same and listed.startswith(given) and asked.get("LieuNaissance", self.place) == self.place


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everybody: found, failed on, and what changes of somebody under an injection."""

    people: tuple[Person, ...]
    failing: tuple[Person, ...]
    injections: Mapping[str, Mapping[str, Any]]

    def found(self, asked: Mapping[str, str], injection: str = "") -> Sequence[Person] | None:
        """Those a request by traits is about; nothing when the search itself fails."""
        if any(person.answers_to(asked) for person in self.failing):
            return None
        return [self._seen(person, injection) for person in self.people if person.answers_to(asked)]

    def by_number(self, number: str, injection: str = "") -> Sequence[Person]:
        """Those who hold a matricule (13 characters)."""
        return [self._seen(person, injection) for person in self.people if person.ins.startswith(number)]

    def _seen(self, person: Person, injection: str) -> Person:
        change = self.injections.get(injection, {})
        return (
            replace(person, **{k: v for k, v in change.items() if k != "name"}) if change.get("name") == person.name else person
        )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """What the file says."""
    held = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    oid = held["oid"]

    def whole(row: Mapping[str, Any]) -> dict[str, Any]:
        former = {"former": tuple(tuple(str(text) for text in each) for each in row["former"])} if "former" in row else {}
        return {**row, **former, **({"oid": oid[row["oid"]]} if "oid" in row else {})}

    people = tuple(Person(**{"oid": oid["nir"], **whole(row)}) for row in held["people"])
    return Catalogue(people, tuple(Person(**row) for row in held["faults"]), {k: whole(v) for k, v in held["injections"].items()})
