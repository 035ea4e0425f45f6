"""People: what a trace costs, what the sealer and the proof cost, how fast a patient is found among 100 000.

Names are made of syllables, with frequencies like those of a register: a few very common ones, a long tail of rare ones.
"""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db import transaction

from dcc.accounts.api import Facility, User, grant_role
from dcc.audit import api as audit
from dcc.patients import api as patients
from dcc.patients.models import Following, NameWord, Patient
from dcc.patients.vocabulary import learn
from dcc.patients.words import index_words, letters
from tests.benchmarks.protocol import Bench

TRACES = 200
PATIENTS = 100_000
FACILITIES = 5
SYLLABLES = ("MA", "RI", "LE", "DU", "PON", "TAN", "BER", "LO", "GAR", "CHE", "VI", "ROU", "SEL", "NI", "FA", "TRE", "GUI", "DA")
FAMILIES, GIVEN = 20_000, 800


def record_traces() -> float:
    """Milliseconds of one trace in its own transaction (200 in a row)."""
    begun = time.perf_counter()
    for n in range(TRACES):
        with transaction.atomic():
            audit.record(
                actor=None, action="patient.opened", subject=f"patient:{uuid.uuid4()}", patient_id=uuid.uuid4(), via="bench", n=n
            )
    return (time.perf_counter() - begun) * 1000 / TRACES


def seal_traces() -> float:
    """Milliseconds per sealed trace."""
    record_traces()
    begun = time.perf_counter()
    sealed = audit.seal()
    return (time.perf_counter() - begun) * 1000 / max(sealed, 1)


def verify_journal() -> float:
    """Milliseconds per proven trace."""
    begun = time.perf_counter()
    breaches = audit.verify()
    if breaches:
        raise AssertionError(breaches)
    proven = sum(1 for trace in audit.traces(limit=10**6) if trace.sealed)
    return (time.perf_counter() - begun) * 1000 / max(proven, 1)


def prepare_patients() -> None:
    """100 000 patients in five facilities; the searcher belongs to the two largest."""
    if Patient.objects.count() >= PATIENTS:
        return
    facilities = [Facility.objects.create(name=f"Structure {n}") for n in range(FACILITIES)]
    user = get_user_model().objects.create_user("bench")
    for facility in facilities[:2]:
        grant_role(actor=None, user=user, role="medecin", facility=facility)
    people = _people(random.Random(2025))  # noqa: S311  (a fixed draw, not a secret)
    weights = list(itertools.accumulate((50, 25, 15, 7, 3)))
    rng = random.Random(1)  # noqa: S311  (a fixed draw, not a secret)
    vocabulary: set[str] = set()
    while batch := list(itertools.islice(people, 5_000)):
        Patient.objects.bulk_create(batch)
        places = rng.choices(facilities, cum_weights=weights, k=len(batch))
        Following.objects.bulk_create([Following(patient=p, facility=f) for p, f in zip(batch, places, strict=True)])
        found = [
            (p, f, index_words(p.birth_name, p.used_name, given=[p.given_names])) for p, f in zip(batch, places, strict=True)
        ]
        rows = [NameWord(patient=p, facility=f, word=word) for p, f, names in found for word in names]
        NameWord.objects.bulk_create(rows, batch_size=5_000)
        vocabulary |= {row.word for row in rows}
    for part in _parts(sorted(vocabulary), 500):
        learn(set(part))


def _parts(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _people(rng: random.Random) -> Iterator[Patient]:
    families = _names(rng, FAMILIES, 2, 4)
    given = _names(rng, GIVEN, 1, 3)
    common_first = [1 / (rank + 8) for rank in range(FAMILIES)]
    common_given = [1 / (rank + 8) for rank in range(GIVEN)]
    last, first = itertools.accumulate(common_first), itertools.accumulate(common_given)
    last_weights, first_weights = list(last), list(first)
    for n in range(PATIENTS):
        family, used = rng.choices(families, cum_weights=last_weights, k=2)
        names = rng.choices(given, cum_weights=first_weights, k=2)
        yield Patient(
            birth_name=family,
            used_name=used if n % 3 == 0 else "",
            first_given_name=names[0],
            given_names=" ".join(names),
            sex="MF"[n % 2],
            birth_date=f"{rng.randint(1925, 2015)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            name_key=letters(family),
        )


def _names(rng: random.Random, count: int, shortest: int, longest: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        name = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(shortest, longest)))
        hyphen = rng.random() < 0.05 and len(name) > 5
        found[f"{name[:4]}-{name[4:]}" if hyphen else name] = None
    return list(found)


def typed() -> list[str]:
    """What people type, made from one patient: whole, begun, exchanged, mistyped; and texts that match many or none."""
    patient = Patient.objects.filter(followings__facility__name="Structure 1", used_name="").order_by("birth_date", "pk")[1000]
    name, given = patient.birth_name, patient.first_given_name
    slip = name[:2] + name[3:]
    year, month, day = patient.birth_date.split("-")
    return [
        name,
        f"{given} {name}",
        f"{name} {given} {day}/{month}/{year}",
        name[:3],
        slip,
        f"{slip} {given}",
        f"{name} {year}",
        f"{day}/{month}/{year}",
        year,
        "ma",
        "ma ri",
        "le du ma",
        "mariledu berlo",
        "zzzzzz",
        "zzzzzz ma",
        "279035121518989",
        "IPP-0001",
    ]


def slowest_search() -> float:
    """Milliseconds of the slowest of the typed texts."""
    user = get_user_model().objects.get(username="bench")
    return max(_timed(user, text) for text in typed())


def _timed(user: User, text: str) -> float:
    begun = time.perf_counter()
    patients.search(actor=user, text=text)
    return (time.perf_counter() - begun) * 1000


BENCHES = [
    Bench("Écrire une trace d'audit (transaction comprise)", record_traces, target="au plus 2 ms", at_most=2),
    Bench("Sceller une trace", seal_traces, target="au plus 1 ms", at_most=1, runs=5),
    Bench("Prouver une trace scellée", verify_journal, target="au plus 1 ms", at_most=1, runs=3),
    Bench(
        "Chercher un patient parmi 100 000 (le plus lent de 17 textes)",
        slowest_search,
        target="au plus 50 ms",
        at_most=50,
        prepare=prepare_patients,
    ),
]
