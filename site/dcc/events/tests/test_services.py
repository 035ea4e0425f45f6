"""What people and rooms may do to deliveries, with people; and what screens read."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from dcc.audit import api as audit
from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.event import Context
from dcc.events import clock
from dcc.events.api import NotNow, abandon, configuration_changed, deliveries, drain, hasten, health, retry, session_opened
from dcc.events.dispatch import claim
from dcc.events.models import Delivery, Job, SessionWait
from dcc.events.states import Reason, State
from dcc.events.tests.conftest import Happened, Recorder, subscribed, tell

if TYPE_CHECKING:
    from dcc.accounts.api import User

pytestmark = pytest.mark.django_db


def only() -> Delivery:
    return Delivery.objects.get()


@pytest.mark.parametrize("name", ["alice", "sonia", "lea", "edith", "charlie"])
def test_only_an_administrator_deals_with_deliveries(
    recorder: Recorder, name: str, adrien: User, request: pytest.FixtureRequest
) -> None:
    recorder.raises = [ZeroDivisionError()]
    tell()
    drain()
    person = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        retry(actor=person, delivery_id=only().id)
    with pytest.raises(PermissionDenied):
        abandon(actor=person, delivery_id=only().id, reason="test")
    with pytest.raises(PermissionDenied):
        deliveries(actor=person)
    assert only().state == State.CRASHED
    assert audit.traces(subject=f"delivery:{only().id}") == []
    assert len(deliveries(actor=adrien)) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ZeroDivisionError(), State.CRASHED),
        (Refused("non"), State.REFUSED),
        (NotConfigured("kit"), State.BLOCKED),
        (NeedsSession("psc", ["810000000001"]), State.WAITING),
        (RetryLater("plus tard"), State.WAITING),
    ],
)
def test_another_run_starts_anew_and_leaves_a_trace(
    recorder: Recorder,
    adrien: User,
    error: Exception,
    state: State,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    recorder.raises = [error]
    tell()
    drain()
    assert only().state == state
    with django_capture_on_commit_callbacks() as callbacks:
        retry(actor=adrien, delivery_id=only().id)
    assert callbacks == [clock.wake]
    assert (only().state, only().retries, only().reason_code) == (State.PENDING, 0, Reason.NONE)
    assert not SessionWait.objects.exists()
    drain()
    assert (only().state, only().attempts) == (State.DONE, 2)
    (trace,) = audit.traces(subject=f"delivery:{only().id}")
    assert (trace.action, trace.actor_id, trace.facts["former_state"]) == ("delivery.retried", adrien.pk, state)


def test_giving_up_lets_the_others_go_on(recorder: Recorder, adrien: User) -> None:
    recorder.raises = [ZeroDivisionError()]
    tell("a", 1)
    tell("a", 2)
    drain()
    stuck = Delivery.objects.get(state=State.CRASHED)
    abandon(actor=adrien, delivery_id=stuck.id, reason="Document  repris\nà la main")
    stuck.refresh_from_db()
    assert (stuck.state, stuck.reason_code, stuck.reason) == (State.ABANDONED, Reason.ABANDONED, "Document repris à la main")
    drain()
    assert recorder.calls == [("a", 1), ("a", 2)]
    (trace,) = audit.traces(subject=f"delivery:{stuck.id}")
    assert trace.action == "delivery.abandoned"


def test_giving_up_needs_a_reason(recorder: Recorder, adrien: User) -> None:
    tell()
    with pytest.raises(ValueError, match="pourquoi"):
        abandon(actor=adrien, delivery_id=only().id, reason="  ")


def test_what_is_pending_running_done_or_abandoned_is_left_alone(recorder: Recorder, adrien: User) -> None:
    recorder.raises = []
    tell()
    with pytest.raises(NotNow, match="à traiter"):
        retry(actor=adrien, delivery_id=only().id)
    assert claim()
    with pytest.raises(NotNow, match="en cours"):
        abandon(actor=adrien, delivery_id=only().id, reason="x")
    Delivery.objects.update(state=State.PENDING, due_at=timezone.now(), lease_until=None, lease_owner="")
    drain()
    with pytest.raises(NotNow, match="faite"):
        retry(actor=adrien, delivery_id=only().id)
    with pytest.raises(Delivery.DoesNotExist):
        retry(actor=adrien, delivery_id=uuid.uuid4())
    assert audit.traces(subject=f"delivery:{only().id}") == []


def test_a_session_wakes_what_waited_for_it_and_nothing_else(recorder: Recorder) -> None:
    recorder.raises = [NeedsSession("psc", ["810000000001", "810000000002"]), NeedsSession("psc", ["810000000003"])]
    tell("a", 1)
    tell("b", 2)
    drain()
    assert session_opened(kind="psc", practitioner="810000000009") == 0
    assert session_opened(kind="other", practitioner="810000000002") == 0
    assert session_opened(kind="psc", practitioner="810000000002") == 1
    drain()
    assert dict(Delivery.objects.values_list("subject", "state")) == {"thing:a": State.DONE, "thing:b": State.WAITING}
    assert SessionWait.objects.count() == 1


@pytest.mark.parametrize("practitioner", ["810000000001", "810000000009"])
def test_a_session_opened_during_a_run_is_not_waited_for_once_more(recorder: Recorder, practitioner: str) -> None:
    def opens(_event: Happened, _context: Context) -> None:
        assert session_opened(kind="psc", practitioner=practitioner) == 0, "nothing waits yet"
        raise NeedsSession("psc", ["810000000001"])

    tell("a", 1)
    with subscribed(one=opens):
        drain(limit=1)
    assert (only().state, only().reason_code, SessionWait.objects.count()) == (State.PENDING, Reason.NONE, 0)
    # Asked once more it finds the session, or waits for good: no run is woken by what came before it.
    recorder.raises = [NeedsSession("psc", ["810000000001"])]
    drain()
    assert (only().state, only().attempts, SessionWait.objects.count()) == (State.WAITING, 2, 1)


def test_a_session_opened_during_a_run_changes_no_other_end_of_it(recorder: Recorder) -> None:
    ends: list[Exception | None] = [None, Refused("non"), NotConfigured("kit"), RetryLater("plus tard"), ZeroDivisionError()]

    def opens(event: Happened, _context: Context) -> None:
        session_opened(kind="psc", practitioner="810000000001")
        if error := ends[event.number]:
            raise error

    for number in range(len(ends)):
        tell(str(number), number)
    with subscribed(one=opens):
        drain()
    found = [str(state) for state in Delivery.objects.order_by("subject").values_list("state", flat=True)]
    assert found == [State.DONE, State.REFUSED, State.BLOCKED, State.WAITING, State.CRASHED]
    assert not SessionWait.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_session_that_is_being_opened_while_a_run_ends_is_waited_for_then_seen(recorder: Recorder) -> None:
    told = threading.Event()

    def opening() -> None:
        try:
            with transaction.atomic():
                session_opened(kind="psc", practitioner="810000000001")
                told.set()
                time.sleep(0.3)  # not committed yet
        finally:
            connection.close()

    other = threading.Thread(target=opening)

    def needs(_event: Happened, _context: Context) -> None:
        other.start()
        assert told.wait(60)
        raise NeedsSession("psc", ["810000000001"])

    tell("a", 1)
    with subscribed(one=needs):
        drain(limit=1)
    other.join()
    assert (only().state, SessionWait.objects.count()) == (State.PENDING, 0)


def test_what_is_hastened_waits_for_no_session_and_may_wait_for_one_again(recorder: Recorder) -> None:
    recorder.raises = [NeedsSession("psc", ["810000000001"]), NeedsSession("psc", ["810000000001", "810000000002"])]
    tell("a", 1)
    drain()
    assert hasten(key=only().key, subject="thing:a") == 1
    assert not SessionWait.objects.exists()
    drain()
    assert (only().state, SessionWait.objects.count()) == (State.WAITING, 2)
    assert session_opened(kind="psc", practitioner="810000000002") == 1
    drain()
    assert only().state == State.DONE


def test_a_configuration_wakes_what_lacked_it(recorder: Recorder) -> None:
    recorder.raises = [NotConfigured("kit"), ZeroDivisionError()]
    tell("a", 1)
    tell("b", 2)
    drain()
    assert configuration_changed() == 1
    drain()
    assert dict(Delivery.objects.values_list("subject", "state")) == {"thing:a": State.DONE, "thing:b": State.CRASHED}


def test_what_screens_read(recorder: Recorder, adrien: User) -> None:
    recorder.raises = [Refused("Destinataire inconnu")]
    tell("a", 1)
    tell("b", 2)
    drain()
    tell("c", 3)
    (view,) = deliveries(actor=adrien, attention=True)
    assert (view.subject, view.label, view.reason, view.retryable) == ("thing:a", "refusée", "Destinataire inconnu", True)
    assert [v.subject for v in deliveries(actor=adrien)] == ["thing:c", "thing:b", "thing:a"]
    assert [v.state for v in deliveries(actor=adrien, subject="thing:b")] == [State.DONE]
    Job.objects.create(key="seal", due_at=timezone.now(), failure="KeyError, x.py:1")
    found = health()
    assert found.counts == {State.REFUSED: 1, State.DONE: 1, State.PENDING: 1}
    assert found.late_since == Delivery.objects.get(subject="thing:c").due_at
    assert found.failing_jobs == ["seal"]


@pytest.mark.parametrize("error", [RetryLater("plus tard"), NotConfigured("absent"), ZeroDivisionError()])
def test_what_was_put_off_on_a_subject_is_hastened(recorder: Recorder, error: Exception) -> None:
    recorder.raises = [error]
    tell()
    drain()
    put_off = only()
    assert hasten(key=put_off.key, subject="autre:1") == 0
    assert hasten(key=put_off.key, subject=put_off.subject) == 1
    drain()
    assert only().state == State.DONE
