"""How many transmissions of a document stand where, for lists and tabs: counts only, of documents that the reader was shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max

from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.follow_up import CHANNEL_STATES, STATES, State

SHARED = frozenset(channel for channel, _state in CHANNEL_STATES)
"""Channels of which a list says more than a count."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Where the last line of a document stands that goes to a place people look into together (the DMP), beside its words."""

    channel: str
    state: str
    cause: str
    note: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of the transmissions of one document, what was replaced before it left or was given up apart.

    ``blocked`` wait for somebody (held, or failed), ``moving`` are on their way, ``arrived`` were delivered or read.
    """

    blocked: int = 0
    moving: int = 0
    arrived: int = 0
    failed: int = 0
    shared: Shared | None = None

    @property
    def total(self) -> int:
        """All that count."""
        return self.blocked + self.moving + self.arrived


def summaries(document_ids: Collection[UUID]) -> Mapping[UUID, Summary]:
    """A summary for each document that has transmissions; one query."""
    rows = (
        Transmission.objects.filter(document_id__in=document_ids)
        .values_list("document_id", "channel", "state", "cause", "note")
        .annotate(number=Count("pk"), last=Max("requested_at"))
        .order_by("last")
    )
    counts: dict[UUID, dict[State, int]] = {}
    shared: dict[UUID, Shared] = {}
    for document_id, channel, state, cause, note, number, _last in rows:
        stands = State.DELIVERED if (channel, state) in CHANNEL_STATES else State(state)
        of_document = counts.setdefault(document_id, {})
        of_document[stands] = of_document.get(stands, 0) + number
        if channel in SHARED and state != State.SUPERSEDED:
            shared[document_id] = Shared(channel, state, cause, note)
    return {document_id: _summary(of_states, shared.get(document_id)) for document_id, of_states in counts.items()}


def _summary(counts: Mapping[State, int], shared: Shared | None) -> Summary:
    return Summary(
        blocked=counts.get(State.HELD, 0) + counts.get(State.FAILED, 0),
        moving=counts.get(State.QUEUED, 0) + counts.get(State.SENT, 0),
        arrived=sum(number for state, number in counts.items() if STATES[state].arrived),
        failed=counts.get(State.FAILED, 0),
        shared=shared,
    )
