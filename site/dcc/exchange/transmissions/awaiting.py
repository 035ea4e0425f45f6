"""Whose session of Pro Santé Connect transmissions wait for: several may do, one is enough."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.contracts.events import TransmissionRequested
from dcc.documents import api as documents
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


def awaited_names(people: Sequence[Awaited]) -> str:
    """These professionals (one at least), each once, as one reads it: « DR Alice MARTIN, DR Bob PETIT ou DR Charlie DURAND »."""
    *others, last = dict.fromkeys(one.name for one in people)
    return _("%(some)s ou %(last)s") % {"some": ", ".join(others), "last": last} if others else last


def awaited_for(rows: Iterable[Transmission]) -> Mapping[str, Sequence[Awaited]]:
    """By line, whom those of ``rows`` that are held for a session wait for; two queries, none when none is."""
    subjects = {subject_of(row.line): row.line for row in rows if row.cause == SESSION}
    if not subjects:
        return {}
    waits = events.awaited(kind=KIND, key=SUBSCRIPTION, subjects=list(subjects))
    names = accounts.practitioner_names({one for people in waits.values() for one in people})
    return {subjects[subject]: tuple(Awaited(one, names.get(one, one)) for one in people) for subject, people in waits.items()}


@dataclass(frozen=True, slots=True)
class AwaitingTransmission:
    """A transmission that leaves in somebody's session; ``since`` it was asked for."""

    transmission_id: UUID
    document_id: UUID
    channel: str
    since: datetime


def waiting_for_session(actor: User, *, practitioners: Collection[str]) -> list[AwaitingTransmission]:
    """What waits for a session of one of ``practitioners``, of the documents that the actor may open; longest waiting first."""
    told = events.awaiting_session(kind=KIND, event=TransmissionRequested.name, practitioners=practitioners)
    lines = [_line(one) for one in told] if practitioners else []
    asked = {line.document_id for line in lines}
    shown = {row["pk"] for row in documents.openable(actor, Q(pk__in=asked))} if asked else set()
    return [line for line in lines if line.document_id in shown]


def _line(one: events.Awaiting) -> AwaitingTransmission:
    told = TransmissionRequested.from_payload(one.payload)
    return AwaitingTransmission(told.transmission_id, told.document_id, told.channel, one.at)
