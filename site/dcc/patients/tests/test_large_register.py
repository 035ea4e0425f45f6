"""What a search and a creation cost among a million patients, on PostgreSQL; and whom a search finds there."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Literal
from uuid import UUID

import pytest
from django.db import connection

from dcc.accounts.api import User, grant_role
from dcc.accounts.models import Facility
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api
from dcc.patients.models import NameWord, Patient, WordVariant
from dcc.patients.tests.test_recall import overall, recall
from tests.fixtures import make_facility
from tests.proofs.recorder import Proof
from tests.register.copying import copy
from tests.register.people import Person, people, registered
from tests.register.slips import KINDS

PATIENTS = 1_000_000
SEED = 2027
TURNS = 20
MOST = 50.0
"""Milliseconds."""


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def figures(samples: Sequence[float]) -> str:
    """Median, 95th percentile and longest."""
    ordered = sorted(samples)
    return (
        f"{statistics.median(ordered):.0f} ms, 95 % sous {ordered[int(len(ordered) * 0.95)]:.0f} ms, au plus {ordered[-1]:.0f} ms"
    )


@pytest.fixture
def register(transactional_db: None) -> tuple[User, list[Facility]]:
    """A physician of two of the four facilities that follow a million people."""
    if Patient.objects.count() < PATIENTS:
        facilities = [make_facility(f"Structure {n}", f"49000003{n}") for n in range(4)]
        copy(people(PATIENTS, seed=SEED), facilities)
    facilities = list(Facility.objects.order_by("finess"))
    user = User.objects.create_user("martin")
    for facility in facilities[:2]:
        grant_role(actor=None, user=user, role="medecin", facility=facility)
    return user, facilities


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the figure is for PostgreSQL")
def test_a_million_patients(register: tuple[User, list[Facility]], proof: Proof) -> None:
    user, facilities = register
    chosen = {patient_id: person for patient_id, person in _first_people(90) if _is_seen(patient_id, facilities[:2])}
    rng = random.Random(4)  # noqa: S311  (a fixed draw, not a secret)
    by_kind = {kind: [text for person in chosen.values() if (text := typed(rng, person))] for kind, typed in KINDS.items()}
    timings = {
        kind: [timed(lambda text=text: api.search(actor=user, text=text)) for text in texts[:TURNS]]  # type: ignore[misc]
        for kind, texts in by_kind.items()
    }
    created = [
        timed(lambda traits=traits: api.candidates(actor=user, facility_id=facilities[0].pk, traits=traits))  # type: ignore[misc]
        for traits in _typed_traits(chosen)
    ]
    tallies = recall(user, chosen, seed=5)
    every = [sample for samples in timings.values() for sample in samples]
    assert statistics.median(every) < MOST
    assert statistics.median(created) < MOST
    proof.record(
        issue=6,
        title="Recherche et doublons parmi un million de patients (PostgreSQL)",
        figures={
            "patients, dans quatre structures dont deux sont celles du médecin": f"{Patient.objects.count():,}".replace(",", " "),
            "lignes de l'index, formes du vocabulaire": f"{NameWord.objects.count()}, {WordVariant.objects.count()}",
            "recherche, toutes sortes": figures(every),
            **{f"recherche, {kind}": figures(samples) for kind, samples in timings.items()},
            "candidats doublons à la création": figures(created),
            "dans les cinq premières lignes": f"{overall(tallies):.2%} de {sum(tally.tried for tally in tallies.values())}",
            **{f"dont {kind}": f"{tally.rate:.1%}" for kind, tally in tallies.items() if tally.missed},
        },
    )


def _first_people(count: int) -> list[tuple[UUID, Person]]:
    """The first people of the register, with their ids."""
    return [(UUID(int=number, version=4), person) for number, person in enumerate(islice(people(PATIENTS, seed=SEED), count))]


def _is_seen(patient_id: UUID, facilities: Sequence[Facility]) -> bool:
    return Patient.objects.filter(pk=patient_id, masked=False, followings__facility__in=facilities).exists()


def _typed_traits(chosen: Mapping[UUID, Person]) -> list[IdentityTraits]:
    """Traits as somebody types them who creates one of them a second time, the given name alone and one date in two wrong."""
    found: list[IdentityTraits] = []
    for n, person in enumerate(chosen.values()):
        born = person.born if n % 2 else f"{person.born[:8]}{int(person.born[8:]) % 28 + 1:02}"
        sex: Literal["M", "F"] = "M" if person.sex == "M" else "F"
        found.append(IdentityTraits(registered(person.birth_name), registered(person.given[0]), "", sex, born))
    return found
