"""Is the trust clause on INS qualification there? One table, person by place; pure.

=================  =============================  =====================================  ========================================
person             ``liberal``                    ``region``                             ``ailleurs``
=================  =============================  =====================================  ========================================
``praticien``      own terms                      own terms, convention of the ES        the same, and the DSRC–DSRC convention
``sans_exercice``  never: a practitioner does it  own terms, convention of the ES        the same, and the DSRC–DSRC convention
=================  =============================  =====================================  ========================================

Whoever has a mixed practice is told by the establishment of the situation: the same person is ``liberal`` in the one and
``region`` in the other. Every row asks, first, that the person works there. Source: CDC §2.3.1 cases 1 to 3, R-111 to R-116;
decision 0218.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LIBERAL_SECTORS = frozenset({"AMBULATOIRE"})
"""JDV_J04 of a private practice; in every other setting a legal person answers for identities."""


class Person(StrEnum):
    """Who qualifies: a professional known by a national identifier, or somebody who works with one."""

    PRACTITIONER = "praticien"
    OTHER = "sans_exercice"


class Place(StrEnum):
    """Where, in this situation."""

    LIBERAL = "liberal"
    HERE = "region"
    ELSEWHERE = "ailleurs"


class Need(StrEnum):
    """What the clause takes."""

    POST = "situation"
    TERMS = "cgu"
    FACILITY = "convention_es"
    NETWORK = "convention_dsrc"
    PRACTITIONER = "praticien"


TABLE: Mapping[tuple[Person, Place], Sequence[Need]] = {
    (Person.PRACTITIONER, Place.LIBERAL): (Need.POST, Need.TERMS),
    (Person.PRACTITIONER, Place.HERE): (Need.POST, Need.TERMS, Need.FACILITY),
    (Person.PRACTITIONER, Place.ELSEWHERE): (Need.POST, Need.TERMS, Need.FACILITY, Need.NETWORK),
    (Person.OTHER, Place.LIBERAL): (Need.POST, Need.TERMS, Need.PRACTITIONER),
    (Person.OTHER, Place.HERE): (Need.POST, Need.TERMS, Need.FACILITY),
    (Person.OTHER, Place.ELSEWHERE): (Need.POST, Need.TERMS, Need.FACILITY, Need.NETWORK),
}
"""The table, cell by cell: all of a cell is needed."""


@dataclass(frozen=True, slots=True)
class Change:
    """An amendment, as the table looks at it."""

    effective_on: date
    has_clause: bool = False
    mutual: bool = False
    extended_to: date | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A convention, as the table looks at it; days are inclusive, in Paris."""

    signed_on: date | None
    valid_from: date
    valid_to: date | None = None
    ended_on: date | None = None
    has_clause: bool = False
    mutual: bool = False
    changes: Sequence[Change] = ()

    def holds(self, day: date) -> bool:
        """Whether it is signed and in force on a day."""
        last = self.last_day(day)
        return self.signed_on is not None and max(self.signed_on, self.valid_from) <= day and (last is None or day <= last)

    def last_day(self, day: date) -> date | None:
        """Its last day as it stands on a day; nothing: without end."""
        ends = [self.valid_to, *(change.extended_to for change in self._since(day) if change.extended_to is not None)]
        term = None if self.valid_to is None else max((end for end in ends if end is not None), default=None)
        return min((end for end in (term, self.ended_on) if end is not None), default=None)

    def clause(self, day: date) -> bool:
        """Whether it carries the clause on a day."""
        return self.has_clause or any(change.has_clause for change in self._since(day))

    def reciprocal(self, day: date) -> bool:
        """Whether it carries the mutual clause on a day."""
        return self.mutual or any(change.mutual for change in self._since(day))

    def _since(self, day: date) -> Iterable[Change]:
        return [change for change in self.changes if change.effective_on <= day]


@dataclass(frozen=True, slots=True)
class Situation:
    """A person in an establishment on a day, with what is known of both."""

    person: Person
    place: Place
    day: date
    works_there: bool
    terms_accepted: bool
    facility: Sequence[Agreement] = ()
    """Conventions of the legal entity with its own DSRC."""
    network: Sequence[Agreement] = ()
    """Conventions of our DSRC with that one."""


Met = Callable[[Situation], bool]
MET: Mapping[Need, Met] = {
    Need.POST: lambda s: s.works_there,
    Need.TERMS: lambda s: s.terms_accepted,
    Need.FACILITY: lambda s: any(a.holds(s.day) and a.clause(s.day) for a in s.facility),
    Need.NETWORK: lambda s: any(a.holds(s.day) and a.clause(s.day) and a.reciprocal(s.day) for a in s.network),
    Need.PRACTITIONER: lambda s: s.person is Person.PRACTITIONER,
}
"""When a need is met."""


def needs(situation: Situation) -> Sequence[tuple[Need, bool]]:
    """Each need of the situation, and whether it is met; the clause is there when all are."""
    return [(need, MET[need](situation)) for need in TABLE[situation.person, situation.place]]


def place_of(sector: str, network: str) -> Place:
    """Where an establishment stands, by its setting (JDV_J04) and its DSRC (blank: ours)."""
    if sector in LIBERAL_SECTORS:
        return Place.LIBERAL
    return Place.ELSEWHERE if network else Place.HERE
