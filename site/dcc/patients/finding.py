"""From what was understood of a typed text to patients, the best first: words as typed, then slips and sounds, then wrong dates.

Words are looked for in the index of each facility, so that a search cannot see elsewhere; each step is asked only when the one
before showed too few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from dcc.patients.models import NameWord, Patient
from dcc.patients.resemblance import OTHER_GIVEN, SLIP, Resemblance, Spelling
from dcc.patients.vocabulary import near_words
from dcc.patients.words import LONGEST

LIMIT = 20
FULL_DATE = len("1960-01-29")
BORN = 1_000
"""Patients born on one day who are looked at: a day by default (31/12) may have many."""
COUNTED = 400
YEARS = 40
"""How far a wrong year may be."""
ALIKE = 10
"""How far each word may be, on average, from the names of somebody born on the typed day (:mod:`dcc.patients.resemblance`)."""
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
    typed = [Spelling(word) for word in query.words]
    if len(query.birth_date) == FULL_DATE:
        pool.add_born(query.birth_date, typed)
        certain = pool.has_within(SLIP * len(typed))
    else:
        pool.add(typed, query.birth_date)
        certain = len(pool.found) >= limit or (bool(query.birth_date) and pool.has_within(OTHER_GIVEN * len(typed)))
    if not certain:
        _look_further(pool, query)
    return pool.best()


def _look_further(pool: _Pool, query: Query) -> None:
    joined = {word: reading for reading, word in _joined(query.words)}
    near = near_words({*query.words, *joined}, several=len(query.words) + bool(query.birth_date) > 1)
    slipped = [Spelling(word, near[word]) for word in query.words]
    if len(query.birth_date) == FULL_DATE:
        pool.add_near_days(query.birth_date, slipped, {other for others in near.values() for other in others})
    else:
        pool.add(slipped, query.birth_date)
    for word, reading in joined.items():
        if near[word] and len(query.birth_date) < FULL_DATE:
            pool.add([Spelling(word, near[word]) for word in reading], query.birth_date)
    if not pool.found:
        _look_anywhere(pool, query, slipped)


def _look_anywhere(pool: _Pool, query: Query, slipped: list[Spelling]) -> None:
    """With all that is two slips away; without the birth date; then leaving one word out."""
    far = near_words(query.words, several=len(query.words) + bool(query.birth_date) > 1, thorough=True)
    if len(query.birth_date) < FULL_DATE:
        pool.add([Spelling(word, far[word]) for word in query.words], query.birth_date)
    if query.birth_date and not pool.found:
        pool.add(slipped, "")
    if not pool.found and len(slipped) > 2:
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
        self._counts: dict[tuple[str, bool], int] = {}

    def add(self, words: Sequence[Spelling], birth_date: str, *, left_out: Spelling | None = None) -> None:
        """Add those for whom each word matches, born as asked; ``left_out`` only counts in the distance."""
        born = Q(patient__birth_date__startswith=birth_date) if birth_date else Q()
        self._keep(self._patients(words, born), [*words, left_out] if left_out else words)

    def add_born(self, birth_date: str, words: Sequence[Spelling]) -> None:
        """Add those born on a day whose names resemble the words: few are, each is looked at."""
        born = Patient.objects.filter(self._places.within, birth_date=birth_date)[:BORN]
        self._keep([patient for patient in born if self._resemblance.names(patient, words) <= ALIKE * len(words)], words)

    def add_near_days(self, birth_date: str, words: Sequence[Spelling], names: Collection[str]) -> None:
        """Add those born on a day with one part wrong: by their whole birth name, else by any of their words."""
        born = Patient.objects.filter(self._places.within, birth_date__in=near_days(birth_date))
        wanted = {*names, *(word.typed for word in words)}
        alike = [p for p in born.filter(name_key__in=wanted)[:POOL] if self._resemblance.names(p, words) <= ALIKE * len(words)]
        if not alike:
            for word in words:
                born = born.filter(Exists(NameWord.objects.filter(_any(_matches(word)), patient=OuterRef("pk"))))
            alike = list(born[:POOL])
        self._keep(alike, words)

    def _keep(self, patients: Iterable[Patient], words: Sequence[Spelling]) -> None:
        for patient in patients:
            distance = self._resemblance.distance(patient, words)
            self.found[patient.pk] = patient
            self._distance[patient.pk] = min(distance, self._distance.get(patient.pk, distance))

    def has_within(self, distance: int) -> bool:
        """Whether somebody is that near."""
        return any(one <= distance for one in self._distance.values())

    def best(self) -> list[Patient]:
        """All, the nearest first."""
        return sorted(self.found.values(), key=self._order)

    def _order(self, patient: Patient) -> tuple[int, str, str, str]:
        return self._distance[patient.pk], patient.birth_name, patient.first_given_name, patient.birth_date

    def _patients(self, words: Sequence[Spelling], born: Q) -> Sequence[Patient]:
        """The rarest word leads, the others check each line; nobody when one of them is nowhere."""
        counted = sorted(words, key=self._rarity)
        if not counted or not self._count(counted[0]):
            return ()
        leading, *others = counted
        rows = NameWord.objects.filter(born).order_by("word").values_list("patient_id", flat=True)
        for word in others:
            rows = rows.filter(Exists(NameWord.objects.filter(_any(_matches(word)), patient=OuterRef("patient"))))
        most = max(POOL // len(words), 2 * LIMIT)
        ids = {pk: None for choice in self._choices(leading) for pk in rows.filter(choice)[:most]}
        return list(Patient.objects.filter(self._places.within, pk__in=list(ids)[: 2 * POOL])) if ids else ()

    def _rarity(self, word: Spelling) -> tuple[int, int]:
        return self._count(word), -len(word.typed)

    def _count(self, word: Spelling) -> int:
        """How many lines a word matches, as far as it is worth counting: of words all frequent, the longest leads."""
        key = word.typed, bool(word.near)
        if key not in self._counts:
            rows = NameWord.objects.values("pk")
            places = [place & match for place in self._everywhere() for match in _matches(word)]
            self._counts[key] = min(sum(rows.filter(place)[:COUNTED].count() for place in places), COUNTED)
        return self._counts[key]

    def _everywhere(self) -> list[Q]:
        here = [Q(facility__in=list(self._places.facility_ids))] if self._places.facility_ids else []
        return here + ([Q(patient__in=self._places.team)] if self._places.team else [])

    def _choices(self, leading: Spelling) -> Iterator[Q]:
        """One query per facility for a beginning, which reads the index in order (whole words first) and stops at the limit."""
        begun, *near = _matches(leading)
        for place in (*(Q(facility=facility) for facility in self._places.facility_ids), *self._everywhere()[1:]):
            yield begun & place
        for choice in near:
            for place in self._everywhere():
                yield choice & place


def _any(choices: Sequence[Q]) -> Q:
    condition = Q()
    for choice in choices:
        condition |= choice
    return condition


def near_days(birth_date: str) -> list[str]:
    """Birth dates with one part wrong, or day and month exchanged; that one first."""
    year, month, day = birth_date.split("-")
    days = [f"{year}-{month}-{n:02}" for n in range(1, 32)] + [f"{year}-{n:02}-{day}" for n in range(1, 13)]
    years = range(max(int(year) - YEARS, 0), int(year) + YEARS + 1)
    return list(dict.fromkeys([birth_date, *days, *(f"{n:04}-{month}-{day}" for n in years), f"{year}-{day}-{month}"]))
