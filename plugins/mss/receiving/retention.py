"""How long a mail is kept: its bytes until it is settled and ``keep_days`` more, its line a year longer (decision 0299)."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import storages
from django.utils import timezone

from plugins.mss.models import InboundMail
from plugins.mss.models.inbound import OVER, Answer
from plugins.mss.settings import in_force

BATCH = 500
LINES = timedelta(days=366)
"""As the traces of operation; far longer than anybody sends the same mail again."""


def forget_contents() -> None:
    """Drop the bytes of what is over for long enough and has no answer due; a year later, its line."""
    limit = timezone.now() - timedelta(days=in_force().keep_days)
    over = InboundMail.objects.filter(state__in=OVER, settled_at__lt=limit).exclude(answer=Answer.DUE)
    for row in over.exclude(storage_name="").order_by("settled_at")[:BATCH]:
        storages["artifacts"].delete(row.storage_name)
        InboundMail.objects.filter(pk=row.pk).update(storage_name="")
    former = over.filter(settled_at__lt=limit - LINES, storage_name="").values_list("pk", flat=True)[:BATCH]
    InboundMail.objects.filter(pk__in=list(former)).delete()
