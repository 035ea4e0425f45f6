"""What is asked of a delivery while it is being run, or between two looks at it: nothing of it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.event import Context
from dcc.events.api import drain, hasten, session_opened
from dcc.events.models import Delivery, SessionWait
from dcc.events.states import Reason, State
from dcc.events.tests.conftest import Happened, Recorder, subscribed, tell

pytestmark = pytest.mark.django_db
NEEDS = NeedsSession("psc", ["810000000001"])
PUTS_OFF = [NEEDS, RetryLater("plus tard"), NotConfigured("absent"), ZeroDivisionError()]


def only() -> Delivery:
    return Delivery.objects.get()


def hastened_then(error: Exception | None) -> Callable[[Happened, Context], None]:
    """A handler whose first run is hastened by somebody else, then ends so."""

    def handle(event: Happened, context: Context) -> None:
        if (event.number, context.attempt) == (1, 1):
            assert hasten(key="one", subject="thing:a") == 0, "nothing is put off yet"
            if error is not None:
                raise error

    return handle


@pytest.mark.parametrize("error", PUTS_OFF)
def test_what_a_run_would_put_off_is_made_again_at_once_when_it_was_hastened(error: Exception) -> None:
    with subscribed(one=hastened_then(error)):
        tell("a", 1)
        tell("a", 2)
        drain(limit=1)
        first = Delivery.objects.order_by("event").first()
        assert first is not None
        assert (first.state, first.reason_code, SessionWait.objects.count()) == (State.PENDING, Reason.NONE, 0)
        drain()
    assert list(Delivery.objects.order_by("event").values_list("state", "attempts")) == [(State.DONE, 2), (State.DONE, 1)]


@pytest.mark.parametrize(("error", "state"), [(None, State.DONE), (Refused("non"), State.REFUSED)])
def test_what_is_over_is_not_made_again(error: Exception | None, state: State) -> None:
    with subscribed(one=hastened_then(error)):
        tell("a", 1)
        drain()
    assert (only().state, only().attempts) == (state, 1)


def test_only_the_run_that_was_hastened_is_made_again(recorder: Recorder) -> None:
    recorder.raises = [NEEDS, NEEDS]
    tell("a", 1)
    hasten(key="one", subject="thing:a")
    drain()
    assert (only().state, only().attempts) == (State.WAITING, 1), "it was hastened before it began"


@pytest.mark.django_db(transaction=True)
def test_a_hastening_under_way_while_a_run_ends_is_waited_for_then_seen() -> None:
    told = threading.Event()

    def hastening() -> None:
        try:
            with transaction.atomic():
                hasten(key="one", subject="thing:a")
                told.set()
                time.sleep(0.3)  # not committed yet
        finally:
            connection.close()

    other = threading.Thread(target=hastening)

    def needs(_event: Happened, context: Context) -> None:
        other.start()
        told.wait(10)
        raise NEEDS

    with subscribed(one=needs):
        tell("a", 1)
        drain(limit=1)
    other.join()
    assert (only().state, SessionWait.objects.count()) == (State.PENDING, 0)


def test_who_opens_a_session_takes_away_no_wait_that_begins_meanwhile(recorder: Recorder) -> None:
    recorder.raises = [NEEDS]
    tell("a", 1)
    drain()

    def runs_again(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Another process woke it too, a worker ran it, and it waits anew: as if just before the waits are taken away."""
        if sql.startswith("DELETE") and "sessionwait" in sql:
            waits = {"state": State.WAITING, "reason_code": Reason.NEEDS_SESSION, "due_at": None}
            Delivery.objects.update(**waits, updated_at=timezone.now())
        return execute(sql, *rest)

    with connection.execute_wrapper(runs_again):
        session_opened(kind="psc", practitioner="810000000001")
    assert (only().state, SessionWait.objects.count()) == (State.WAITING, 1)
    assert session_opened(kind="psc", practitioner="810000000001") == 1
