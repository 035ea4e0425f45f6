"""What a sweep reclaims and unblocks, and the scheduled jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.errors import NotConfigured
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.events.api import Swept, drain, run_due_jobs, sweep
from dcc.events.dispatch import claim
from dcc.events.leases import owner, pid_of
from dcc.events.models import Delivery, Job
from dcc.events.policy import INTERRUPTION_DELAYS
from dcc.events.states import Reason, State
from dcc.events.tests.conftest import Recorder, make_due, subscribed, tell

pytestmark = pytest.mark.django_db
DEAD = owner().replace(f"|{pid_of(owner())}|", "|999999999|")


def only() -> Delivery:
    return Delivery.objects.get()


@pytest.mark.parametrize(
    ("holder", "minutes_left", "reclaimed"),
    [
        (owner(), 5, False),
        (owner(), -1, True),
        (DEAD, 5, True),
        ("elsewhere|1|1", 5, False),
        ("elsewhere|1|1", -1, True),
    ],
    ids=["mine", "mine, over", "of a dead process", "of another host", "of another host, over"],
)
def test_which_leases_are_reclaimed(recorder: Recorder, holder: str, minutes_left: int, reclaimed: bool) -> None:
    tell()
    assert claim()
    Delivery.objects.update(lease_owner=holder, lease_until=timezone.now() + timedelta(minutes=minutes_left))
    assert sweep() == Swept(reclaimed=int(reclaimed), unblocked=0, due=reclaimed)
    assert (only().state, only().attempts) == (State.PENDING if reclaimed else State.RUNNING, 1)
    assert drain().total == int(reclaimed)
    assert [c.attempt for c in recorder.contexts] == ([2] if reclaimed else [])


def test_work_that_outlives_no_process_ends_with_a_human(recorder: Recorder) -> None:
    tell()
    for _ in range(len(INTERRUPTION_DELAYS) + 1):
        make_due(only())
        assert claim()
        Delivery.objects.update(lease_owner=DEAD)
        sweep()
    assert (only().state, only().reason_code) == (State.CRASHED, Reason.INTERRUPTED)


def test_a_subscriber_that_is_off_blocks_its_deliveries_and_finds_them_again(recorder: Recorder) -> None:
    other = Recorder()
    with subscribed(one=recorder, other=other):
        tell("a", 1)
        tell("b", 2)
    with subscribed(other=other):
        drain()
        assert sweep().unblocked == 0
        states = dict(Delivery.objects.filter(key="one").values_list("subject", "state"))
        assert states == {"thing:a": State.BLOCKED, "thing:b": State.BLOCKED}
        assert set(Delivery.objects.filter(key="one").values_list("reason_code", "attempts")) == {(Reason.SUBSCRIBER_OFF, 0)}
        assert other.calls == [("a", 1), ("b", 2)]
    with subscribed(one=recorder, other=other):
        assert sweep() == Swept(reclaimed=0, unblocked=2, due=True)
        drain()
    assert recorder.calls == [("a", 1), ("b", 2)]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DONE}


def test_what_was_not_configured_is_tried_again_at_its_time(recorder: Recorder) -> None:
    recorder.raises = [NotConfigured("Kit absent")]
    tell()
    drain()
    assert sweep().unblocked == 0
    make_due(only())
    assert sweep().unblocked == 1
    drain()
    assert only().state == State.DONE


def test_a_crashed_delivery_is_left_to_a_human(recorder: Recorder) -> None:
    recorder.raises = [ZeroDivisionError()]
    tell()
    drain()
    Delivery.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert sweep() == Swept(reclaimed=0, unblocked=0, due=False)
    assert only().state == State.CRASHED


class Jobs:
    """Two jobs, one of which may fail."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.error: Exception | None = None

    def register(self, registry: Registry) -> None:
        registry.add(ScheduledJob, "hourly", ScheduledJob("hourly", self._hourly, timedelta(hours=1)))
        registry.add(ScheduledJob, "daily", ScheduledJob("daily", lambda: self.runs.append("daily"), timedelta(days=1)))

    def _hourly(self) -> None:
        self.runs.append("hourly")
        if self.error is not None:
            raise self.error


def test_a_job_is_run_when_due_and_not_before() -> None:
    jobs = Jobs()
    with use_registry(make_registry(jobs.register)):
        assert run_due_jobs() == 2
        assert run_due_jobs() == 0
        Job.objects.filter(key="hourly").update(due_at=timezone.now() - timedelta(minutes=1))
        assert run_due_jobs() == 1
    assert jobs.runs == ["hourly", "daily", "hourly"]
    job = Job.objects.get(key="daily")
    assert timedelta(hours=23) < job.due_at - timezone.now() <= timedelta(days=1)


def test_a_job_that_fails_is_shown_scrubbed_and_due_again() -> None:
    jobs = Jobs()
    jobs.error = ValueError("DUPONT Jeanne")
    with use_registry(make_registry(jobs.register)):
        run_due_jobs()
    assert jobs.runs == ["hourly", "daily"], "the other job does not suffer"
    job = Job.objects.get(key="hourly")
    assert job.failure.startswith("ValueError, site/dcc/events/tests/test_sweeping.py:")
    assert (job.lease_owner, job.due_at > timezone.now()) == ("", True)


@pytest.mark.parametrize(
    ("holder", "minutes_left", "runs"),
    [(owner(), 5, 0), (DEAD, 5, 1), ("elsewhere|1|1", 5, 0), ("elsewhere|1|1", -1, 1)],
    ids=["mine", "of a dead process", "of another host", "of another host, over"],
)
def test_a_job_is_run_by_one_process_at_a_time(holder: str, minutes_left: int, runs: int) -> None:
    jobs = Jobs()
    now = timezone.now()
    with use_registry(make_registry(jobs.register)):
        Job.objects.create(key="daily", due_at=now + timedelta(hours=2))
        Job.objects.create(key="hourly", due_at=now, lease_owner=holder, lease_until=now + timedelta(minutes=minutes_left))
        assert run_due_jobs() == runs
