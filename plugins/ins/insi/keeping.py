"""Answers of INSi are kept as they came, with their date, and found again for the same question."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from plugins.ins.insi.envelope import Question
from plugins.ins.insi.transport import Endpoint, Reply
from plugins.ins.models import InsiAnswer
from plugins.ins.models.insi import Outcome

__all__ = ["InsiAnswer", "Outcome", "content_of", "keep", "purge", "recent"]


def digest_of(endpoint: Endpoint, question: Question) -> str:
    """A keyed digest: who reads the table learns nobody's traits from it, not even by trying them all."""
    return salted_hmac("ins.insi.question", "\0".join((endpoint.url, *question.facts())), algorithm="sha256").hexdigest()


def keep(
    endpoint: Endpoint,
    question: Question,
    reply: Reply | None,
    *,
    asked_at: datetime,
    outcome: Outcome,
    code: str = "",
    automatic: bool = False,
) -> InsiAnswer:
    """Keep a call and what came back; no reply when nothing did."""
    row = InsiAnswer(
        asked_at=asked_at,
        answered_at=timezone.now(),
        endpoint=endpoint.url[:200],
        operation=question.operation,
        digest=digest_of(endpoint, question),
        automatic=automatic,
        outcome=outcome,
        code=code,
        http_status=reply.status if reply else None,
        content_type=reply.content_type if reply else "",
    )
    if reply:
        content = InsiAnswer._meta.get_field("content")
        content.put(row, reply.content)
    row.save(force_insert=True)
    return row


def content_of(row: InsiAnswer) -> bytes:
    """What came back, byte for byte; empty when nothing did. Raises ``accounts.Unreadable``."""
    content = InsiAnswer._meta.get_field("content")
    found: bytes = content.read(row) if row.content else b""
    return found


def recent(endpoint: Endpoint, question: Question, *, hours: int) -> InsiAnswer | None:
    """The last answer to the same question that is not older than ``hours``; faults and refused answers are none."""
    since = timezone.now() - timedelta(hours=hours)
    rows = InsiAnswer.objects.filter(digest=digest_of(endpoint, question), outcome=Outcome.ANSWERED, answered_at__gt=since)
    return rows.order_by("-answered_at").first()


def purge(*, days: int) -> int:
    """Remove answers older than ``days``; how many."""
    return InsiAnswer.objects.filter(answered_at__lt=timezone.now() - timedelta(days=days)).delete()[0]
