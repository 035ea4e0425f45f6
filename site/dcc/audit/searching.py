"""Looking into the journal, newest first, a page at a time by key: no count, no offset, however long the journal is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from dcc.audit.actions import Kind
from dcc.audit.models import Entry
from dcc.audit.services import Trace, trace_of

PAGE = 50


class Place(NamedTuple):
    """Where a page ends: the next one begins after it."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, all of it at once, in ``[since, until)``; nothing (or an empty text) asks nothing.

    ``actor_ids`` empty but not nothing finds nothing. ``also`` are other ids of the patient: identities that a merge absorbed.
    """

    since: datetime
    until: datetime
    actor_ids: Collection[UUID] | None = None
    patient_id: UUID | None = None
    also: Collection[UUID] = ()
    kind: Kind | None = None
    actions: Collection[str] | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Traces, newest first; ``following`` is where the next page begins, when there is one."""

    traces: Sequence[Trace]
    following: Place | None


def search(filters: Filters, *, after: Place | None = None, limit: int = PAGE) -> Page:
    """One page of what is found. Who may read it is for the caller to decide."""
    found = list(_ordered(filters, after)[: limit + 1])
    traces = [trace_of(entry) for entry in found[:limit]]
    last = traces[-1] if len(found) > limit else None
    return Page(traces, Place(last.at, last.id) if last else None)


def walk(filters: Filters) -> Iterator[Trace]:
    """All that is found, newest first, in bounded memory."""
    return (trace_of(entry) for entry in _ordered(filters, None).iterator(chunk_size=2_000))


def _ordered(filters: Filters, after: Place | None) -> QuerySet[Entry]:
    found = Entry.objects.filter(_wanted(filters)).order_by("-at", "-id")
    if after is None:
        return found
    # The first condition is implied by the second: it lets every database begin at the place in its index.
    return found.filter(at__lte=after.at).filter(Q(at__lt=after.at) | Q(id__lt=after.id))


def _wanted(filters: Filters) -> Q:
    asked: dict[str, Any] = {
        "actor_id__in": filters.actor_ids,
        "patient_id": filters.patient_id if not filters.also else None,
        "patient_id__in": [filters.patient_id, *filters.also] if filters.patient_id and filters.also else None,
        "kind": filters.kind,
        "action__in": filters.actions,
        "subject": filters.subject or None,
    }
    return Q(at__gte=filters.since, at__lt=filters.until, **{name: value for name, value in asked.items() if value is not None})
