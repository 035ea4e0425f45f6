"""What a dead process forgot, and what can go on because something changed. Run by every tick of the worker, on every host."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dcc.contracts.registry import current
from dcc.events.dispatch import claimable, settled_values
from dcc.events.leases import is_dead
from dcc.events.models import Delivery
from dcc.events.policy import interrupted
from dcc.events.states import Reason, State

log = logging.getLogger("dcc.events")


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: runs whose process died or whose lease ended, deliveries whose block is over, whether any is due."""

    reclaimed: int
    unblocked: int
    due: bool


def sweep() -> Swept:
    """Reclaim the leases of dead processes and unblock what can be tried again; running what is then due is the drain's work."""
    found = Swept(reclaimed=_reclaim(), unblocked=_unblock(), due=claimable(timezone.now()).exists())
    if found.reclaimed or found.unblocked:
        log.info("sweep: %d reclaimed, %d unblocked", found.reclaimed, found.unblocked)
    return found


def _reclaim() -> int:
    now, count = timezone.now(), 0
    for delivery in Delivery.objects.filter(settled_at__isnull=True, state=State.RUNNING):
        if delivery.lease_until is None or (delivery.lease_until > now and not is_dead(delivery.lease_owner)):
            continue
        outcome = interrupted(interruptions=delivery.interruptions, retries=delivery.retries, now=now)
        same = Delivery.objects.filter(
            id=delivery.id, state=State.RUNNING, lease_owner=delivery.lease_owner, attempts=delivery.attempts
        )
        with transaction.atomic(durable=True):
            count += same.update(**settled_values(outcome, now))
    return count


def _unblock() -> int:
    now = timezone.now()
    blocked = Delivery.objects.filter(settled_at__isnull=True, state=State.BLOCKED)
    absent = blocked.filter(reason_code=Reason.SUBSCRIBER_OFF).values_list("key", flat=True).distinct()
    back = [key for key in absent if current().subscription(key) is not None]
    ready = Q(reason_code=Reason.SUBSCRIBER_OFF, key__in=back) | Q(reason_code=Reason.NOT_CONFIGURED, due_at__lte=now)
    if not blocked.filter(ready).exists():  # a tick that finds nothing takes no write lock
        return 0
    with transaction.atomic(durable=True):
        return blocked.filter(ready).update(state=State.PENDING, due_at=now, updated_at=now)
