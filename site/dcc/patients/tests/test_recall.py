"""Of people typed with the slips that hurried hands make, how many come among the first five."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from uuid import UUID

import pytest

from dcc.accounts.api import User
from dcc.accounts.models import Facility
from dcc.patients import api
from tests.proofs.recorder import Proof
from tests.register.loading import load
from tests.register.people import Person, people
from tests.register.slips import KINDS

SEEN = 5
"""Lines that a person looks at."""


@dataclass
class Tally:
    """Of one kind of slip: how many texts, those whose person was not in the first lines."""

    tried: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Part found."""
        return 1 - len(self.missed) / max(self.tried, 1)


def recall(actor: User, chosen: Mapping[UUID, Person], seed: int, *, ways: int = len(KINDS)) -> dict[str, Tally]:
    """Each chosen person looked for with texts of so many kinds, in turn, where they fit."""
    rng = random.Random(seed)  # noqa: S311  (a fixed draw, not a secret)
    tallies = {kind: Tally() for kind in KINDS}
    turn = cycle(KINDS.items())
    for patient_id, person in chosen.items():
        for kind, typed in islice(turn, ways):
            text = typed(rng, person)
            if not text:
                continue
            tallies[kind].tried += 1
            if patient_id not in [line.patient_id for line in api.search(actor=actor, text=text).lines[:SEEN]]:
                tallies[kind].missed.append(f"{text} -> {person}")
    return tallies


def overall(tallies: Mapping[str, Tally]) -> float:
    """Part found of all texts."""
    tried = sum(tally.tried for tally in tallies.values())
    return 1 - sum(len(tally.missed) for tally in tallies.values()) / tried


def test_most_are_among_the_first_five(alice: User, facility: Facility) -> None:
    """500 people in the register; some are looked for in each way, those of the longest names among them."""
    known = sorted(load(people(500, seed=2026), [facility]).items(), key=_length)
    tallies = recall(alice, dict(known[:5] + known[-5:]), seed=1)
    assert all(tally.tried for tally in tallies.values())
    assert all(tally.tried for tally in tallies.values())
    assert overall(tallies) >= 0.99, {kind: tally.missed for kind, tally in tallies.items() if tally.missed}


def _length(item: tuple[UUID, Person]) -> int:
    return len(item[1].birth_name) + len(item[1].used_name)


@pytest.mark.prove
def test_at_least_ninety_nine_in_a_hundred_among_ten_thousand(alice: User, facility: Facility, proof: Proof) -> None:
    """Each of the 10 000 is looked for in one way, the kinds of slips taking turns."""
    tallies = recall(alice, load(people(10_000, seed=2025), [facility]), seed=2, ways=1)
    assert overall(tallies) >= 0.99, {kind: tally.missed[:20] for kind, tally in tallies.items()}
    figures = {kind: f"{tally.rate:.2%} de {tally.tried}" for kind, tally in tallies.items()}
    proof.record(
        issue=6,
        title="Recherche : dans les cinq premières lignes, parmi 10 000 personnes",
        figures={"ensemble": f"{overall(tallies):.2%} de {sum(tally.tried for tally in tallies.values())}", **figures},
    )
