"""Where an FRCP that two DCC work on stands, in a word, for the banner of its pages; and what a file kept aside says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from dcc.exchange.models import Entrustment
from dcc.exchange.regions.states import LABELS, State


@dataclass(frozen=True, slots=True)
class Brief:
    """The last time it was entrusted: to (``out``) or by another DCC, of which RCP or system, since when, and how it stands."""

    out: bool
    state: State
    words: str
    label: str
    opened_at: datetime
    changed_at: datetime


def brief_between(document_id: uuid.UUID) -> Brief | None:
    """The last entrustment of a document; nothing for one that stayed here. One query."""
    row = Entrustment.objects.filter(document_id=document_id).order_by("-opened_at").first()
    if row is None:
        return None
    state = State(row.state)
    return Brief(row.direction == "out", state, LABELS[state], row.label, row.opened_at, row.changed_at)
