"""What a process leaves that dies between two steps: nothing is lost, nothing has a second effect."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility
from dcc.contracts.errors import RetryLater
from dcc.contracts.event import Context
from dcc.documents.models import Document
from dcc.events import api as events
from dcc.exchange.models import TransmissionStep
from plugins.mss.models import InboundMail
from plugins.mss.receiving import settling
from plugins.mss.receiving.answering import AnswerDue, answer, answer_of
from plugins.mss.receiving.settling import TRIES, settle, settle_open
from plugins.mss.receiving.tests.conftest import OURS, SENDER, THEIRS, Left, come, dsn, know_the_sender, leave, poll_until
from plugins.mss.receiving.tests.mutations import validated, with_envelope
from tests.mailservers import MailServers


def forgets(row: InboundMail) -> None:
    """As if the process had died before it wrote what became of the mail."""
    InboundMail.objects.filter(pk=row.pk).update(
        state="recu", answer="", error="", received_at=timezone.now() - timedelta(hours=1)
    )


@pytest.mark.usefixtures("receives")
def test_a_document_that_was_taken_before_a_crash_is_taken_once() -> None:
    row = come(with_envelope(validated()))
    forgets(row)
    settle_open()
    again = InboundMail.objects.get(pk=row.pk)
    assert (again.outcome, again.document_id, again.answer) == ("integrated", row.document_id, "due")
    assert Document.objects.count() == 1


@pytest.mark.usefixtures("ours")
def test_a_report_that_was_told_before_a_crash_is_told_once(left: Left) -> None:
    forgets(come(dsn(str(left.key), THEIRS)))
    steps = TransmissionStep.objects.filter(transmission_id=left.key).count()
    settle_open()
    assert InboundMail.objects.get().outcome == "repeated"
    assert TransmissionStep.objects.filter(transmission_id=left.key).count() == steps


@pytest.mark.usefixtures("ours", "db")
def test_a_database_that_is_away_leaves_the_mail_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("connexion perdue")

    row = come(b"From: a@b.fr\n\nBonjour")
    forgets(row)
    monkeypatch.setattr(settling, "_outcome", away)
    with pytest.raises(OperationalError):
        settle(row.pk)
    row.refresh_from_db()
    assert row.state == "recu"


@pytest.mark.usefixtures("ours", "db")
def test_a_bug_leaves_one_mail_and_the_next_ones_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(settling, "_outcome", bug)
    row = come(b"From: a@b.fr\n\nBonjour")
    assert (row.state, row.kind, row.sender) == ("panne", "autre", "a@b.fr")
    monkeypatch.undo()
    assert settle(row.pk).reason == "other"


@pytest.mark.usefixtures("ours", "db")
def test_a_platform_that_is_not_ready_is_asked_again_then_somebody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def later(*_args: object) -> None:
        raise RetryLater("Pas maintenant")

    monkeypatch.setattr(settling, "_outcome", later)
    row = come(b"From: a@b.fr\n\nBonjour")
    assert (row.state, row.settled_at) == ("recu", None)
    InboundMail.objects.update(attempts=TRIES - 1)
    assert settle(row.pk).reason == "later"


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_left_before_a_crash_is_known_as_one(
    mail_servers: MailServers, settings: Settings, facility: Facility, configuration: None
) -> None:
    held = mail_servers.settings(OURS, facility=facility.finess)
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": held}
    know_the_sender()
    row = come(with_envelope(validated()))
    events.drain()
    InboundMail.objects.update(answer="due")
    due = AnswerDue(mail_id=row.pk, attempt=1)
    for attempt in (2, 3):
        answer(due, Context(uuid.uuid4(), attempt, timezone.now()))
    told = mail_servers.wait_for(SENDER, 2)
    assert len(told) == 2
    assert {message["Message-ID"] for message in told} == {answer_of(row, at=timezone.now())[0]["Message-ID"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "state", "cause"),
    [
        ("ferme@region-b.mssante.fr", "echec", "unknown_box"),
        ("dr.durand@cabinet.mssante.fr", "remise", ""),
        ("rcp@region-b.mssante.fr", "remise", ""),
    ],
)
def test_what_postfix_reports_reaches_the_follow_up(
    mail_servers: MailServers, settings: Settings, frcp_id: uuid.UUID, address: str, state: str, cause: str
) -> None:
    """A real DSN, asked for as the transport does, comes back into our box."""
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": mail_servers.settings(OURS)}
    left = leave(frcp_id, address)
    mail = f"From: {OURS}\r\nTo: {address}\r\nMessage-ID: <{left.message_id}>\r\nSubject: XDM\r\n\r\nBonjour\r\n".encode()
    mail_servers.deliver(mail, sender=OURS, to=[address], notify="SUCCESS,FAILURE", envelope_id=left.key.hex)
    poll_until(InboundMail.objects.filter(about=left.key).exists)
    assert InboundMail.objects.get(about=left.key).outcome == "reported"
    assert (left.row.state, left.row.cause) == (state, cause)
