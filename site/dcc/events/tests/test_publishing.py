"""Publishing: with its transaction, one delivery per subscriber, and a wake that never breaks the business."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks

from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.events import clock
from dcc.events.api import OutsideTransaction, publish
from dcc.events.models import Delivery, Event
from dcc.events.states import State
from dcc.events.tests.conftest import Happened, Recorder, subscribed, tell


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with subscribed(one=Recorder()), pytest.raises(OutsideTransaction):
        publish(Happened(thing="a", number=1))
    assert not Event.objects.exists()


def test_one_event_and_one_delivery_per_subscriber(db: None) -> None:
    with subscribed(one=Recorder(), two=Recorder()):
        tell("a", 7)
    event = Event.objects.get()
    assert (event.name, event.schema, event.subject, event.payload) == (
        "test.happened",
        1,
        "thing:a",
        {"thing": "a", "number": 7},
    )
    rows = Delivery.objects.order_by("key").values_list("key", "subject", "state", "attempts")
    assert list(rows) == [("one", "thing:a", State.PENDING, 0), ("two", "thing:a", State.PENDING, 0)]


def test_no_delivery_is_made_for_whom_an_event_does_not_concern(db: None) -> None:
    def register(registry: Registry) -> None:
        registry.subscribe(Happened, Recorder(), key="odd", concerns=lambda event: event.number % 2 == 1)

    with use_registry(make_registry(register)):
        tell("a", 1)
        tell("a", 2)
    assert [row.event.payload["number"] for row in Delivery.objects.all()] == [1]
    assert Event.objects.count() == 2


def test_an_event_without_subscriber_is_kept(db: None) -> None:
    with subscribed():
        tell()
    assert Event.objects.count() == 1
    assert not Delivery.objects.exists()


def test_a_rollback_leaves_nothing_and_wakes_nobody(
    recorder: Recorder, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, db: None
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        publish(Happened(thing="a", number=1))
        transaction.set_rollback(True)
    assert not callbacks
    assert not Event.objects.exists()
    assert not OrmQ.objects.exists()


def test_one_wake_per_transaction_and_one_hint_in_the_queue(
    recorder: Recorder, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, db: None
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        publish(Happened(thing="a", number=1))
        publish(Happened(thing="a", number=2))
    assert callbacks == [clock.wake]
    with django_capture_on_commit_callbacks(execute=True):
        tell("b", 1)
    hint = OrmQ.objects.get()
    assert hint.task["func"] == clock.DRAIN_TASK
    assert (hint.task["args"], hint.task["kwargs"]) == ((), {})


def test_a_queue_that_fails_does_not_break_the_business(
    recorder: Recorder,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    db: None,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("queue")

    monkeypatch.setattr("django_q.tasks.async_task", broken)
    with django_capture_on_commit_callbacks(execute=True):
        tell()
    assert Delivery.objects.get().state == State.PENDING


def test_an_event_reaches_a_subscriber_once_only(recorder: Recorder, db: None) -> None:
    tell()
    delivery = Delivery.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(event=delivery.event, key=delivery.key, subject="x", due_at=delivery.due_at)
