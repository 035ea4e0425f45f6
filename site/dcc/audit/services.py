"""Writing into the journal, and reading it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.audit.actions import line_of
from dcc.audit.facts import check_facts, check_labels
from dcc.audit.models import Entry


class Actor(Protocol):
    """Whoever acts: a user of the platform, known here by the primary key only."""

    @property
    def pk(self) -> Any: ...


def record(*, actor: Actor | None, action: str, subject: str, patient_id: UUID | None = None, **facts: Any) -> int:
    """Write one trace in the transaction of what it tells of, without any common lock; returns its number.

    Raises ``TransactionManagementError`` outside ``transaction.atomic``: a trace must live or die with its fact. Raises
    ``UnfitFact`` when a fact is neither an id nor a code, ``UnknownAction`` when the action is not in the table
    (:mod:`dcc.audit.actions`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record must run inside transaction.atomic")
    check_labels(action, subject)
    entry = Entry(
        at=timezone.now(),
        actor_id=actor.pk if actor is not None else None,
        kind=line_of(action).kind,
        action=action,
        subject=subject,
        patient_id=patient_id,
        facts=check_facts(facts),
    )
    entry.save(force_insert=True)
    return int(entry.pk)


SHOWN = 40
"""Patients named by one trace of a list; a longer list leaves several."""


def record_list(actor: Actor | None, action: str, subject: str, patient_ids: Iterable[UUID], **facts: Any) -> None:
    """Write that a list of patients was shown: their ids, ``SHOWN`` by trace (one trace at least, and an empty list for none).

    What was looked for is a trait, and stays out. Raises as :func:`record`.
    """
    ids = list(dict.fromkeys(patient_ids))
    for start in range(0, len(ids) or 1, SHOWN):
        record(actor=actor, action=action, subject=subject, count=len(ids), patients=ids[start : start + SHOWN], **facts)


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of the journal as it is shown; ``sealed`` says whether a segment already holds it."""

    id: int
    at: datetime
    actor_id: UUID | None
    action: str
    subject: str
    patient_id: UUID | None
    facts: dict[str, Any]
    sealed: bool


def traces(
    *, subject: str | None = None, patient_id: UUID | None = None, actor_id: UUID | None = None, limit: int = 200
) -> Sequence[Trace]:
    """The latest traces, newest first, of a subject, a patient, an actor (all conditions given must hold).

    Who may read them is for the caller to decide.
    """
    wanted = {"subject": subject, "patient_id": patient_id, "actor_id": actor_id}
    found = Entry.objects.filter(**{name: value for name, value in wanted.items() if value is not None}).order_by("-at", "-id")[
        :limit
    ]
    return [trace_of(entry) for entry in found]


def trace_of(e: Entry) -> Trace:
    """A row as it is shown."""
    return Trace(e.pk, e.at, e.actor_id, e.action, e.subject, e.patient_id, e.facts, e.segment_id is not None)
