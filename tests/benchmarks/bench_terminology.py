"""Type-ahead on 40 000 codes, a tenth of them with words of the region, what its index costs at first use and in memory.

The synthetic list is made of the words of the two longest official lists, so that its words are as common and as long as theirs.
"""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

from django.utils import timezone

from forms_config.terminology import queries, words
from forms_config.terminology.api import search
from forms_config.terminology.concept import Concept, ValueSetData
from forms_config.terminology.files import read_shipped, shipped
from forms_config.terminology.models import PreferredLabel, ValueSet
from forms_config.terminology.services import store
from tests.benchmarks.protocol import Bench

CODES = 40_000
NAME = "liste-synthetique"
HEADS = ("Tumeur maligne", "Tumeur", "Carcinome", "Antécédent")
TYPED = (
    *("t", "c", "a", "1", "b", "d c", "e a", "de la", "sein", "du sein", "tumeur", "tumeur maligne", "tum mal", "carcinome de"),
    *("C0123", "B0123.3", "tu ma ca", "tumeur carcinome antécédent", "maligne tumeur sans précision", "zzz", "l'œil", ""),
)
PAGE = 4096


def synthetic() -> ValueSetData:
    """A list of 40 000 codes with labels of 4 to 12 official words."""
    official = [c.label for name in ("jdv-tumeur-cisis", "jdv-morphologie-cisis") for c in read_shipped(name).concepts]
    found = sorted({word for label in official for word in label.split()})
    rng = random.Random(20250603)  # noqa: S311  (a fixed draw, not a secret)
    concepts = tuple(
        Concept(
            f"{chr(65 + n // 4000)}{n % 4000:04}.{n % 10}",
            "1.2.250.1.213.1.1.4.322",
            " ".join([rng.choice(HEADS), *(rng.choice(found) for _ in range(rng.randint(3, 9)))]),
        )
        for n in range(CODES)
    )
    return ValueSetData(NAME, "Liste synthétique", "", date(2025, 1, 1), "essai", concepts)


def prepare() -> None:
    """Store the list once, and give every tenth code a preferred label and two synonyms."""
    data = synthetic()
    store(data)
    value_set = ValueSet.objects.get(name=NAME)
    labels = [c.label for c in data.concepts]
    PreferredLabel.objects.filter(value_set=value_set).delete()
    PreferredLabel.objects.bulk_create(
        PreferredLabel(value_set=value_set, code=c.code, system=c.system, label=labels[-n - 1], synonyms=labels[n : n + 2])
        for n, c in enumerate(data.concepts)
        if n % 10 == 0
    )
    ValueSet.objects.filter(pk=value_set.pk).update(words_changed_at=timezone.now())
    words.forget()


def slowest() -> float:
    """Milliseconds of the slowest of all typed texts."""
    return max(_timed(text) for text in TYPED)


def _timed(text: str) -> float:
    begun = time.perf_counter()
    search(NAME, text)
    return (time.perf_counter() - begun) * 1000


def first_use() -> None:
    """Read the list from the database, index it, search."""
    queries._tables.clear()
    search(NAME, "tumeur")


def all_real_lists() -> None:
    """Search once in every list of the product, none being in memory."""
    queries._tables.clear()
    for name in shipped():
        search(name, "tumeur")


def memory() -> float:
    """Megabytes that the list adds to the process."""
    queries._tables.clear()
    before = _resident()
    search(NAME, "tumeur")
    return max(_resident() - before, 0.0)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


BENCHES = [
    Bench(
        "Mémoire d'une liste de 40 000 codes indexée",
        memory,
        target="au plus 80 Mo",
        unit="Mo",
        at_most=80,
        runs=1,
        warm_up=0,
        prepare=prepare,
    ),
    Bench("Recherche à la frappe, 40 000 codes (le plus lent de 22 textes)", slowest, target="au plus 20 ms", at_most=20),
    Bench("Première recherche, 40 000 codes (lecture, index, recherche)", first_use, target="au plus 2 s", at_most=2000, runs=3),
    Bench("Première recherche dans chacune des listes livrées", all_real_lists, target="au plus 500 ms", at_most=500, runs=3),
]
