"""Whose session of Pro Santé Connect transmissions wait for: several may do, one is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dcc.accounts import api as accounts
from dcc.events import api as events
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.steps import SUBSCRIPTION, subject_of

SESSION, KIND = "session", "psc"
"""The cause of a line that waits, and the kind of session."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A professional whose session would do; ``name`` is his number where the platform does not know him."""

    national_id: str
    name: str


def awaited_for(rows: Iterable[Transmission]) -> Mapping[str, Sequence[Awaited]]:
    """By line, whom those of ``rows`` that are held for a session wait for; two queries, none when none is."""
    subjects = {subject_of(row.line): row.line for row in rows if row.cause == SESSION}
    if not subjects:
        return {}
    waits = events.awaited(kind=KIND, key=SUBSCRIPTION, subjects=list(subjects))
    names = accounts.practitioner_names({one for people in waits.values() for one in people})
    return {subjects[subject]: tuple(Awaited(one, names.get(one, one)) for one in people) for subject, people in waits.items()}
