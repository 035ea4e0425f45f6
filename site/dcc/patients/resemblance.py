"""How far a patient is from what was typed: what puts the best first. Pure but for the row it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dcc.patients.matching import near_dates
from dcc.patients.models import Patient
from dcc.patients.sounds import sound
from dcc.patients.words import LONG, index_words, slips_between, words

FAMILY, FIRST, OTHER_GIVEN, BEGUN, SLIP, ELSEWHERE = 0, 1, 2, 3, 4, 14
"""Cost of one word: a last name, the first given name, another given name, the beginning of one, by slip, found nowhere."""
NEAR_DATE, OTHER_DATE = 5, 12


@dataclass(frozen=True, slots=True)
class Spelling:
    """One typed word, and the words of the vocabulary that may be meant by it, with how far they are."""

    typed: str
    near: Mapping[str, int] = field(default_factory=dict)


class Resemblance:
    """Measures patients against a typed birth date and typed words."""

    def __init__(self, birth_date: str) -> None:
        self._birth_date = birth_date

    def distance(self, patient: Patient, spellings: Sequence[Spelling]) -> int:
        """The sum of what each word and the date cost: nothing for a patient typed as he is."""
        return self.names(patient, spellings) + self._cost_of_date(patient.birth_date)

    def names(self, patient: Patient, spellings: Sequence[Spelling]) -> int:
        """The sum of what each word costs."""
        last = index_words(patient.birth_name, patient.used_name)
        first = index_words(given=(patient.first_given_name, patient.used_given_name, *words(patient.given_names)[:1]))
        every = last | first | index_words(given=[patient.given_names])
        return sum(_cost(spelling, last, first, every) for spelling in spellings)

    def _cost_of_date(self, birth_date: str) -> int:
        if birth_date.startswith(self._birth_date):
            return 0
        full = len(self._birth_date) == len(birth_date)
        return NEAR_DATE if full and near_dates(self._birth_date, birth_date) else OTHER_DATE


def _cost(spelling: Spelling, last: set[str], first: set[str], every: set[str]) -> int:
    typed = spelling.typed
    if typed in every:
        return FAMILY if typed in last else FIRST if typed in first else OTHER_GIVEN
    if any(word.startswith(typed) for word in every):
        return BEGUN
    slips = [spelling.near[word] for word in every if word in spelling.near]
    if slips:
        return SLIP * min(slips)
    return _cost_unlisted(typed, every)


def _cost_unlisted(typed: str, every: set[str]) -> int:
    """A word whose vocabulary was not asked: compared here, one slip more than the vocabulary forgives counting too."""
    most = 2 if len(typed) >= LONG else 1
    slips = min((slips_between(typed, word, most=most + 1) for word in every), default=most + 2)
    if slips > 1 and sound(typed) in {sound(word) for word in every}:
        return SLIP
    return SLIP * slips if slips <= most else ELSEWHERE - SLIP if slips == most + 1 else ELSEWHERE
