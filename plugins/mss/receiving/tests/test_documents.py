"""Mails that bring documents: handed to the core, told to their sender once, held back with a reason for want of a route."""

from __future__ import annotations

import random
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility
from dcc.documents.models import Document
from dcc.events import api as events
from plugins.mss.mail.composing import wire_of
from plugins.mss.models import InboundMail
from plugins.mss.receiving.answering import answer_of
from plugins.mss.receiving.outcomes import ERRORS
from plugins.mss.receiving.reading import read
from plugins.mss.receiving.settling import settle
from plugins.mss.receiving.tests.conftest import OURS, SENDER, come, know_the_sender, poll_until
from plugins.mss.receiving.tests.mutations import ARCHIVES, official, validated, with_envelope
from plugins.mss.settings import in_force
from tests.mailservers import MailServers

BARE = with_envelope(validated()).replace(f"Disposition-Notification-To: {SENDER}\n".encode(), b"")


def answered(row: InboundMail) -> EmailMessage:
    message, _to = answer_of(row, at=timezone.now())
    parsed = BytesParser(policy=policy.default).parsebytes(message.as_bytes())
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.mark.usefixtures("receives")
def test_a_document_is_received_once_and_told_once() -> None:
    row = come(with_envelope(validated()))
    assert (row.state, row.outcome, row.error, row.answer) == ("fait", "integrated", "", "due")
    assert Document.objects.get().pk == row.document_id
    again = come(with_envelope(validated(), more="Received: from elsewhere\n"))
    assert (again.state, again.outcome, again.document_id, again.answer) == ("fait", "repeated", row.document_id, "")
    other_name = come(with_envelope(validated(), message_id="b@region-b.mssante.fr"))
    assert (other_name.outcome, other_name.document_id, other_name.answer) == ("integrated", row.document_id, "due")
    assert Document.objects.count() == 1


@pytest.mark.usefixtures("receives")
def test_the_receipt_is_that_of_the_published_example() -> None:
    told = answered(come(with_envelope(validated())))
    assert told.get_content_type() == "multipart/report"
    assert told["Disposition-Notification-To"] is None
    assert (told["To"], told["In-Reply-To"]) == (SENDER, "<a@region-b.mssante.fr>")
    assert [part.get_content_type() for part in told.iter_parts()] == [
        "text/plain",
        "message/disposition-notification",
        "message/rfc822",
    ]
    (report,) = read(told.as_bytes()).reports
    assert (report.state, report.about[0], report.recipients) == ("lue", "a@region-b.mssante.fr", [OURS])
    assert read(told.as_bytes()).kind == "mdn"


@pytest.mark.usefixtures("receives")
@pytest.mark.parametrize("asked", [True, False])
def test_a_refusal_is_told_in_the_published_form(asked: bool) -> None:
    archive = ARCHIVES["empreinte"](random.Random(1))  # noqa: S311  (a fixed seed)
    mail = with_envelope(archive)
    row = come(mail if asked else mail.replace(f"Disposition-Notification-To: {SENDER}\n".encode(), b""))
    assert (row.state, row.reason, row.error, row.answer) == ("quarantaine", "bad_envelope", "906", "due")
    told = answered(row)
    assert str(told["Subject"]).startswith("[KO Intégration système !][906] XDM/1.0/DDM+CR")
    (report,) = read(told.as_bytes()).reports
    assert (report.kind, report.state, report.cause) == ("mdn" if asked else "ko", "echec", "integration")
    assert "a@region-b.mssante.fr" in report.about


@pytest.mark.usefixtures("receives")
def test_what_the_core_refuses_is_told_and_needs_nobody() -> None:
    row = come(with_envelope(official()))
    assert (row.state, row.outcome, row.error, row.answer, len(row.findings)) == ("fait", "refused", "906", "due", 1)


@pytest.mark.usefixtures("receives")
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("error", ["", *ERRORS])
def test_every_answer_goes_through_a_server_that_takes_ascii_only(error: str, asked: bool) -> None:
    row = come(with_envelope(validated()) if asked else BARE)
    row.error = error
    message, to = answer_of(row, at=timezone.now())
    wire = wire_of(message, settings=in_force(), address=to)
    assert wire.isascii()
    assert error == next((report.words for report in read(wire).reports if report.state == "echec"), "")


@pytest.mark.usefixtures("receives")
def test_a_refusal_is_told_once_however_often_the_mail_comes() -> None:
    mail = with_envelope(ARCHIVES["empreinte"](random.Random(1)))  # noqa: S311  (a fixed seed)
    row, again = come(mail), come(mail.replace(b"\n", b"\nReceived: from elsewhere\n", 1))
    assert (row.reason, row.answer, again.reason, again.answer) == ("bad_envelope", "due", "bad_envelope", "")


SILENT: list[tuple[bytes, bytes]] = [
    (b"Return-Path: <rcp@region-b.mssante.fr>", b"Return-Path: <autre@region-b.mssante.fr>"),
    (b"Return-Path: <rcp@region-b.mssante.fr>", b"Return-Path: <>"),
    (b"Disposition-Notification-To: rcp@region-b.mssante.fr", b"Disposition-Notification-To: a@b.fr, rcp@region-b.mssante.fr"),
]


@pytest.mark.usefixtures("receives")
@pytest.mark.parametrize(("said", "instead"), SILENT)
def test_a_receipt_for_somebody_else_does_not_leave(said: bytes, instead: bytes) -> None:
    row = come(with_envelope(validated()).replace(said, instead))
    assert (row.state, row.answer) == ("fait", "")
    assert [finding for finding in row.findings if finding.startswith("Accusé demandé")]


@pytest.mark.usefixtures("receives")
def test_what_nobody_asked_a_receipt_for_has_none() -> None:
    row = come(BARE)
    assert (row.outcome, row.answer, row.findings) == ("integrated", "", ["Document reçu"])


@pytest.mark.usefixtures("receives")
def test_a_name_that_is_taken_is_held_back() -> None:
    come(with_envelope(validated()))
    assert come(with_envelope(b"PK\x03\x04autre")).reason == "other_content"


def test_a_box_without_structure_waits_and_is_played_again(receives: None, settings: Settings, facility: Facility) -> None:
    mss: dict[str, Any] = settings.DCC_PLUGIN_SETTINGS["mss"]
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": {**mss, "facility": ""}}
    row = come(with_envelope(validated()))
    assert (row.reason, row.answer) == ("not_configured", "")
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": mss}
    assert settle(row.pk).outcome == "integrated"


def test_an_unknown_sender_is_told_nothing_until_he_is_known(
    ours: str, settings: Settings, facility: Facility, configuration: None
) -> None:
    held = {"imap_host": "localhost", "address": OURS, "facility": facility.finess}
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": held}
    row = come(with_envelope(validated()))
    assert (row.state, row.reason, row.answer) == ("quarantaine", "unknown_sender", "")
    know_the_sender()
    again = settle(row.pk)
    assert (again.outcome, again.answer, again.attempts) == ("integrated", "due", 2)


@pytest.mark.usefixtures("receives")
def test_two_envelopes_are_two_patients() -> None:
    twice = with_envelope(validated()).replace(
        b"--B--", b"--B\nContent-Type: application/zip; name=IHE_XDM.zip\n\nPK\x03\x04\n--B--"
    )
    assert come(twice).reason == "several_envelopes"


@pytest.mark.django_db(transaction=True)
def test_from_one_region_to_the_other_over_real_servers(
    mail_servers: MailServers, settings: Settings, facility: Facility, configuration: None
) -> None:
    """Delivered by Postfix, read by IMAP, integrated, the receipt delivered to whom sent it."""
    held = mail_servers.settings(OURS, facility=facility.finess)
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": held}
    know_the_sender()
    mail = with_envelope(validated()).partition(b"\n")[2]
    mail_servers.deliver(mail.replace(b"\n", b"\r\n"), sender=SENDER, to=[OURS])
    mail_servers.wait_for(OURS)
    poll_until(InboundMail.objects.exists)
    assert InboundMail.objects.get().outcome == "integrated"
    events.drain()
    events.drain()
    (told,) = mail_servers.wait_for(SENDER)
    (report,) = read(told.as_bytes()).reports
    assert (report.state, report.about[0], InboundMail.objects.get().answer) == ("lue", "a@region-b.mssante.fr", "envoyee")
