"""How an entrusted FRCP moves on: by the table of states only, each step kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from dcc.accounts.api import User
from dcc.exchange.models import Entrustment, EntrustmentStep
from dcc.exchange.regions.states import ABROAD, GIVEN_UP, OPEN, Happening, State, after

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, when, why (a code of causes, words of a person), and by whom (nobody: the platform)."""

    happening: Happening
    at: datetime
    cause: str = ""
    reason: str = ""
    actor: User | None = None


def opened(row: Entrustment, happening: Happening, *, reason: str = "", actor: User | None = None) -> Entrustment:
    """Store a new entrustment and its first step."""
    row.save(force_insert=True)
    _keep(row, Event(happening, row.opened_at, reason=reason, actor=actor))
    return row


def move(row: Entrustment, event: Event) -> bool:
    """Bring a locked row where the table says, keeping the step; nothing, and ``False``, when the table lets it not happen."""
    state = after(State(row.state), event.happening)
    if state is None:
        return False
    row.state, row.changed_at = state.value, event.at
    row.save(update_fields=["state", "changed_at"])
    _keep(row, event)
    return True


def _keep(row: Entrustment, event: Event) -> None:
    EntrustmentStep.objects.create(
        entrustment=row,
        at=event.at,
        event=event.happening.value,
        state=row.state,
        cause=event.cause,
        reason=event.reason[:REASON_LENGTH],
        actor=event.actor,
    )


def last_out(document_id: uuid.UUID) -> Entrustment | None:
    """The last time the document was entrusted to another DCC, locked until the end of the transaction."""
    rows = Entrustment.objects.select_for_update(of=("self",)).filter(document_id=document_id, direction="out")
    return rows.order_by("-opened_at").first()


def to_complete(document_id: uuid.UUID) -> Entrustment | None:
    """What another DCC entrusted to this one and is not validated yet, locked likewise."""
    rows = Entrustment.objects.select_for_update(of=("self",)).filter(document_id=document_id, direction="in")
    return rows.filter(state__in=[state.value for state in OPEN]).first()


def is_abroad(row: Entrustment | None) -> bool:
    """Whether the other DCC has the say."""
    return row is not None and State(row.state) in ABROAD


def is_given_up(row: Entrustment | None) -> bool:
    """Whether this DCC took it back."""
    return row is not None and State(row.state) in GIVEN_UP
