"""Claiming, running and settling deliveries in one process; several processes at once are the business of ``tests/faults``."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.event import Event
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.events.api import awaited, drain
from dcc.events.dispatch import claim
from dcc.events.leases import is_dead, owner, pid_of
from dcc.events.models import Delivery, SessionWait
from dcc.events.states import Reason, State
from dcc.events.tests.conftest import Happened, Recorder, make_due, subscribed, tell

pytestmark = pytest.mark.django_db


def only() -> Delivery:
    return Delivery.objects.get()


def test_a_delivery_is_made_once(recorder: Recorder) -> None:
    tell("a", 1)
    assert drain().settled == {State.DONE: 1}
    assert drain().settled == {}
    assert recorder.calls == [("a", 1)]
    delivery = only()
    assert (delivery.state, delivery.attempts, delivery.lease_owner, delivery.lease_until) == (State.DONE, 1, "", None)
    assert delivery.settled_at is not None


def test_the_handler_knows_its_delivery_and_its_attempt(recorder: Recorder) -> None:
    recorder.raises = [RetryLater("Occupé", after=timedelta(0)), None]
    tell()
    drain()
    assert [(c.delivery_id, c.attempt) for c in recorder.contexts] == [(only().id, 1), (only().id, 2)]


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (RetryLater("Service occupé"), State.WAITING, Reason.RETRY_LATER),
        (Refused("Destinataire inconnu"), State.REFUSED, Reason.REFUSED),
        (NotConfigured("Kit absent"), State.BLOCKED, Reason.NOT_CONFIGURED),
        (NeedsSession("psc", ["810000000001"]), State.WAITING, Reason.NEEDS_SESSION),
        (ZeroDivisionError("x"), State.CRASHED, Reason.BUG),
        (OperationalError("database gone"), State.PENDING, Reason.INTERRUPTED),
    ],
)
def test_what_a_handler_raises_settles_its_delivery(recorder: Recorder, error: Exception, state: State, code: Reason) -> None:
    recorder.raises = [error, RetryLater("encore")]
    tell()
    drain(limit=1)
    delivery = only()
    assert (delivery.state, delivery.reason_code, delivery.lease_owner) == (state, code, "")
    assert (delivery.settled_at is not None) == (state == State.REFUSED)


def test_a_task_that_takes_too_long_is_settled_before_the_queue_ends_it(recorder: Recorder) -> None:
    recorder.raises = [SystemExit()]
    tell()
    with pytest.raises(SystemExit):
        drain()
    delivery = only()
    assert (delivery.state, delivery.reason_code, delivery.interruptions) == (State.PENDING, Reason.INTERRUPTED, 1)


def test_neither_table_nor_log_keeps_the_message_of_a_bug(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    recorder.raises = [ValueError("DUPONT Jeanne")]
    tell()
    with caplog.at_level(logging.INFO):
        drain()
    assert only().reason.startswith("ValueError, site/dcc/events/tests/conftest.py:")
    assert "ValueError" in caplog.text
    assert "DUPONT" not in caplog.text


def test_retries_come_to_an_end_and_are_counted(recorder: Recorder) -> None:
    recorder.raises = [RetryLater("Occupé")] * 30
    tell()
    for _ in range(11):
        make_due(only())
        drain()
    delivery = only()
    assert (delivery.state, delivery.reason_code, delivery.attempts) == (State.BLOCKED, Reason.EXHAUSTED, 11)


def test_order_holds_per_subscriber_and_subject_and_no_further() -> None:
    slow, quick = Recorder([RetryLater("Occupé")]), Recorder()
    with subscribed(slow=slow, quick=quick):
        tell("a", 1)
        tell("a", 2)
        tell("b", 3)
        drain()
        assert slow.calls == [("a", 1), ("b", 3)], "a/2 waits behind a/1, b does not"
        assert quick.calls == [("a", 1), ("a", 2), ("b", 3)], "the other subscriber waits for nobody"
        for delivery in Delivery.objects.filter(state=State.WAITING):
            make_due(delivery)
        drain()
    assert slow.calls == [("a", 1), ("b", 3), ("a", 1), ("a", 2)]


@pytest.mark.parametrize(
    ("error", "goes_on"), [(Refused("non"), True), (ZeroDivisionError(), False), (NotConfigured("?"), False)]
)
def test_what_holds_those_that_follow(recorder: Recorder, error: Exception, goes_on: bool) -> None:
    recorder.raises = [error]
    tell("a", 1)
    tell("a", 2)
    drain()
    assert (("a", 2) in recorder.calls) == goes_on


def test_a_lease_keeps_others_away(recorder: Recorder) -> None:
    tell()
    taken = claim()
    assert taken is not None
    assert (taken.state, taken.attempts, taken.lease_owner) == (State.RUNNING, 1, owner())
    assert taken.lease_until is not None
    assert taken.lease_until > timezone.now() + timedelta(minutes=4)
    assert claim() is None


def test_a_result_without_its_lease_is_not_recorded(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    def handler(event: Happened, context: object) -> None:
        Delivery.objects.update(lease_owner="elsewhere|1|1", attempts=2)

    with subscribed(one=handler):
        tell()
        drain()
    assert (only().state, only().lease_owner) == (State.RUNNING, "elsewhere|1|1")
    assert "lease lost" in caplog.text


def test_needs_session_remembers_whom_it_waits_for(recorder: Recorder) -> None:
    recorder.raises = [NeedsSession("psc", ["810000000001", "810000000002", "810000000001"])]
    tell()
    drain()
    waits = SessionWait.objects.order_by("practitioner").values_list("kind", "practitioner")
    assert list(waits) == [("psc", "810000000001"), ("psc", "810000000002")]
    assert (only().session_kind, only().due_at) == ("psc", None)
    found = awaited(kind="psc", key=only().key, subjects=[only().subject, "line:other"])
    assert found == {only().subject: ("810000000001", "810000000002")}
    assert awaited(kind="psc", key="other", subjects=[only().subject]) == {}


def test_a_drain_stops_at_its_limit_and_says_that_there_is_more(recorder: Recorder) -> None:
    for number in range(3):
        tell(str(number), number)
    assert (first := drain(limit=2)).total == 2
    assert first.more
    assert not drain(limit=2).more
    assert drain(seconds=0).total == 0


def test_a_drain_refuses_to_run_inside_a_transaction(recorder: Recorder) -> None:
    tell()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        drain()
    assert recorder.calls == []


@dataclass(frozen=True, slots=True)
class HappenedOtherwise(Event):
    """The same name, another schema."""

    name: ClassVar[str] = "test.happened"
    schema: ClassVar[int] = 2
    thing: str

    @property
    def subject(self) -> str:
        return self.thing


def test_a_stored_event_of_another_schema_is_shown_to_a_human(recorder: Recorder) -> None:
    tell()

    def register(registry: Registry) -> None:
        registry.subscribe(HappenedOtherwise, recorder, key="one")

    with use_registry(make_registry(register)):
        drain()
    assert (only().state, only().reason_code) == (State.CRASHED, Reason.SCHEMA)
    assert recorder.calls == []


@pytest.mark.parametrize(
    ("name", "dead"),
    [
        (owner(), False),
        (owner().replace(f"|{pid_of(owner())}|", "|999999999|"), True),
        (owner() + "0", True),
        ("other-machine|1|1", False),
        (owner().rpartition("|")[0] + "|?", False),
        ("nonsense", False),
    ],
    ids=["this process", "no such process", "a later process of that number", "another machine", "start unknown", "nonsense"],
)
def test_only_what_is_certain_is_called_dead(name: str, dead: bool) -> None:
    assert is_dead(name) == dead
