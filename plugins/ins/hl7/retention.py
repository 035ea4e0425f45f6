"""How long a message is kept whole: what is done is forgotten after a while, what waits for somebody is not (decision 0261)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from plugins.ins.models import FlowMessage
from plugins.ins.models.hl7 import FlowState

BATCH = 5_000
ENVELOPES = timedelta(days=366)
"""How long the envelope of a settled message is kept: as the traces of operation, and far longer than a sender repeats itself."""


def forget_contents() -> None:
    """Empty the content of messages settled longer ago than ``DCC_FLOW_RETENTION_DAYS``; a year later, forget their envelope."""
    limit = timezone.now() - timedelta(days=settings.DCC_FLOW_RETENTION_DAYS)
    over = _settled_before(limit).filter(content__isnull=False)
    FlowMessage.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:BATCH])).update(content=None)
    former = _settled_before(limit - ENVELOPES).filter(content__isnull=True)
    FlowMessage.objects.filter(pk__in=list(former.values_list("pk", flat=True)[:BATCH])).delete()


def _settled_before(limit: datetime) -> QuerySet[FlowMessage]:
    return FlowMessage.objects.filter(
        state__in=[FlowState.DONE, FlowState.SET_ASIDE], received_at__lt=limit, settled_at__lt=limit
    ).order_by("received_at")
