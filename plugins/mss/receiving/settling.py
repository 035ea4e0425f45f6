"""What is done with a mail that was kept: once, and again without a second effect when the process dies in between.

Reports and documents are told to the core first, in its own transactions, where a repetition changes nothing; then state, journal
and what the sender is to be told are written in one transaction. A bug leaves the mail *en panne*, and the next ones untouched.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.errors import RetryLater
from dcc.events import api as events
from dcc.security.api import frames_of, scrub
from plugins.mss.models import InboundMail
from plugins.mss.models.inbound import Answer, InboundState
from plugins.mss.receiving.answering import AnswerDue, wants_answer
from plugins.mss.receiving.documents import take_documents
from plugins.mss.receiving.following import follow, sending_of
from plugins.mss.receiving.keeping import content_of
from plugins.mss.receiving.outcomes import Outcome, done, quarantine
from plugins.mss.receiving.reading import Kind, Reading, read

log = logging.getLogger("dcc.mss.receiving")
TRIES = 20
"""Times that a document for which the platform is not ready is tried again, a minute apart, before somebody is asked."""
LEFT = timedelta(minutes=2)
"""After this time a mail that is still *reçu* was left by a dead process."""
BATCH = 500
_DONE_BY: dict[Kind, str] = {Kind.AUTOMATIC: "automatic"}
_LOOKED_AT: dict[Kind, str] = {Kind.PATIENT: "patient", Kind.OTHER: "other"}


def settle(mail_id: int) -> InboundMail:
    """Do what a kept mail asks for, unless that was done."""
    row = InboundMail.objects.get(pk=mail_id)
    if row.state in (InboundState.DONE, InboundState.SET_ASIDE):
        return row
    reading: Reading | None = None
    try:
        reading = _reading(row)
        outcome = _outcome(row, reading)
    except RetryLater as later:
        tried = row.attempts + 1 >= TRIES
        outcome = quarantine("later", later.reason) if tried else Outcome(InboundState.RECEIVED, findings=(later.reason,))
    except (OperationalError, InterfaceError):
        raise  # the database is away: the mail stays as it is, and is taken up again
    except Exception as error:  # noqa: BLE001  (a bug must leave the mail, and the next ones, to be dealt with)
        log.error("mail %s: %s, by way of %s", row.pk, scrub(error), " ".join(frames_of(error)))
        outcome = Outcome(
            InboundState.CRASHED, findings=(_("Panne de la plateforme : le message est gardé, il peut être rejoué"),)
        )
    return _written(mail_id, reading, outcome)


def settle_open() -> None:
    """Take up, in their order, the mails that a dead process left, and those for which the platform was not ready."""
    left = InboundMail.objects.filter(state=InboundState.RECEIVED, received_at__lt=timezone.now() - LEFT)
    for mail_id in list(left.order_by("id").values_list("pk", flat=True)[:BATCH]):
        settle(mail_id)


def _reading(row: InboundMail) -> Reading:
    """Read the mail, and write down what it is: who looks at a mail that crashed wants to know."""
    reading = read(content_of(row))
    row.message_id, row.sender, row.recipient = reading.message_id[:255], reading.sender[:320], reading.recipient[:320]
    row.kind = reading.kind.value
    row.content_digest = _digest(reading)
    row.save(update_fields=["message_id", "sender", "recipient", "kind", "content_digest"])
    return reading


def _outcome(row: InboundMail, reading: Reading) -> Outcome:
    if not row.storage_name:
        return quarantine("lost")
    if row.size > len(content_of(row)):
        return quarantine("too_big")
    if reading.kind is Kind.DOCUMENTS:
        return _repetition(row) or take_documents(row, reading)
    if reading.reports:
        return follow(reading, row.received_at)
    if reading.kind in _DONE_BY:
        return done(_DONE_BY[reading.kind])
    return quarantine(_LOOKED_AT[reading.kind], about=_about(reading))


def _repetition(row: InboundMail) -> Outcome | None:
    """Of a mail that came before under this name from this sender: the same files once more, or others."""
    if not row.message_id or not row.sender:
        return None
    former = InboundMail.objects.filter(message_id=row.message_id, sender=row.sender, kind=row.kind, pk__lt=row.pk)
    same = former.filter(content_digest=row.content_digest, state=InboundState.DONE).first()
    if same is not None:
        return done("repeated", document_id=same.document_id)
    other = former.exclude(content_digest="").exclude(content_digest=row.content_digest).exists()
    return quarantine("other_content") if other else None


def _digest(reading: Reading) -> str:
    whole = hashlib.sha256()
    for archive in reading.archives:
        whole.update(hashlib.sha256(archive.content).digest())
    return whole.hexdigest() if reading.archives else ""


def _about(reading: Reading) -> uuid.UUID | None:
    sending = sending_of(reading.in_reply_to)
    return sending.key if sending else None


def _told(row: InboundMail, error: str) -> bool:
    """Whether the same mail came before and was answered so: it may be held back here, and has its answer."""
    same = InboundMail.objects.filter(message_id=row.message_id, sender=row.sender, content_digest=row.content_digest)
    return same.filter(error=error, pk__lt=row.pk).exclude(answer=Answer.NONE).exists()


@transaction.atomic
def _written(mail_id: int, reading: Reading | None, outcome: Outcome) -> InboundMail:
    row = InboundMail.objects.select_for_update().get(pk=mail_id)
    if row.state in (InboundState.DONE, InboundState.SET_ASIDE):
        return row
    row.attempts += 1
    row.state, row.outcome, row.reason = outcome.state, outcome.outcome, outcome.reason
    row.findings = [*(reading.findings if reading else ()), *outcome.findings][:20]
    row.about, row.document_id = outcome.about, outcome.document_id
    row.settled_at = None if outcome.state == InboundState.RECEIVED else timezone.now()
    if outcome.tell and reading is not None:
        _due(row, reading, outcome.error)
    row.save()
    if outcome.state != InboundState.RECEIVED:
        action = "mss.taken" if row.state == InboundState.DONE else "mss.kept_back"
        what = row.outcome or row.reason
        audit.record(actor=None, action=action, subject=f"inbound:{row.pk}", kind=row.kind, outcome=what, error=row.error)
    return row


def _due(row: InboundMail, reading: Reading, error: str) -> None:
    wanted, why_not = wants_answer(reading, error)
    if not wanted:
        row.findings = [*row.findings, *([why_not] if why_not else [])]
        return
    if (row.answer and row.error == error) or _told(row, error):
        return  # told, or about to be
    row.answer, row.error = Answer.DUE, error
    events.publish(AnswerDue(mail_id=row.pk, attempt=row.attempts))
