"""Claim, run, settle: how deliveries are made, by any number of processes and hosts at once.

A claim is one conditional UPDATE, so two processes never hold one delivery; it is refused while an earlier delivery of the same
subscriber on the same subject is open, so order holds. The handler runs outside any transaction of ours. Settling checks that the
lease is still ours.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from dcc.contracts.event import Context
from dcc.contracts.registry import Subscription, current
from dcc.events.leases import LEASE, owner
from dcc.events.models import Delivery, SessionWait
from dcc.events.policy import Interrupted, Outcome, outcome_of
from dcc.events.states import CLAIMABLE, PUT_OFF, STATES, Reason, State
from dcc.security.api import frames_of, scrub

log = logging.getLogger("dcc.events")

BATCH = 20
REASON_LENGTH = 300
ABSENT = "L'abonné n'est pas installé sur cette plateforme (plugin désactivé ?)"


@dataclass(slots=True)
class Drained:
    """What a drain did: settled deliveries by state; ``more`` when it stopped before everything due was done."""

    settled: Counter[State] = field(default_factory=Counter)
    more: bool = False

    @property
    def total(self) -> int:
        """How many deliveries were run."""
        return self.settled.total()


def drain(*, seconds: float | None = None, limit: int | None = None, stopping: Callable[[], bool] = lambda: False) -> Drained:
    """Run every delivery that is due, oldest first, until none is left, ``seconds`` are over, ``limit`` were run or we stop.

    Must not be called inside a transaction (Django raises ``RuntimeError``, except under a test case's own).
    """
    done, begun = Drained(), time.monotonic()
    while True:
        spent = seconds is not None and time.monotonic() - begun >= seconds
        if spent or stopping() or (limit is not None and done.total >= limit):
            done.more = claimable(timezone.now()).exists()
            return done
        delivery = claim()
        if delivery is None:
            return done
        done.settled[_run(delivery)] += 1


def claimable(now: datetime) -> QuerySet[Delivery]:
    """Deliveries that may be run now: due, and with nothing open before them for their subscriber and subject."""
    earlier = Delivery.objects.filter(
        settled_at__isnull=True, key=OuterRef("key"), subject=OuterRef("subject"), event_id__lt=OuterRef("event_id")
    )
    due = Delivery.objects.filter(settled_at__isnull=True, state__in=CLAIMABLE, due_at__lte=now)
    return due.filter(~Exists(earlier))


def claim() -> Delivery | None:
    """Take the next delivery under a lease, or nothing when none is due. Deliveries of absent subscribers become *blocked*."""
    while True:
        now = timezone.now()
        candidates = list(claimable(now).order_by("due_at", "event_id").values_list("id", "key")[:BATCH])
        if not candidates:
            return None
        for delivery_id, key in candidates:
            if current().subscription(key) is None:
                _block(delivery_id, now)
            elif _take(delivery_id, now):
                return Delivery.objects.select_related("event").get(id=delivery_id)


def _take(delivery_id: UUID, now: datetime) -> bool:
    lease = {"state": State.RUNNING, "due_at": None, "lease_until": now + LEASE, "lease_owner": owner(), "updated_at": now}
    anew = {"woken": False, "hastened": False}
    with transaction.atomic(durable=True):
        return bool(claimable(now).filter(id=delivery_id).update(**lease, **anew, attempts=F("attempts") + 1))


def _block(delivery_id: UUID, now: datetime) -> None:
    block = {"state": State.BLOCKED, "reason_code": Reason.SUBSCRIBER_OFF, "reason": ABSENT, "due_at": None, "updated_at": now}
    with transaction.atomic(durable=True):
        claimable(now).filter(id=delivery_id).update(**block)


def _run(delivery: Delivery) -> State:
    begun = time.monotonic()
    try:
        outcome = _attempt(delivery)
    except BaseException as ended:  # the queue ends a task that takes too long by a SystemExit
        _settle(delivery, _judge(delivery, ended), begun)
        raise
    return _settle(delivery, outcome, begun)


def _attempt(delivery: Delivery) -> Outcome:
    subscription = current().subscription(delivery.key)
    if subscription is None:
        return Outcome(State.BLOCKED, Reason.SUBSCRIBER_OFF, ABSENT)
    stored, known = delivery.event.schema, subscription.event.schema
    if stored != known:
        text = f"Événement {delivery.event.name} enregistré au schéma {stored}, l'abonné attend le schéma {known}"
        return Outcome(State.CRASHED, Reason.SCHEMA, text)
    try:
        _call(subscription, delivery)
    except Exception as error:  # noqa: BLE001  (a handler may fail in any way; the policy table says what follows)
        return _judge(delivery, error)
    return Outcome(State.DONE)


def _call(subscription: Subscription, delivery: Delivery) -> None:
    payload: Mapping[str, object] = delivery.event.payload
    context = Context(delivery_id=delivery.id, attempt=delivery.attempts, now=timezone.now())
    try:
        subscription.handler(subscription.event.from_payload(payload), context)
    except (OperationalError, InterfaceError) as error:
        raise Interrupted(f"Base de données indisponible ({scrub(error)})") from error


def _judge(delivery: Delivery, error: BaseException) -> Outcome:
    outcome = outcome_of(error, retries=delivery.retries, interruptions=delivery.interruptions, now=timezone.now())
    if outcome.code in (Reason.BUG, Reason.INTERRUPTED):
        cause = error.__cause__ or error
        name, frames = type(cause).__name__, " ".join(frames_of(cause))
        log.error("delivery %s of %s: %s, by way of %s", delivery.id, delivery.key, name, frames)
    return outcome


def _settle(delivery: Delivery, outcome: Outcome, begun: float) -> State:
    mine = Delivery.objects.filter(
        id=delivery.id, state=State.RUNNING, lease_owner=delivery.lease_owner, attempts=delivery.attempts
    )
    with transaction.atomic(durable=True):
        kept = _kept(mine, outcome)
        if not kept and outcome.state in PUT_OFF:
            outcome = Outcome(State.PENDING, due_at=timezone.now(), retries=outcome.retries, interruptions=outcome.interruptions)
            kept = _kept(mine, outcome)
        if kept and outcome.practitioners:
            SessionWait.objects.bulk_create(
                SessionWait(delivery_id=delivery.id, kind=outcome.session_kind, practitioner=practitioner)
                for practitioner in dict.fromkeys(outcome.practitioners)
            )
    ms = round((time.monotonic() - begun) * 1000)
    name = delivery.event.name
    if kept:
        log.info(
            "delivery %s %s %s attempt %d: %s in %d ms", delivery.id, name, delivery.key, delivery.attempts, outcome.state, ms
        )
    else:
        log.warning("delivery %s %s %s: lease lost after %d ms, result not recorded", delivery.id, name, delivery.key, ms)
    return outcome.state


def _kept(mine: QuerySet[Delivery], outcome: Outcome) -> bool:
    """Whether the run is settled: its lease is ours, and what it would wait for did not come since it began."""
    # Read by the UPDATE itself: who opens a session or hastens it meanwhile is waited for, then seen.
    if outcome.code == Reason.NEEDS_SESSION:
        mine = mine.filter(woken=False)
    if outcome.state in PUT_OFF:
        mine = mine.filter(hastened=False)
    return bool(mine.update(**settled_values(outcome, timezone.now())))


def settled_values(outcome: Outcome, now: datetime) -> dict[str, object]:
    """The column values that put a delivery where ``outcome`` says; the lease ends."""
    return {
        "state": outcome.state,
        "reason_code": outcome.code,
        "reason": " ".join(outcome.text.split())[:REASON_LENGTH],
        "due_at": outcome.due_at,
        "retries": outcome.retries,
        "interruptions": outcome.interruptions,
        "session_kind": outcome.session_kind,
        "lease_until": None,
        "lease_owner": "",
        "settled_at": now if STATES[outcome.state].settled else None,
        "updated_at": now,
    }
