"""Whatever stops a sending half way: nothing is lost, nothing is doubled that could be known, each line says where it stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.capabilities import ConformanceCheck
from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.snapshots import Artifact, Finding
from dcc.documents import api as documents
from dcc.events.api import drain, hasten
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission, TransmissionStep
from dcc.exchange.rechecks import check_waiting
from dcc.exchange.rendering import get_or_render
from dcc.exchange.transmissions import sending
from dcc.exchange.transmissions.follow_up import STATES, State
from dcc.exchange.transmissions.releasing import release_waiting
from dcc.exchange.transmissions.steps import SUBSCRIPTION, Step, lock, take
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.exchange.transmissions.tests.test_requesting import send


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def line(stage: Stage, alice: User, completed_id: uuid.UUID) -> Transmission:
    """A line in file."""
    stage.boxes.add("810000000009")
    return Transmission.objects.get(pk=send(alice, completed_id))


def again(row: Transmission) -> Transmission:
    """What was put off is due; the line after another run."""
    hasten(key=SUBSCRIPTION, subject=f"line:{row.line}")
    drain()
    return Transmission.objects.get(pk=row.pk)


@pytest.mark.parametrize("where", ["before", "during", "after", "settling"])
def test_a_worker_killed_at_any_step_sends_once(
    stage: Stage, line: Transmission, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as patch:
        if where == "before":
            patch.setattr(sending, "_claim", _killed)
        elif where == "during":
            stage.mss.errors.append(Killed())
        elif where == "after":
            stage.mss.after.append(Killed())
        else:
            patch.setattr(sending, "_sent", _killed)
        with pytest.raises(Killed):
            drain()
    row = again(line)
    assert [key for key, _, _ in stage.mss.sent] == [line.pk]
    assert (row.state, row.attempting_since, row.maybe_doubled) == ("envoyee", None, False)


def _killed(*_: object) -> bool:
    raise Killed


@pytest.mark.parametrize("error", [RetryLater("coupure"), OperationalError("base"), KeyError("bogue")])
def test_an_unknowable_outcome_is_sent_again_under_the_same_key_and_says_so(
    stage: Stage, alice: User, line: Transmission, error: Exception
) -> None:
    stage.mss.knows = False
    stage.mss.after.append(error)
    drain()
    row = Transmission.objects.get(pk=line.pk)
    assert row.attempting_since is not None or row.maybe_doubled, "a database that went away is tried again at once"
    if row.state == "echec":
        assert row.cause == "internal"
        exchange.retry(actor=alice, transmission_id=line.pk, expected_state="echec")
    row = again(line)
    assert [key for key, _, _ in stage.mss.sent] == [line.pk, line.pk]
    assert (row.state, row.maybe_doubled) == ("envoyee", True)


CAUSES: list[tuple[Callable[[], Exception], str, str]] = [
    (lambda: RetryLater("plus tard", cause="deferred"), "en_file", "deferred"),
    (lambda: RetryLater("plus tard"), "en_file", "unreachable"),
    (lambda: Refused("non", cause="too_big"), "echec", "too_big"),
    (lambda: Refused("non"), "echec", "refused"),
    (lambda: NotConfigured("absent"), "retenue", "not_configured"),
    (lambda: NotConfigured("périmé", cause="certificate"), "retenue", "certificate"),
    (lambda: NeedsSession("psc", ["810000000001"]), "retenue", "session"),
    (lambda: ValueError("bogue"), "echec", "internal"),
]


@pytest.mark.parametrize(("error", "state", "cause"), CAUSES)
def test_every_failure_is_seen_on_the_line(
    stage: Stage, line: Transmission, error: Callable[[], Exception], state: str, cause: str
) -> None:
    stage.mss.errors.append(error())
    drain()
    row = Transmission.objects.get(pk=line.pk)
    assert (row.state, row.cause) == (state, cause)


def test_after_enough_attempts_it_is_a_failure(stage: Stage, line: Transmission) -> None:
    stage.mss.errors += [RetryLater("injoignable") for _ in range(sending.MOST_ATTEMPTS)]
    for _ in range(sending.MOST_ATTEMPTS):
        row = again(line)
    assert (row.state, row.cause, stage.mss.sent) == ("echec", "unreachable", [])
    assert not stage.mss.errors


def test_every_cell_of_the_table_of_states(stage: Stage, line: Transmission) -> None:
    for state, wanted in product(State, State):
        Transmission.objects.filter(pk=line.pk).update(state=state)
        steps = TransmissionStep.objects.filter(transmission=line).count()
        with transaction.atomic():
            moved = take(lock(line.pk), Step(wanted, timezone.now()))
        assert moved == (wanted in STATES[state].follows), (state, wanted)
        assert TransmissionStep.objects.filter(transmission=line).count() == steps + moved
        assert Transmission.objects.get(pk=line.pk).state == (wanted if moved else state)


def test_reports_come_in_any_order_and_often(stage: Stage, line: Transmission) -> None:
    drain()
    now = timezone.now()
    told = [("lue", True), ("remise", False), ("lue", False), ("echec", True), ("echec", False), ("lue", True)]
    for number, (state, new) in enumerate(told):
        cause = "integration" if state == "echec" else ""
        at = now + timedelta(minutes=number)
        assert exchange.report(key=line.pk, state=state, cause=cause, at=at) == new, number
    with pytest.raises(exchange.UnknownTransmission):
        exchange.report(key=uuid.uuid4(), state="lue", at=now)
    for state in ("envoyee", "retenue", "abandonnee"):
        with pytest.raises(ValueError, match=state):
            exchange.report(key=line.pk, state=state, at=now)


def test_a_line_given_up_does_not_leave(stage: Stage, alice: User, line: Transmission) -> None:
    exchange.abandon(actor=alice, transmission_id=line.pk, expected_state="en_file", reason="Envoyé par erreur")
    drain()
    assert stage.mss.sent == []


def test_a_delivery_put_off_does_not_hold_what_replaces_it(stage: Stage, alice: User, line: Transmission) -> None:
    stage.mss.errors.append(RetryLater("injoignable"))
    drain()
    documents.reopen_document(actor=alice, document_id=line.document_id)
    revision = documents.open_document(alice, line.document_id).revision
    documents.complete_document(actor=alice, document_id=line.document_id, expected_revision=revision)
    newer = send(alice, line.document_id)
    drain()
    assert [key for key, _, _ in stage.mss.sent] in ([newer], [line.pk]), "once, whichever"


def test_a_cancelled_document_does_not_leave(stage: Stage, alice: User, line: Transmission) -> None:
    stage.mss.errors.append(RetryLater("injoignable"))
    drain()
    documents.cancel_document(actor=alice, document_id=line.document_id)
    drain()
    assert (Transmission.objects.get(pk=line.pk).state, stage.mss.sent) == ("abandonnee", [])


@pytest.mark.parametrize(("state", "cause"), [("remise", ""), ("echec", "unknown_box")])
def test_a_report_that_is_faster_than_the_receipt_counts(stage: Stage, line: Transmission, state: str, cause: str) -> None:
    stage.mss.after.append(Killed())
    with pytest.raises(Killed):
        drain()
    assert exchange.report(key=line.pk, state=state, cause=cause, at=timezone.now())
    row = again(line)
    assert (row.state, row.cause, len(stage.mss.sent)) == (state, cause, 1)


@pytest.mark.parametrize("cause", ["certificate", "not_configured"])
def test_what_waits_for_settings_leaves_once_they_are_there(stage: Stage, line: Transmission, cause: str) -> None:
    stage.mss.errors.append(NotConfigured("à régler", cause=cause))
    drain()
    assert Transmission.objects.get(pk=line.pk).cause == cause
    assert release_waiting() == 0, "its own delivery goes on, without another one"
    drain()
    assert (Transmission.objects.get(pk=line.pk).state, len(stage.mss.sent)) == ("envoyee", 1)
    assert TransmissionStep.objects.filter(transmission=line, state="en_file").count() == 1


def test_a_line_given_up_while_it_is_being_sent_is_told_of(stage: Stage, alice: User, line: Transmission) -> None:
    stage.mss.after.append(Killed())
    with pytest.raises(Killed):
        drain()
    exchange.abandon(actor=alice, transmission_id=line.pk, expected_state="en_file", reason="Envoyé par erreur")
    assert Transmission.objects.get(pk=line.pk).attempting_since is not None, "its outcome is still unknown"
    assert exchange.report(key=line.pk, state="remise", at=timezone.now())
    row = again(line)
    assert (row.state, row.sent_at is None, len(stage.mss.sent)) == ("remise", False, 1)


class Severe:
    """An official check that takes nothing."""

    formats = ("cda-n3",)

    def check(self, artifact: Artifact) -> list[Finding]:
        return [Finding("schematron", "error", "élément manquant")]


@pytest.mark.parametrize("late", [False, True])
def test_what_an_official_check_rejects_does_not_leave(stage: Stage, line: Transmission, late: bool) -> None:
    if late:
        get_or_render(line.rendition_id, "cda-n3")
    stage.registry.add(ConformanceCheck, "severe", Severe())
    assert check_waiting() == late
    drain()
    row = Transmission.objects.get(pk=line.pk)
    assert (row.state, row.cause, stage.mss.sent) == ("echec", "not_conformant", [])
