"""The operator of the demonstration: whom it lets in, what each box does, and how the box of the platform is relieved."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from lxml import etree

from plugins.sandbox.management.commands.sandbox_mss import Command
from plugins.sandbox.mss.people import people
from plugins.sandbox.mss.service import NAMESPACE, Service, prepare, served

OURS = people().ours


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mss")


@pytest.fixture
def operator(folder: Path) -> Iterator[Service]:
    with served(folder) as service:
        for name in service.operator.boxes.folders(OURS):
            for uid in service.operator.boxes.uids(OURS, name):
                service.operator.boxes._file(OURS, name, uid).unlink()
        yield service
    for report in threading.enumerate():
        if isinstance(report, threading.Timer):  # one that nobody waited for, which would come into the box of the next test
            report.join()


def _context(folder: Path, *, known: bool = True) -> ssl.SSLContext:
    held = prepare(folder)
    context = ssl.create_default_context(cafile=str(held.authority))
    if known:
        context.load_cert_chain(held.certificate("dcc"), held.key("dcc"))
    return context


def _send(service: Service, folder: Path, to: str, *, known: bool = True) -> None:
    message = EmailMessage()
    message["Subject"], message["Message-ID"] = "XDM/1.0/DDM+Essai", "<1@essai>"
    message["Disposition-Notification-To"] = OURS
    message.set_content("Bonjour")
    with contextlib.closing(smtplib.SMTP("localhost", service.smtp_port, timeout=30)) as client:
        client.starttls(context=_context(folder, known=known))
        client.send_message(message, OURS, [to], ["ENVID=cle"], ["NOTIFY=SUCCESS,FAILURE"])


def _reports(service: Service, count: int) -> list[str]:
    boxes, limit = service.operator.boxes, time.monotonic() + 30
    while len(boxes.uids(OURS)) < count and time.monotonic() < limit:
        time.sleep(0.01)
    parsed = [message_from_bytes(boxes.read(OURS, uid), policy=policy.default) for uid in boxes.uids(OURS)]
    return sorted(str(part) for each in parsed for part in each.iter_parts() if part.get_content_maintype() == "message")


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("h.durand@cabinet.demo.mssante.fr", ["Action: delivered", "sent-automatically; processed\n"]),
        ("l.nguyen@hopital.demo.mssante.fr", ["Action: delivered"]),
        ("m.rousseau@hopital.demo.mssante.fr", ["Action: delivered", "Error: 902^"]),
        ("279035121518989@patient.mssante.fr", ["Action: delivered", "displayed"]),
        ("277076322082910@patient.mssante.fr", ["Action: failed"]),
    ],
)
def test_what_comes_back(to: str, told: list[str], operator: Service, folder: Path) -> None:
    _send(operator, folder, to)
    reports = _reports(operator, len(told))
    assert len(reports) == len(told)
    assert [words in report for words, report in zip(told, reports, strict=True)] == [True] * len(told)
    assert all("<1@essai>" in report or "Original-Envelope-Id: cle" in report for report in reports)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("c.petit@cabinet.demo.mssante.fr", "552"),
        ("i.garnier@hopital.demo.mssante.fr", "550"),
        ("nadia@exemple.fr", "554"),
    ],
)
def test_what_is_refused(to: str, code: str, operator: Service, folder: Path) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match=code):
        _send(operator, folder, to)


def test_a_box_that_puts_off_takes_the_mail_the_next_time(operator: Service, folder: Path) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
        _send(operator, folder, "b.bernard@hopital.demo.mssante.fr")
    _send(operator, folder, "b.bernard@hopital.demo.mssante.fr")


def test_nobody_without_a_certificate(operator: Service, folder: Path) -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(operator, folder, OURS, known=False)
    with IMAPClient("localhost", operator.imap_port, ssl=False) as client:
        with pytest.raises(IMAPClientError, match="Commande"):
            client.login(OURS, "x")
        with pytest.raises((OSError, IMAPClientError)):  # TLS 1.3: the refusal may come with the first answer
            client.starttls(_context(folder, known=False))


def test_the_box_is_relieved(operator: Service, folder: Path) -> None:
    for number in range(3):
        operator.operator.boxes.add(OURS, f"Subject: {number}\r\n\r\nBonjour\r\n".encode())
    with IMAPClient("localhost", operator.imap_port, ssl=False, timeout=30) as client:
        client.starttls(_context(folder))
        with pytest.raises(LoginError, match="certificat"):
            client.sasl_login("EXTERNAL", lambda _: b"autre@demo.mssante.fr")
        client.sasl_login("EXTERNAL", lambda _: b"")
        assert client.select_folder("INBOX")[b"EXISTS"] == 3
        first, *rest = client.search(["UID", "1:*"])
        assert client.fetch([first], [b"RFC822.SIZE", b"BODY.PEEK[]"])[first][b"BODY[]"].startswith(b"Subject: 0")
        assert client.fetch([first], [b"BODY.PEEK[HEADER]"])[first][b"BODY[HEADER]"] == b"Subject: 0\r\n\r\n"
        client.add_flags([first], [rb"\Seen"], silent=True)
        assert client.search(["UNSEEN"]) == rest
        client.create_folder("Traités")
        client.move([first], "Traités")
        assert client.search(["ALL"]) == rest
        client.idle()
        operator.operator.boxes.add(OURS, b"Subject: neuf\r\n\r\n")
        assert client.idle_check(timeout=30)
        client.idle_done()
        with pytest.raises(IMAPClientError, match="Commande"):
            client.expunge()


def test_the_allowed_domains_are_those_it_knows(folder: Path) -> None:
    prepare(folder)
    found = etree.parse(folder / "liste-blanche.xml").findall(f".//{{{NAMESPACE}}}Nom")
    assert [name.text for name in found] == list(people().domains)


def test_it_is_for_the_demonstration_only() -> None:
    with pytest.raises(CommandError, match="démonstration"):
        call_command(Command())
