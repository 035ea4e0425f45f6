"""From what was understood of a typed text to patients, the best first: words as typed, then slips and sounds, then wrong dates.

Words are looked for in the index of each facility, so that a search cannot see elsewhere; each step is asked only when the one
before showed too few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dcc.patients.models import NameWord, Patient
from dcc.patients.resemblance import OTHER_GIVEN, Resemblance, Spelling
from dcc.patients.vocabulary import near_words
from dcc.patients.words import LONGEST

LIMIT = 20
FULL_DATE = len("1960-01-29")
POOL = 100
"""Patients taken from the index before the best are kept: beyond that, a person adds a word rather than turning pages."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, understood: words of names, beginning of an ISO birth date, matricule, other identifiers."""

    words: tuple[str, ...] = ()
    birth_date: str = ""
    matricule: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a search looks: the filter that decides, and the facilities and the patients of one's care teams that lead it."""

    within: Q
    facility_ids: Collection[UUID]
    team: Collection[UUID]


def by_words(query: Query, places: Places, limit: int) -> list[Patient]:
    """Patients whose names and birth date resemble what was typed, the best first."""
    pool = _Pool(places, Resemblance(query.birth_date))
    pool.add([Spelling(word) for word in query.words], query.birth_date)
    if len(pool.found) < limit and not (len(query.birth_date) == FULL_DATE and pool.has_as_typed(query.words)):
        _look_further(pool, query, limit)
    return pool.best()


def _look_further(pool: _Pool, query: Query, limit: int) -> None:
    joined = {word: reading for reading, word in _joined(query.words)}
    near = near_words({*query.words, *joined}, several=len(query.words) > 1)
    slipped = [Spelling(word, near[word]) for word in query.words]
    pool.add(slipped, query.birth_date)
    for word, reading in joined.items():
        if near[word]:
            pool.add([Spelling(word, near[word]) for word in reading], query.birth_date)
    if len(query.birth_date) == FULL_DATE and len(pool.found) < limit:
        pool.add(slipped, "", near_days(query.birth_date))
    if not pool.found:
        _look_anywhere(pool, query, slipped)


def _look_anywhere(pool: _Pool, query: Query, slipped: list[Spelling]) -> None:
    """Without the birth date; then leaving one word out."""
    if query.birth_date:
        pool.add(slipped, "")
    if not pool.found and len(slipped) + bool(query.birth_date) > 2:
        for left_out in range(len(slipped)):
            pool.add(slipped[:left_out] + slipped[left_out + 1 :], query.birth_date, left_out=slipped[left_out])


def _joined(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words with two neighbours written as one (« LE GALL » typed for LEGALL), and that one."""
    for i in range(len(words) - 1):
        one = (words[i] + words[i + 1])[:LONGEST]
        yield (*words[:i], one, *words[i + 2 :]), one


def _matches(word: Spelling) -> Sequence[Q]:
    """Conditions on a line of the index, one of which suffices."""
    # Letters only on both sides: they sort the same way under any collation of PostgreSQL.
    begun = Q(word__gte=word.typed, word__lte=word.typed.ljust(LONGEST, "Z"))
    return [begun, Q(word__in=list(word.near))] if word.near else [begun]


class _Pool:
    """Patients found so far, each with how far its names are from what was typed."""

    def __init__(self, places: Places, resemblance: Resemblance) -> None:
        self._places, self._resemblance = places, resemblance
        self.found: dict[UUID, Patient] = {}
        self._distance: dict[UUID, int] = {}

    def add(self, words: Sequence[Spelling], birth_date: str, born: Q | None = None, *, left_out: Spelling | None = None) -> None:
        """Add those for whom each word matches, born as asked; ``left_out`` only counts in the distance."""
        condition = born or (Q(patient__birth_date__startswith=birth_date) if birth_date else Q())
        counted = [*words, left_out] if left_out else words
        for patient in self._patients(words, condition):
            distance = self._resemblance.distance(patient, counted)
            self.found[patient.pk] = patient
            self._distance[patient.pk] = min(distance, self._distance.get(patient.pk, distance))

    def has_as_typed(self, words: Collection[str]) -> bool:
        """Whether somebody has all these words, whole, and the birth date."""
        return any(distance <= OTHER_GIVEN * len(words) for distance in self._distance.values())

    def best(self) -> list[Patient]:
        """All, the nearest first."""
        return sorted(self.found.values(), key=self._order)

    def _order(self, patient: Patient) -> tuple[int, str, str, str]:
        return self._distance[patient.pk], patient.birth_name, patient.first_given_name, patient.birth_date

    def _patients(self, words: Sequence[Spelling], born: Q) -> QuerySet[Patient]:
        """The longest word leads, the others check each line."""
        leading, *others = sorted(words, key=_longest)
        rows = NameWord.objects.filter(born).order_by("word").values_list("patient_id", flat=True)
        for word in others:
            rows = rows.filter(Exists(NameWord.objects.filter(_any(_matches(word)), patient=OuterRef("patient"))))
        most = max(POOL // len(words), 2 * LIMIT)
        ids = {pk: None for choice in self._choices(leading) for pk in rows.filter(choice)[:most]}
        return Patient.objects.filter(self._places.within, pk__in=list(ids)[: 2 * POOL])

    def _choices(self, leading: Spelling) -> Iterator[Q]:
        """One query per facility for a beginning, which reads the index in order (whole words first) and stops at the limit."""
        begun, *near = _matches(leading)
        team = [Q(patient__in=self._places.team)] if self._places.team else []
        for place in (*(Q(facility=facility) for facility in self._places.facility_ids), *team):
            yield begun & place
        for choice in near:
            for place in (Q(facility__in=list(self._places.facility_ids)), *team):
                yield choice & place


def _longest(word: Spelling) -> int:
    return -len(word.typed)


def _any(choices: Sequence[Q]) -> Q:
    condition = Q()
    for choice in choices:
        condition |= choice
    return condition


def near_days(birth_date: str) -> Q:
    """Birth dates with one part wrong, or day and month exchanged, as a condition on lines of the index."""
    year, month, day = birth_date.split("-")
    return (
        Q(patient__birth_date__startswith=f"{year}-{month}-")
        | Q(patient__birth_date__startswith=f"{year}-", patient__birth_date__endswith=f"-{day}")
        | Q(patient__birth_date__endswith=f"-{month}-{day}")
        | Q(patient__birth_date=f"{year}-{day}-{month}")
    )
