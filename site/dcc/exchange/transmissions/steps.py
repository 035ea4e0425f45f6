"""How a transmission changes: by the table of states only, each step kept, journaled and told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dcc.audit import api as audit
from dcc.audit.api import Actor
from dcc.contracts.events import TransmissionChanged, TransmissionRequested
from dcc.events import api as events
from dcc.exchange.models import Transmission, TransmissionStep
from dcc.exchange.transmissions.follow_up import CAUSES, STATES, State

DETAIL_LENGTH, NOTE_LENGTH = 300, 200
SUBSCRIPTION = "exchange.sending"
"""Key of the subscriber that sends."""
TRACES = {
    State.HELD: "transmission.held",
    State.QUEUED: "transmission.queued",
    State.SENT: "transmission.sent",
    State.DELIVERED: "transmission.delivered",
    State.READ: "transmission.read",
    State.FAILED: "transmission.failed",
    State.SUPERSEDED: "transmission.superseded",
    State.ABANDONED: "transmission.abandoned",
}
MOMENTS = {State.SENT: "sent_at", State.DELIVERED: "delivered_at", State.READ: "read_at"}


@dataclass(frozen=True, slots=True)
class Step:
    """What happened: the state it leads to, why, who did it (nobody: the platform), and the words of the channel beside it."""

    state: State
    at: datetime
    cause: str = ""
    detail: str = ""
    actor: Actor | None = None
    reference: str = ""
    note: str = ""


def lock(transmission_id: uuid.UUID) -> Transmission:
    """The row, held until the end of the transaction; raises ``Transmission.DoesNotExist``."""
    held = Transmission.objects.select_for_update(of=("self",)).select_related("document__patient")
    return held.get(pk=transmission_id)


def take(row: Transmission, step: Step, **values: Any) -> bool:
    """Bring a locked row where ``step`` says, and tell; nothing when the table does not let that state follow.

    A cause that the table does not know is a bug of who names it: ``KeyError``. ``values`` are further columns.
    """
    CAUSES[step.cause]
    if step.state not in STATES[State(row.state)].follows:
        return False
    with transaction.atomic(savepoint=False):
        _write(row, step, values)
        enter(row, step)
    return True


def _write(row: Transmission, step: Step, values: dict[str, Any]) -> None:
    values |= {"state": step.state.value, "cause": step.cause, "detail": short(step.detail), "changed_at": step.at}
    values.setdefault("attempting_since", None)
    if step.state in MOMENTS:
        values[MOMENTS[step.state]] = step.at
    if step.reference:
        values["reference"] = step.reference[:255]
    if step.note:
        values["note"] = step.note[:NOTE_LENGTH]
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def enter(row: Transmission, step: Step) -> None:
    """Keep a step that a row has just taken, journal it, and tell; a queued one asks to be sent."""
    TransmissionStep.objects.create(
        transmission=row,
        at=step.at,
        state=step.state.value,
        cause=step.cause,
        detail=short(step.detail or step.note),
        actor_id=step.actor.pk if step.actor else None,
    )
    audit.record(
        actor=step.actor,
        action=TRACES[step.state],
        subject=f"document:{row.document_id}",
        patient_id=row.document.patient_id,
        transmission=row.pk,
        recipient=row.recipient_kind,
        channel=row.channel,
        cause=step.cause,
    )
    if step.state is State.QUEUED:
        ask(row, step.at)
    events.publish(
        TransmissionChanged(
            transmission_id=row.pk,
            document_id=row.document_id,
            document_type=row.document.document_type,
            channel=row.channel,
            recipient_kind=row.recipient_kind,
            state=step.state.value,
            cause=step.cause,
            at=step.at,
        )
    )


def ask(row: Transmission, at: datetime) -> None:
    """Ask the worker to send a queued row."""
    events.publish(
        TransmissionRequested(transmission_id=row.pk, document_id=row.document_id, channel=row.channel, line=row.line, at=at)
    )


def hasten(row: Transmission) -> int:
    """A delivery of the line that waits for a retry holds what comes after it: it is looked at now. Answers how many do."""
    return events.hasten(key=SUBSCRIPTION, subject=subject_of(row.line))


def subject_of(line: str) -> str:
    """The subject of the deliveries of a line, which come in their order."""
    return f"line:{line}"


def short(text: str) -> str:
    """A detail as the row keeps it: on one line, cut."""
    return " ".join(text.split())[:DETAIL_LENGTH]
