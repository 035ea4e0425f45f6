"""The poller against a real Dovecot: certificate, UIDs, what is filed, what stops nothing."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from imapclient.exceptions import IMAPClientError
from pytest_django import Settings

from dcc.contracts.errors import DeliveryError, NotConfigured, RetryLater
from plugins.mss.apps import MssSettings
from plugins.mss.models import InboundBox, InboundMail
from plugins.mss.receiving.box import Box, Unreadable
from plugins.mss.receiving.keeping import content_of, keep
from plugins.mss.receiving.polling import TRIES, Poller
from tests.mailservers import MailServers

OURS = "dcc@region-a.mssante.fr"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mss(mail_servers: MailServers, settings: Settings) -> MssSettings:
    """Our settings, on the real servers."""
    held: dict[str, Any] = {**mail_servers.settings(OURS), "imap_done_folder": "Releves", "poll_seconds": 2}
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": held}
    return MssSettings.from_mapping(held)


def plain(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@region-b.mssante.fr", OURS, subject
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Bonjour")
    return message


def test_a_mail_is_kept_then_filed(mail_servers: MailServers, mss: MssSettings) -> None:
    mail_servers.put(OURS, plain("un"))
    mail_servers.put(OURS, b"\xff\x00 rien de lisible\r\n")
    mail_servers.put(OURS, plain("deux"))
    assert Poller(mss).once() == 3
    rows = list(InboundMail.objects.order_by("id"))
    assert [row.state for row in rows] == ["fait", "quarantaine", "fait"]
    assert all(row.filed for row in rows)
    assert b"Subject: un" in content_of(rows[0])
    assert mail_servers.raw(OURS) == []
    assert list(mail_servers.folder(OURS).glob(".Releves/*/*S"))
    assert Poller(mss).once() == 0
    box = InboundBox.objects.get()
    assert (box.holder, box.last_uid, box.failure) == ("", rows[-1].uid, "")


def test_a_store_that_fails_loses_no_mail(mail_servers: MailServers, mss: MssSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    mail_servers.put(OURS, plain("un"))
    poller = Poller(mss)

    def fail(_fetched: object) -> InboundMail:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("plugins.mss.receiving.polling.keep", fail)
        for _ in range(TRIES + 2):
            with pytest.raises(OSError, match="disk full"):
                poller.once()
    assert poller.once() == 1
    assert b"Subject: un" in content_of(InboundMail.objects.get())


def test_a_mail_that_the_server_does_not_give_is_asked_for_again(
    mail_servers: MailServers, mss: MssSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_servers.put(OURS, plain("un"))
    poller = Poller(mss)

    def fail(_box: Box, _uid: int) -> None:
        raise Unreadable

    with monkeypatch.context() as patched:
        patched.setattr(Box, "fetch", fail)
        for _ in range(TRIES - 1):
            with pytest.raises(RetryLater):
                poller.once()
        assert not InboundMail.objects.exists()
        assert poller.once() == 1
    assert InboundMail.objects.get().reason == "lost"


def test_a_folder_that_takes_nothing_more_stops_no_reading(
    mail_servers: MailServers, mss: MssSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_servers.put(OURS, plain("un"))

    def refuse(_box: Box, _uid: int) -> None:
        raise IMAPClientError("OVERQUOTA")

    with monkeypatch.context() as patched:
        patched.setattr(Box, "file", refuse)
        assert Poller(mss).once() == 1
    row = InboundMail.objects.get()
    assert (row.state, row.filed) == ("fait", False)
    assert Poller(mss).once() == 0
    row.refresh_from_db()
    assert row.filed


def test_the_certificate_alone_opens_the_box(mail_servers: MailServers, mss: MssSettings) -> None:
    """SASL EXTERNAL, as operators have it for applicative mailboxes."""
    mail_servers.put(OURS, plain("un"))
    assert Poller(replace(mss, imap_password="")).once() == 1


def test_what_was_kept_before_a_crash_is_filed_and_not_kept_twice(mail_servers: MailServers, mss: MssSettings) -> None:
    mail_servers.put(OURS, plain("un"))
    Poller(mss)._take_turn()
    InboundBox.objects.update(holder="")
    box = Box(mss)
    try:
        InboundBox.objects.update(uidvalidity=box.uidvalidity)
        (uid,) = box.after(0)
        fetched = box.fetch(uid)
    finally:
        box.close()
    assert fetched is not None
    keep(fetched)
    assert Poller(mss).once() == 0
    assert InboundMail.objects.get().filed
    assert mail_servers.raw(OURS) == []


def test_one_reads_at_a_time(mail_servers: MailServers, mss: MssSettings) -> None:
    mail_servers.put(OURS, plain("un"))
    InboundBox.objects.create(address=OURS, holder="ailleurs", held_until=timezone.now() + timedelta(minutes=1))
    assert Poller(mss).once() == 0
    InboundBox.objects.update(held_until=timezone.now())
    assert Poller(mss).once() == 1


def test_a_mail_too_heavy_leaves_its_headers(mail_servers: MailServers, mss: MssSettings) -> None:
    heavy = plain("lourd")
    heavy.add_attachment(b"\x00" * 1_500_000, maintype="application", subtype="octet-stream")
    mail_servers.put(OURS, heavy)
    assert Poller(replace(mss, largest_mb=1)).once() == 1
    row = InboundMail.objects.get()
    assert (row.reason, row.size > 1_500_000, len(content_of(row)) < 2_000) == ("too_big", True, True)


@pytest.mark.parametrize("case", ["certificate", "foreign", "port"])
def test_who_may_not_read_says_why(mail_servers: MailServers, mss: MssSettings, case: str) -> None:
    cases: dict[str, dict[str, Any]] = {"port": {"imap_port": 1}, "certificate": {"certificate": "", "certificate_key": ""}}
    changes = cases.get(case, {})
    if case == "foreign":
        certificate, key = mail_servers.foreign_certificate()
        changes = {"certificate": str(certificate), "certificate_key": str(key)}
    with pytest.raises(DeliveryError) as refusal:
        Poller(replace(mss, **changes)).once()
    assert isinstance(refusal.value, NotConfigured) is (case != "port")
    assert refusal.value.reason


def test_it_runs_until_it_is_stopped(mail_servers: MailServers, mss: MssSettings) -> None:
    """A mail that comes while it waits is told by IDLE; a server that was away is found again."""
    poller = Poller(mss)

    def run() -> None:
        poller.run()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_for(lambda: InboundBox.objects.filter(read_at__isnull=False).exists())
        mail_servers.deliver(plain("plus tard"), sender="a@region-b.mssante.fr", to=[OURS])
        wait_for(lambda: InboundMail.objects.filter(filed=True).exists())
    finally:
        poller.stop()
        thread.join(60)
    assert not thread.is_alive()


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
