"""How many transmissions of a document stand where, for lists and tabs: counts only, of documents that the reader was shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.follow_up import CHANNEL_STATES, STATES, State


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of the transmissions of one document, what was replaced before it left or was given up apart.

    ``blocked`` wait for somebody (held, or failed), ``moving`` are on their way, ``arrived`` were delivered or read.
    """

    blocked: int = 0
    moving: int = 0
    arrived: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All that count."""
        return self.blocked + self.moving + self.arrived


def summaries(document_ids: Collection[UUID]) -> Mapping[UUID, Summary]:
    """A summary for each document that has transmissions; one query."""
    rows = (
        Transmission.objects.filter(document_id__in=document_ids)
        .order_by()
        .values_list("document_id", "channel", "state")
        .annotate(number=Count("pk"))
    )
    counts: dict[UUID, dict[State, int]] = {}
    for document_id, channel, state, number in rows:
        stands = State.DELIVERED if (channel, state) in CHANNEL_STATES else State(state)
        of_document = counts.setdefault(document_id, {})
        of_document[stands] = of_document.get(stands, 0) + number
    return {document_id: _summary(of_states) for document_id, of_states in counts.items()}


def _summary(counts: Mapping[State, int]) -> Summary:
    return Summary(
        blocked=counts.get(State.HELD, 0) + counts.get(State.FAILED, 0),
        moving=counts.get(State.QUEUED, 0) + counts.get(State.SENT, 0),
        arrived=sum(number for state, number in counts.items() if STATES[state].arrived),
        failed=counts.get(State.FAILED, 0),
    )
