"""What people and rooms do to deliveries: another run, giving up, waking those that waited for something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.events import clock
from dcc.events.dispatch import REASON_LENGTH
from dcc.events.models import Delivery, SessionWait
from dcc.events.states import PUT_OFF, RETRYABLE, STATES, Reason, State

if TYPE_CHECKING:
    from dcc.accounts.api import User


class NotNow(Exception):
    """The delivery is in a state where this cannot be asked of it; the text is French, for the person who asked."""


def retry(*, actor: User, delivery_id: UUID) -> None:
    """Ask for another run of a delivery that waits, is blocked, crashed or was refused; its counters start anew.

    Raises ``PermissionDenied`` unless the actor administers the platform, :class:`NotNow` in any other state (cell ``retryable``
    of :data:`dcc.events.states.STATES`), ``Delivery.DoesNotExist``. A refused one may by then have been overtaken by a later one.
    """
    now = timezone.now()
    again = {"state": State.PENDING, "due_at": now, "settled_at": None, "retries": 0, "interruptions": 0, "session_kind": ""}
    with transaction.atomic():
        _change(actor, delivery_id, "delivery.retried", {**again, "reason_code": Reason.NONE, "reason": "", "updated_at": now})
        transaction.on_commit(clock.wake)


def abandon(*, actor: User, delivery_id: UUID, reason: str) -> None:
    """Give a delivery up for good: what it held goes on. ``reason`` says why (French, without patient data) and is required.

    Raises as :func:`retry` does, and ``ValueError`` for an empty reason.
    """
    _check_may(actor)
    if not reason.strip():
        raise ValueError(_("Indiquez pourquoi cette livraison est abandonnée."))
    now = timezone.now()
    end = {"state": State.ABANDONED, "due_at": None, "settled_at": now, "session_kind": "", "updated_at": now}
    text = " ".join(reason.split())[:REASON_LENGTH]
    with transaction.atomic():
        _change(actor, delivery_id, "delivery.abandoned", {**end, "reason_code": Reason.ABANDONED, "reason": text})
        transaction.on_commit(clock.wake)


def _check_may(actor: User) -> None:
    if not accounts.may(actor, accounts.Action.ADMINISTER):
        raise PermissionDenied


def _change(actor: User, delivery_id: UUID, action: str, values: dict[str, object]) -> None:
    _check_may(actor)
    delivery = Delivery.objects.select_related("event").get(id=delivery_id)
    if not Delivery.objects.filter(id=delivery_id, state__in=RETRYABLE).update(**values):
        raise NotNow(_("Cette livraison est « %(state)s » : rien à faire.") % {"state": STATES[State(delivery.state)].label})
    SessionWait.objects.filter(delivery_id=delivery_id).delete()
    audit.record(
        actor=actor,
        action=action,
        subject=f"delivery:{delivery_id}",
        key=delivery.key,
        event=delivery.event.name,
        about=delivery.subject,
        former_state=delivery.state,
    )


def session_opened(*, kind: str, practitioner: str) -> int:
    """A practitioner (national identifier) has opened a session: what waited for it is due now. Answers how many deliveries.

    Call it once the session is kept. Who is at work may have looked for it a moment before: told here, that run does not wait.
    """
    now = timezone.now()
    waits = SessionWait.objects.filter(kind=kind, practitioner=practitioner)
    # First: a run that settles meanwhile has its waits read below, or finds itself woken. Alone where it can be: who hastens some
    # of these deliveries locks them in another order.
    Delivery.objects.filter(settled_at__isnull=True, state=State.RUNNING).update(woken=True)
    with transaction.atomic():
        ids = list(waits.values_list("delivery_id", flat=True))
        waiting = Delivery.objects.filter(id__in=ids, state=State.WAITING, reason_code=Reason.NEEDS_SESSION)
        count = waiting.update(state=State.PENDING, due_at=now, updated_at=now)
        # Not of one that was run again since, and waits anew.
        SessionWait.objects.filter(delivery_id__in=ids).exclude(delivery__state=State.WAITING).delete()
        if count:
            transaction.on_commit(clock.wake)
    return count


def configuration_changed() -> int:
    """Something was installed or set: what was blocked for want of it is due now. Answers how many deliveries."""
    now = timezone.now()
    blocked = Delivery.objects.filter(settled_at__isnull=True, state=State.BLOCKED, reason_code=Reason.NOT_CONFIGURED)
    with transaction.atomic():
        count = blocked.update(state=State.PENDING, due_at=now, updated_at=now)
        if count:
            transaction.on_commit(clock.wake)
    return count


def hasten(*, key: str, subject: str) -> int:
    """What a subscriber put off on a subject is due now: what it waited for no longer matters. Answers how many deliveries.

    A run under way that would put it off is made again at once: it may have looked a moment before.
    """
    now, mine = timezone.now(), Delivery.objects.filter(settled_at__isnull=True, key=key, subject=subject)
    with transaction.atomic():
        # First: a run that settles meanwhile is among those put off below, or finds itself hastened.
        mine.filter(state=State.RUNNING).update(hastened=True)
        ids = list(mine.filter(state__in=PUT_OFF).values_list("id", flat=True))
        count = Delivery.objects.filter(id__in=ids, state__in=PUT_OFF).update(state=State.PENDING, due_at=now, updated_at=now)
        SessionWait.objects.filter(delivery_id__in=ids, delivery__state=State.PENDING).delete()
        if count:
            transaction.on_commit(clock.wake)
    return count
