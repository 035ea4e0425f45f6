"""The worker's parts, one by one; the worker as it really runs is the business of ``tests/faults``."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from dcc.contracts.capabilities import Service
from dcc.contracts.errors import Refused
from dcc.events import clock, tasks
from dcc.events.models import Delivery
from dcc.events.states import State
from dcc.events.tests.conftest import Recorder, tell
from dcc.events.worker import companions
from dcc.events.worker.cluster import BEAT_EVERY, TICK_EVERY, TICK_TASK, ClockBroker
from dcc.events.worker.companions import Companion, delay
from dcc.events.worker.health import Limits, Seen, diagnose
from dcc.events.worker.processes import die_with_parent, is_alive, let_descendants_die_with_their_parent
from dcc.events.worker.pulse import BEAT_TASK, Pulse

LIMITS = Limits(workers=2, task=120, freeze=10, start=20)
NOW = 1000.0


def seen(beat: float | None, *workers: tuple[str, float], complete: float = NOW, started: float = 0.0) -> Seen:
    return Seen(started, beat, dict(enumerate(workers, start=1)), complete)


@pytest.mark.parametrize(
    ("case", "trouble"),
    [
        (seen(None, started=NOW - 19), ""),
        (seen(None, started=NOW - 21), "no beat 21 s after the start"),
        (seen(NOW - 1, ("idle", NOW - 1), ("idle", NOW - 300)), ""),
        (seen(NOW - 9, ("idle", NOW - 300), ("idle", NOW - 300)), ""),
        (seen(NOW - 11, ("idle", NOW - 11), ("busy", NOW - 11)), "frozen: no beat for 11 s"),
        (seen(NOW - 11, ("idle", NOW - 1), ("busy", NOW - 11)), ""),
        (seen(NOW - 100, ("busy", NOW - 100), ("busy", NOW - 90)), ""),
        (seen(NOW - 1, ("busy", NOW - 149), ("idle", NOW - 1)), ""),
        (seen(NOW - 1, ("busy", NOW - 151), ("idle", NOW - 1)), "worker 1 is past its time limit"),
        (seen(NOW - 161, ("busy", NOW - 5), ("busy", NOW - 5)), "frozen: no beat for 161 s"),
        (seen(NOW - 1, ("idle", NOW - 1), complete=NOW - 9), ""),
        (seen(NOW - 1, ("idle", NOW - 1), complete=NOW - 11), "1 of 2 workers left"),
    ],
    ids=[
        "starting",
        "never started",
        "one worker takes all the beats",
        "a short silence",
        "an idle worker and no beat",
        "a worker that has just come out of long work",
        "everybody busy",
        "long work",
        "work past its limit",
        "busy with this and that, but no beat comes through",
        "a worker is being replaced",
        "a worker is not replaced",
    ],
)
def test_the_verdict(case: Seen, trouble: str) -> None:
    assert diagnose(case, NOW, LIMITS) == trouble


def test_dead_workers_are_forgotten_and_completeness_remembered() -> None:
    case = Seen(started=0.0)
    for pid in (1, 2, 3):
        case.hear("idle", pid, 5.0)
    case.hear("busy", 2, 6.0)
    case.hear("beat", 9, 7.0)
    case.count(8.0, LIMITS, lambda pid: pid != 1)
    assert (case.workers, case.beat, case.complete) == ({2: ("busy", 6.0), 3: ("idle", 5.0)}, 7.0, 8.0)
    case.count(9.0, LIMITS, lambda pid: pid == 2)
    assert case.complete == 8.0


def test_the_pulse_carries_words_and_the_wish_to_stop() -> None:
    pulse = Pulse()
    pulse.say("idle")
    pulse.say("beat")
    assert pulse.heard() == [("idle", os.getpid()), ("beat", os.getpid())]
    assert pulse.heard() == []
    assert not pulse.asked_to_stop()
    pulse.ask_to_stop()
    assert pulse.asked_to_stop()
    pulse.keep_reader()
    pulse.close()


def test_a_full_pulse_stops_nobody() -> None:
    pulse = Pulse()
    for _ in range(20_000):
        pulse.say("busy")
    assert ("busy", os.getpid()) in pulse.heard()
    pulse.keep_reader()
    pulse.close()


def functions(broker: ClockBroker, times: int) -> list[str]:
    packages = [package for _ in range(times) for _, package in broker.dequeue() or []]
    return [SignedPackage.loads(package)["func"] for package in packages]


def test_the_clock_ticks_and_beats_beside_the_queue(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("dcc.events.worker.cluster.time.monotonic", lambda: now[0])
    broker = ClockBroker()
    clock.wake()
    OrmQ.objects.update(lock="2020-01-01T00:00:00Z")
    assert functions(broker, 4) == [TICK_TASK, BEAT_TASK, clock.DRAIN_TASK]
    now[0] += BEAT_EVERY
    assert functions(broker, 2) == [BEAT_TASK]
    now[0] += TICK_EVERY
    assert functions(broker, 3) == [TICK_TASK, BEAT_TASK]


def test_a_database_that_is_away_does_not_stop_the_clock(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: ORM) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(ORM, "dequeue", away)
    monkeypatch.setattr("dcc.events.worker.cluster.connections.close_all", lambda: None)
    monkeypatch.setattr("dcc.events.worker.cluster.time.sleep", lambda seconds: None)
    broker = ClockBroker()
    assert functions(broker, 5) == [TICK_TASK, BEAT_TASK]


@pytest.mark.parametrize("task", [tasks.drain_task, tasks.tick_task])
def test_tasks_never_raise_and_say_nothing_of_the_error(
    db: None, task: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise ValueError("DUPONT Jeanne")

    monkeypatch.setattr(tasks, "drain", broken)
    monkeypatch.setattr(tasks, "sweep", broken)
    assert callable(task)
    task()
    assert "ValueError" in caplog.text
    assert "DUPONT" not in caplog.text


def test_a_tick_does_everything(recorder: Recorder, db: None) -> None:
    tell()
    tasks.tick_task()
    assert Delivery.objects.get().state == State.DONE


def test_a_drain_calls_another_worker_when_there_is_more(recorder: Recorder, db: None) -> None:
    tell("a")
    OrmQ.objects.all().delete()
    tasks.drain_task()
    assert not OrmQ.objects.exists()
    tell("a")
    tell("b")
    OrmQ.objects.all().delete()
    tasks.drain_task()
    assert OrmQ.objects.count() == 1


def _sleep_for_ever(reports: str) -> None:
    let_descendants_die_with_their_parent()
    child = os.fork()
    if child == 0:
        Path(reports).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(300)  # longer than the test waits: it ends with its parent, or not


def test_descendants_die_with_their_parent(tmp_path: Path) -> None:
    reports = tmp_path / "grandchild"
    child = multiprocessing.get_context("fork").Process(target=_sleep_for_ever, args=(str(reports),))
    child.start()
    _wait(lambda: reports.exists() and reports.read_text(encoding="ascii"))
    grandchild = int(reports.read_text(encoding="ascii"))
    assert is_alive(grandchild)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    _wait(lambda: not is_alive(grandchild))


def test_a_child_whose_parent_is_already_gone_leaves() -> None:
    child = multiprocessing.get_context("fork").Process(target=die_with_parent, args=(1,))
    child.start()
    child.join()
    assert child.exitcode == 1


def test_a_service_is_started_again_with_growing_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    companion = Companion(Service("check", ["check", "--nonsense"]))
    companion.watch(0.0)
    first = companion.process
    assert first is not None
    first.wait()
    companion.watch(1.0)
    assert companion.process is None, "not before its delay"
    companion.watch(1.0 + delay(1))
    assert companion.process is not None
    companion.kill()
    assert companion.stopped()
    assert [delay(n) for n in range(8)] == [*companions.DELAYS, companions.DELAYS[-1], companions.DELAYS[-1]]


def test_once_makes_what_is_due_and_says_what_needs_somebody(recorder: Recorder, db: None) -> None:
    recorder.raises = [Refused("Destinataire inconnu")]
    tell("a", 1)
    tell("b", 2)
    out = StringIO()
    call_command("worker", "--once", stdout=out)
    assert out.getvalue().splitlines() == [
        "Livraisons traitées : 1 faite, 1 refusée",
        "thing:a : test.happened pour one refusée (Destinataire inconnu)",
    ]


def test_once_with_nothing_to_do(db: None) -> None:
    out = StringIO()
    call_command("worker", "--once", "--no-services", stdout=out)
    assert out.getvalue() == "Livraisons traitées : aucune\n"


def _wait(found: object) -> None:
    assert callable(found)
    limit = time.monotonic() + 60
    while not found() and time.monotonic() < limit:
        time.sleep(0.02)
    assert found()
