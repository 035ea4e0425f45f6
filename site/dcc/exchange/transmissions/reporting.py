"""What a channel tells afterwards of what it carried: delivered, read, refused; once or often, in any order."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from dcc.exchange.models import Transmission, TransmissionStep
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.steps import NOTE_LENGTH, Step, lock, take

REPORTABLE = frozenset({State.DELIVERED, State.READ, State.FAILED})


class UnknownTransmission(LookupError):
    """No transmission has this key."""


@transaction.atomic
def report(*, key: uuid.UUID, state: State | str, cause: str = "", detail: str = "", at: datetime, reference: str = "") -> bool:
    """Take down what became of the transmission ``key``: ``remise``, ``lue``, or ``echec`` with a cause of ``CAUSES``.

    Answers whether that was new; what is repeated or comes late changes nothing (a delivery after the reading). What a report
    tells of a line proves that it left, whatever was known of it here: in file, held, given up while it was being sent. Raises
    :class:`UnknownTransmission`, ``ValueError`` for a state that no channel tells, ``KeyError`` for a cause of no table.
    """
    wanted = State(state)
    if wanted not in REPORTABLE:
        raise ValueError(wanted)
    try:
        row = lock(key)
    except Transmission.DoesNotExist:
        raise UnknownTransmission(key) from None
    if row.sent_at is None and not _repeats(row, wanted):
        take(row, Step(State.SENT, at, reference=reference))
    return take(row, Step(wanted, at, cause, detail, reference=reference))


@transaction.atomic
def annotate(*, key: uuid.UUID, note: str, at: datetime) -> bool:
    """What a channel tells of a line whose state stays (« visible »): the words beside it, kept among its steps.

    Answers whether that was new; raises :class:`UnknownTransmission`.
    """
    try:
        row = lock(key)
    except Transmission.DoesNotExist:
        raise UnknownTransmission(key) from None
    note = note[:NOTE_LENGTH]
    if row.note == note:
        return False
    row.note = note
    row.save(update_fields=["note"])
    TransmissionStep.objects.create(transmission=row, at=at, state=row.state, cause=row.cause, detail=note)
    return True


def _repeats(row: Transmission, wanted: State) -> bool:
    """Whether it is told again that a line failed whose failure is known, so that nothing of it was in doubt."""
    return row.state == wanted == State.FAILED and row.attempting_since is None
