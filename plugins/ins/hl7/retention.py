"""How long a message is kept whole: what is done is forgotten after a while, what waits for somebody is not (decision 0261)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from plugins.ins.models import FlowMessage
from plugins.ins.models.hl7 import FlowState

BATCH = 5_000


def forget_contents() -> None:
    """Empty the content of messages settled longer ago than ``DCC_FLOW_RETENTION_DAYS``; digest, envelope and outcome stay."""
    limit = timezone.now() - timedelta(days=settings.DCC_FLOW_RETENTION_DAYS)
    over = FlowMessage.objects.filter(
        state__in=[FlowState.DONE, FlowState.SET_ASIDE], content__isnull=False, received_at__lt=limit, settled_at__lt=limit
    )
    FlowMessage.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:BATCH])).update(content=None)
