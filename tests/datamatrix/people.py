"""Qualified identities that nobody has, with sound matricules: short and long names, hyphens, Corsica, births abroad, tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal
from uuid import UUID

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.patients.ins import key_of

LETTERS = "AAABCDEEEEFGHIIJKLLMNNOOPQRRSSTTUVWXYZ"


def _word(random: Random, most: int) -> str:
    return "".join(random.choice(LETTERS) for _ in range(random.randint(2, most)))


def _name(random: Random, parts: int, most: int = 9) -> str:
    """Words joined in the ways that names are."""
    name = _word(random, most)
    for _ in range(random.randint(0, parts - 1)):
        name += random.choice(" -'") + _word(random, most)
    return name[:100]


def people(count: int, seed: int = 6) -> Iterator[PatientSnapshot]:
    """The same ones for the same seed; every twentieth has names of 100 characters."""
    random = Random(seed)  # noqa: S311  (people of a test, not a secret)
    for number in range(count):
        sex: Literal["M", "F"] = random.choice(("M", "F"))
        year, month, day = random.randint(1920, 2024), random.randint(1, 12), random.randint(1, 28)
        place = random.choice((f"{random.randint(1, 95):02d}{random.randint(1, 560):03d}", "2A004", "2B033", "99109", ""))
        born = place or "75056"
        body = f"{'1' if sex == 'M' else '2'}{year % 100:02d}{month:02d}{born}{random.randint(1, 999):03d}"
        ins = InstanceId(random.choice(list(INS_NATURES)), f"{body}{key_of(body):02d}")
        names = " ".join(_name(random, 2) for _ in range(random.randint(1, 4)))[:100].strip(" -'")
        family = _name(random, 3)
        if number % 20 == 19:
            names, family = ("ABCDE " * 17)[:100], "Z" * 100
        traits = IdentityTraits(family, names.split(" ")[0], names, sex, f"{year}-{month:02d}-{day:02d}", place)
        yield PatientSnapshot(patient_id=UUID(int=number + 1), traits=traits, status="qualifiee", ins=ins)
