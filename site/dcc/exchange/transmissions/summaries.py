"""How many transmissions of a document stand where, for lists and tabs: counts only, of documents that the reader was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max

from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.follow_up import CHANNEL_STATES, State, standing_of

_COLUMNS: Mapping[State, Sequence[str]] = {
    State.HELD: ("blocked",),
    State.FAILED: ("blocked", "failed"),
    State.QUEUED: ("moving",),
    State.SENT: ("moving",),
}
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
    counts: dict[UUID, Counter[str]] = {}
    shared: dict[UUID, Shared] = {}
    for document_id, channel, state, cause, note, number, _last in rows:
        counts.setdefault(document_id, Counter()).update(dict.fromkeys(_columns(channel, State(state)), number))
        if channel in SHARED and state != State.SUPERSEDED:
            shared[document_id] = Shared(channel, state, cause, note)
    return {document_id: Summary(**of_document, shared=shared.get(document_id)) for document_id, of_document in counts.items()}


def _columns(channel: str, state: State) -> Sequence[str]:
    """In which counts of :class:`Summary` a line stands; in none once it was replaced or given up."""
    if standing_of(channel, state).arrived:
        return ("arrived",)
    return _COLUMNS.get(state, ())
