"""The transport « mss »: a package becomes a mail, the mail goes out once under its key, and the ledger can say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.capabilities import Absent, Found, Unknowable
from dcc.contracts.errors import DeliveryError, NotConfigured
from dcc.contracts.snapshots import Package, Receipt, Recipient
from plugins.mss.apps import MssSettings
from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of, for_wire
from plugins.mss.mail.composing import compose, message_id_of, wire_of
from plugins.mss.models import Sending
from plugins.mss.models.sending import Stage
from plugins.mss.sending.connection import Letter, Rejected, UnknownOutcome
from plugins.mss.sending.domains import check_domain
from plugins.mss.sending.pauses import guarded
from plugins.mss.sending.pool import Pool

pool = Pool()
"""The connections of this process."""


class MssTransport:
    """SMTP with the certificate of the applicative mailbox. ``settings`` gives those of now."""

    channel = "mss"

    def __init__(self, settings: Callable[[], MssSettings], connections: Pool = pool) -> None:
        self._settings = settings
        self._pool = connections

    def send(self, package: Package, recipient: Recipient, *, key: UUID, session: object | None = None) -> Receipt:
        """Send once under ``key``. Raises ``RetryLater``, ``Refused`` or ``NotConfigured``, with their cause."""
        settings = self._settings()
        if not settings.smtp_host:
            raise NotConfigured(_("Aucun serveur de messagerie sécurisée n'est réglé"), cause="not_configured")
        address = for_wire(recipient.address)
        check_domain(domain_of(address), settings.domains)
        row = _row(package, address, key, settings)
        if row.stage == Stage.ACCEPTED:
            return _receipt(row)
        message = compose(package, recipient, key=key, settings=settings, sent_at=row.at, former=_former(row))
        letter = Letter(for_wire(settings.address), address, wire_of(message, settings=settings, address=address), key.hex)
        return self._sent(settings, letter, row)

    def find(self, key: UUID) -> Found | Absent | Unknowable:
        """By the ledger: what the server accepted is found, what was being handed over is unknowable."""
        row = Sending.objects.filter(pk=key).first()
        if row is None or row.stage == Stage.NEW:
            return Absent()
        return Found(_receipt(row)) if row.stage == Stage.ACCEPTED else Unknowable()

    def _sent(self, settings: MssSettings, letter: Letter, row: Sending) -> Receipt:
        before = Stage(row.stage)

        def begin() -> None:
            _note(row, Stage.DATA, attempts=row.attempts + 1)

        try:
            with guarded(settings, row.domain):
                answer = self._pool.deliver(settings, letter, begin)
        except UnknownOutcome:
            raise
        except Rejected as rejected:  # this try left nothing: what an earlier one may have left, it still may
            _note(row, before, reply=str(rejected))
            raise rejected.error(patient=row.domain == PATIENT_DOMAIN) from None
        except DeliveryError as error:
            _note(row, before, reply=error.reason)
            raise
        _note(row, Stage.ACCEPTED, reply=answer)
        return _receipt(row)


def deliver_report(message: EmailMessage, *, settings: MssSettings, recipient: str, connections: Pool = pool) -> str:
    """Send a mail that is no transmission (MDN, report) from the empty address, so that nobody answers it. Gives the answer.

    Raises as :meth:`MssTransport.send`; ``RetryLater`` may mean that it left.
    """
    if not settings.smtp_host:
        raise NotConfigured(_("Aucun serveur de messagerie sécurisée n'est réglé"), cause="not_configured")
    address = for_wire(recipient)
    letter = Letter("", address, wire_of(message, settings=settings, address=address))
    try:
        with guarded(settings, domain_of(address)):
            return connections.deliver(settings, letter, lambda: None)
    except Rejected as rejected:
        raise rejected.error(patient=False) from None


def _row(package: Package, address: str, key: UUID, settings: MssSettings) -> Sending:
    """The line of the ledger."""
    row, _made = Sending.objects.get_or_create(
        pk=key,
        defaults={
            "document_id": package.snapshot.document_id,
            "address": address,
            "domain": domain_of(address),
            "message_id": message_id_of(key, settings),
            "at": timezone.now(),
        },
    )
    if row.address != address:  # redirected: nothing was sent there yet
        row.address, row.domain, row.stage, row.at = address, domain_of(address), Stage.NEW, timezone.now()
        row.save(update_fields=["address", "domain", "stage", "at", "changed_at"])
    return row


def _former(row: Sending) -> str:
    earlier = Sending.objects.filter(document_id=row.document_id, address=row.address, stage=Stage.ACCEPTED, at__lt=row.at)
    return earlier.order_by("-at").values_list("message_id", flat=True).first() or ""


def _note(row: Sending, stage: Stage, *, reply: str = "", attempts: int | None = None) -> None:
    """Written at once, outside any transaction of the caller: it must outlive what happens next."""
    row.stage, row.reply = stage, reply[:300]
    row.attempts = row.attempts if attempts is None else attempts
    row.save(update_fields=["stage", "reply", "attempts", "changed_at"])


def _receipt(row: Sending) -> Receipt:
    at: datetime = row.changed_at
    return Receipt(reference=row.message_id, at=at, detail={"reply": row.reply})
