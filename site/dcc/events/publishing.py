"""How the core tells: one event and one delivery per subscriber, in the business transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from dcc.contracts import event as contract
from dcc.contracts.registry import current
from dcc.events import clock
from dcc.events.models import Delivery, Event
from dcc.events.states import State


class OutsideTransaction(RuntimeError):
    """An event was published outside a transaction: the fact and its telling could part."""


def publish(event: contract.Event) -> None:
    """Tell every subscriber of the current registry, at least once, in order per subscriber and ``event.subject``.

    Raises :class:`OutsideTransaction` outside ``transaction.atomic``: the event lives and dies with the fact that it tells.
    Two facts on one subject keep their order because their transactions lock the subject (the document, the patient) first.
    A subscriber that registers later is not told of earlier events (see ``docs/decisions/0050``).
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"L'événement {event.name} doit être publié dans la transaction qui le rend vrai")
    row = Event.objects.create(name=event.name, schema=event.schema, subject=event.subject, payload=event.payload())
    now = timezone.now()
    deliveries = [
        Delivery(event=row, key=subscription.key, subject=row.subject, state=State.PENDING, due_at=now)
        for subscription in current().subscriptions(type(event))
        if subscription.concerns(event)
    ]
    if not deliveries:
        return
    Delivery.objects.bulk_create(deliveries)
    if not any(callback[1] is clock.wake for callback in connection.run_on_commit):
        transaction.on_commit(clock.wake)
