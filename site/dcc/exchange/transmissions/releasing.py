"""What was held leaves by itself once nothing holds it any more: an address became known, a channel exists, a wish changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.exchange.transmissions.follow_up import PASSING, State
from dcc.exchange.transmissions.policy import Channel
from dcc.exchange.transmissions.standing import address_now, cause_now
from dcc.exchange.transmissions.steps import Step, hasten, lock, take
from dcc.patients.merging.api import kept_id

LOOKED_AT = ("channel_off", "no_address", "not_configured", "dmp_off", "certificate", "opposition", "identity", "former_ins")
"""Causes that may end without anybody touching the line; a ``session`` waits in its delivery."""
BATCH = 300
"""Most lines looked at in one run: some seconds of work."""
PLACE = "exchange.releasing.after"
"""Where the last run stopped: the next one goes on there, so that who stays held holds nobody back."""


def release_waiting() -> int:
    """Scheduled: look at the next held lines, and queue those that nothing holds; returns how many were."""
    held = Transmission.objects.filter(state=State.HELD, cause__in=LOOKED_AT).order_by("pk")
    after = cache.get(PLACE)
    ids = list((held.filter(pk__gt=after) if after else held).values_list("pk", flat=True)[:BATCH])
    cache.set(PLACE, ids[-1] if len(ids) == BATCH else None)
    return release(ids)


def release(ids: Iterable[UUID]) -> int:
    """Queue those of these held lines that nothing holds any more; returns how many were."""
    return sum(_release(transmission_id) for transmission_id in ids)


def release_held(*, patient_id: UUID, causes: Collection[str]) -> int:
    """A channel tells that these causes no longer hold for a patient: queue the lines held for them; answers how many."""
    held = Transmission.objects.filter(document__patient=kept_id(patient_id), state=State.HELD, cause__in=causes)
    return release(list(held.values_list("pk", flat=True)))


@transaction.atomic
def try_again(*, document_id: UUID, channel: Channel) -> bool:
    """A channel tells that what made a document fail may be over: queue its last line there, if it failed and never left."""
    last = Transmission.objects.filter(document=document_id, channel=channel).order_by("-requested_at").first()
    row = lock(last.pk) if last is not None else None
    if row is None or row.state != State.FAILED or row.sent_at is not None:
        return False
    to = address_now(row)
    try:
        if cause_now(row, to):
            return False
    except SendingRefused:
        return False
    return _queue(row, to.address, attempts=0, attempting_since=row.attempting_since)


@transaction.atomic
def _release(transmission_id: UUID) -> bool:
    row = lock(transmission_id)
    if row.state != State.HELD:
        return False
    to = address_now(row)
    try:
        cause = cause_now(row, to)
    except SendingRefused:
        return False
    if cause:
        Transmission.objects.filter(pk=row.pk).exclude(cause=cause).update(cause=cause)
        return False
    if row.cause in PASSING and hasten(row):
        return False  # its delivery waits for the same: it goes on there, without another one
    return _queue(row, to.address)


def _queue(row: Transmission, address: str, **values: object) -> bool:
    done = take(row, Step(State.QUEUED, timezone.now()), address=address, **values)
    hasten(row)
    return done
