"""What a sender is told of the documents he sent: a receipt, or the refusal with its code; once, and never about a report.

Forms of the volet « courriel MSSanté » 1.1.3 (mss_hl7.md §5). The answer is due in the transaction that says what became of the
mail, and leaves by the outbox; its Message-ID is made of the mail's, so that one sent twice around a crash is known as one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.event import Context, Event
from dcc.contracts.untrusted import MEGABYTE
from plugins.mss.models import InboundMail
from plugins.mss.models.inbound import Answer
from plugins.mss.receiving.keeping import content_of
from plugins.mss.receiving.reading import Kind, Reading, read
from plugins.mss.receiving.receipts import Answering, compose_answer
from plugins.mss.sending.transport import deliver_report
from plugins.mss.settings import in_force

_NAMES = uuid.UUID("5f0f3a52-8a55-4b0f-9d0c-3a5d1d6f7c11")


@dataclass(frozen=True, slots=True)
class AnswerDue(Event):
    """A sender is to be told what became of his mail; ``attempt`` parts what is told after somebody let it be tried again."""

    name: ClassVar[str] = "mss.answer_due"
    mail_id: int
    attempt: int

    @property
    def subject(self) -> str:
        return f"inbound:{self.mail_id}"


def wants_answer(reading: Reading, error: str) -> tuple[bool, str]:
    """Whether a sender is told by himself, and what is written down where he asked for it and is not.

    A receipt goes only where the transport says that the mail came from (RFC 8098 §2.1: never automatically elsewhere). A refusal
    is told without having been asked for.
    """
    if reading.kind is not Kind.DOCUMENTS or not reading.message_id:
        return False, ""
    if not reading.answer_to:
        return bool(error) and reading.sender == reading.return_path, ""
    if list(reading.answer_to) == [reading.return_path]:
        return True, ""
    return False, _("Accusé demandé pour une autre adresse que celle d'où vient le message : non envoyé")


def answer(event: AnswerDue, _context: Context) -> None:
    """Handler: send what is due, unless it left. Raises what the transport raises (the outbox tries again)."""
    row = InboundMail.objects.get(pk=event.mail_id)
    if row.answer != Answer.DUE:
        return
    message, recipient = answer_of(row, at=timezone.now())
    deliver_report(message, settings=in_force(), recipient=recipient)
    with transaction.atomic():
        row = InboundMail.objects.select_for_update().get(pk=event.mail_id)
        row.answer, row.answered_at = Answer.SENT, timezone.now()
        row.save(update_fields=["answer", "answered_at"])
        audit.record(actor=None, action="mss.answered", subject=f"inbound:{row.pk}", error=row.error)


def answer_of(row: InboundMail, *, at: datetime) -> tuple[EmailMessage, str]:
    """The answer to a kept mail, and where it goes. ``LookupError`` without its bytes, which are kept while an answer is due."""
    content = content_of(row)
    if not content:
        raise LookupError(row.pk)
    settings = in_force()
    name = uuid.uuid5(_NAMES, f"{row.mailbox}|{row.message_id}|{row.content_digest}|{row.error}")
    answering = Answering(
        address=settings.address,
        name=settings.name,
        product="OncoDCC",
        nil=settings.nil,
        message_id=f"<{name}@{settings.address.rpartition('@')[2]}>",
        at=at,
        largest=settings.largest_mb * MEGABYTE,
    )
    reading = read(content)
    return compose_answer(content, reading, row.error, answering), reading.return_path
