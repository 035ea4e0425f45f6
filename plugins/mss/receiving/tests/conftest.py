"""A transmission that left, and mails that speak of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility
from dcc.contracts.errors import RetryLater
from dcc.documents.models import DocumentVersion
from dcc.exchange.models import Rendition, Transmission
from plugins.mss.models import InboundMail, Sending
from plugins.mss.receiving.keeping import Fetched, keep
from plugins.mss.receiving.polling import Poller
from plugins.mss.receiving.settling import settle
from plugins.mss.settings import in_force
from rcp_directory import api as directory

OURS = "dcc@region-a.mssante.fr"
THEIRS = "dr.durand@ps.mssante.fr"
SENDER = "rcp@region-b.mssante.fr"
_uids = count(1)


@dataclass(frozen=True)
class Left:
    """What left: its key, its Message-ID without brackets, where it went."""

    key: uuid.UUID
    address: str

    @property
    def message_id(self) -> str:
        return f"{self.key}@region-a.mssante.fr"

    @property
    def row(self) -> Transmission:
        return Transmission.objects.get(pk=self.key)


@pytest.fixture
def ours(settings: Settings) -> str:
    """The applicative mailbox is set."""
    settings.DCC_PLUGIN_SETTINGS = {
        **settings.DCC_PLUGIN_SETTINGS,
        "mss": {"imap_host": "127.0.0.1", "address": OURS, "name": "DCC"},
    }
    return OURS


@pytest.fixture
def receives(settings: Settings, facility: Facility, configuration: None) -> None:
    """Our box belongs to a structure, and another region is known by its box."""
    held = {"imap_host": "localhost", "address": OURS, "name": "DCC", "nil": "N-1", "facility": facility.finess}
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": held}
    know_the_sender()


def know_the_sender() -> None:
    network = directory.Named("5202", "LABAS", "Réseau de là-bas", False, SENDER)
    centre = directory.Named("520214", "3C LB", "Centre de là-bas")
    directory.record_rcp(national_id="2801184", denomination="Sarcomes", network=network, centre=centre)


@pytest.fixture
def left(frcp_id: uuid.UUID) -> Left:
    """An FRCP left for a physician."""
    return leave(frcp_id, THEIRS)


def leave(document_id: uuid.UUID, address: str) -> Left:
    """A transmission of a document that was sent to an address."""
    version = DocumentVersion.objects.get(document_id=document_id)
    now = timezone.now()
    number = Rendition.objects.filter(version=version).count() + 1
    frozen = {"reason": "transmission", "as_of": now, "snapshot": {}, "snapshot_sha256": "0" * 64}
    rendition = Rendition.objects.create(version=version, number=number, **frozen)
    row = Transmission.objects.create(
        document_id=document_id,
        rendition=rendition,
        channel="mss",
        recipient_kind="patient" if "@patient." in address else "ps",
        recipient_key=address,
        line=address[:64],
        address=address,
        state="envoyee",
        requested_at=now,
        changed_at=now,
    )
    one = Left(row.pk, address)
    Sending.objects.create(
        key=row.pk,
        document_id=document_id,
        address=address,
        domain=address.rpartition("@")[2],
        message_id=f"<{one.message_id}>",
        stage="accepte",
        at=now,
    )
    return one


def poll_until(kept: Callable[[], bool]) -> None:
    """Read the box of the settings until something is kept; Dovecot may not give yet a mail that it is being given."""
    limit = time.monotonic() + 60
    while not kept() and time.monotonic() < limit:
        with suppress(RetryLater):
            Poller(in_force()).once()
    assert kept()


def come(content: bytes, *, size: int | None = None) -> InboundMail:
    """A mail comes in and is settled."""
    fetched = Fetched(OURS, 7, next(_uids), len(content) if size is None else size, content, datetime.now(UTC))
    return settle(keep(fetched).pk)


def dsn(about: str, to: str, *, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 no") -> bytes:
    """A delivery report."""
    fields = f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}"
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.fr\nTo: {OURS}\nMessage-ID: <{uuid.uuid4()}@mx.fr>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nUn message.\n--B\n"
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.fr\nOriginal-Envelope-Id: {about}\n\n{fields}\n--B--\n"
    ).encode()


def mdn(about: str, to: str, *, sender: str = "", error: str = "", disposition: str = "processed") -> bytes:
    """A receipt, or a refusal in the form of 1.1.3."""
    modifier, line = ("/error", f"\nError: {error}^mots^applicationErrorCondition| E^Error^errorSeverity") if error else ("", "")
    return (
        f"Return-Path: <{sender or to}>\nFrom: {sender or to}\nTo: {OURS}\nMessage-ID: <{uuid.uuid4()}@mx.fr>\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=B\n\n--B\n\nUn message.\n--B\n"
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {to}\nOriginal-Message-ID: <{about}>\n"
        f"Disposition: automatic-action/MDN-sent-automatically; {disposition}{modifier}{line}\n--B--\n"
    ).encode()
