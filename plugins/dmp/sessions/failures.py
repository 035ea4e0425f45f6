"""What the support of the DMP needs of a call that failed: kept sealed for some days, written to files by a command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db import Error, transaction
from django.utils import timezone

from dcc.accounts.api import SealedField, Unreadable
from dcc.contracts.errors import DeliveryError
from plugins.dmp.models import FailedCall
from plugins.dmp.settings import in_force
from plugins.dmp.transactions import last
from plugins.dmp.transactions.envelope import Malformed
from plugins.dmp.transactions.types import Caller

log = logging.getLogger("dcc.dmp")
LONGEST_ANSWER = 200_000
"""Bytes of an answer that are kept."""
MOST = 500
"""Calls that are kept: an outage of a day fills no disk."""
REQUEST: SealedField = FailedCall._meta.get_field("request")
ANSWER: SealedField = FailedCall._meta.get_field("answer")


def keep(caller: Caller, what: str, error: DeliveryError) -> None:
    """Keep the last exchange, if there was an answer and the region keeps any; never raises: what failed counts more."""
    exchange = last.taken()
    if exchange is None or not in_force().failure_days:
        return
    row = FailedCall(transaction=what, cause=error.cause, national_id=caller.national_id, status=exchange.reply.status)
    try:
        REQUEST.put(row, exchange.request)
        ANSWER.put(row, exchange.reply.content[:LONGEST_ANSWER])
        with transaction.atomic():
            row.save(force_insert=True)
            _prune()
    except (Error, Malformed) as failure:
        log.error("failed call %s is not kept: %s", what, type(failure).__name__)


def forget() -> None:
    """Forget those whose days are over, and the oldest of too many. Job."""
    FailedCall.objects.filter(at__lt=timezone.now() - timedelta(days=in_force().failure_days)).delete()
    _prune()


def _prune() -> None:
    kept = FailedCall.objects.order_by("-at").values_list("pk", flat=True)[:MOST]
    FailedCall.objects.exclude(pk__in=list(kept)).delete()


def files_of(row: FailedCall) -> Iterator[tuple[str, bytes]]:
    """Name and content of both sides of a call; one whose seal does not open (a key that is gone) has none."""
    stem = f"{timezone.localtime(row.at):%Y%m%d-%H%M%S}-{row.transaction.lower()}-{row.pk.hex[:8]}"
    try:
        yield f"{stem}-demande.xml", REQUEST.read(row)
        yield f"{stem}-reponse.txt", ANSWER.read(row)
    except Unreadable:
        log.warning("failed call %s: sealed by a key that is gone", row.pk)
