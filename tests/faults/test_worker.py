"""The worker as it really runs: kills, clean stops, no orphan, several drains at once. Also on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.campaign import run_campaign, summary
from tests.faults.host import MANAGE, Host, command_line, living_host, seen, wait_for
from tests.faults.workloads import DemoWork, Rendering
from tests.proofs.recorder import Proof

pytestmark = pytest.mark.database
FAST = {"DCC_WORKER_FREEZE_SECONDS": "3"}


@pytest.fixture(scope="module")
def work() -> Iterator[DemoWork]:
    work = DemoWork()
    yield work
    work.close()


@pytest.fixture(scope="module")
def prepared(work: DemoWork, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with living_host(tmp_path_factory.mktemp("host"), {**work.variables, **FAST}) as host:
        work.prepare(host)
        yield host


@pytest.fixture
def host(prepared: Host) -> Iterator[Host]:
    """The host of this module with its worker started; stopped afterwards."""
    prepared.start()
    yield prepared
    if prepared.worker is not None and prepared.worker.poll() is None:
        prepared.stop()


def publishers(work: DemoWork) -> set[int]:
    """The process that asks for the work: it belongs to the host, and not to its worker."""
    return {work.publisher.pid} if work.publisher else set()


def test_the_worker_recovers_from_each_kind_of_kill(host: Host, work: DemoWork) -> None:
    kills = run_campaign(host, work, ["busy", "idle", "parent"], seed=1)
    assert [kill.kind for kill in kills] == ["busy", "idle", "parent"]
    assert work.faults(host) == []


def test_a_service_that_dies_is_started_again(host: Host) -> None:
    def services() -> list[int]:
        return [pid for pid in host.family() if "demo_service" in command_line(pid)]

    (first,) = seen("the service", services)
    os.kill(first, signal.SIGKILL)
    wait_for("a new service", lambda: services() and services() != [first])


def test_a_stop_lets_the_running_delivery_end_and_leaves_nobody(host: Host, work: DemoWork) -> None:
    work.ask(host)
    wait_for("a running delivery", host.running)
    assert host.stop() == 0, "bounded by DCC_WORKER_GRACE_SECONDS"
    assert host.worker is not None
    assert "running" not in host.counts()
    wait_for("nobody left", lambda: set(host.family()) <= publishers(work))
    host.start()
    wait_for("the rest", lambda: host.unsettled() == 0)
    assert work.faults(host) == []


def test_a_killed_supervisor_takes_everybody_with_it_and_a_new_one_finishes(host: Host, work: DemoWork) -> None:
    work.ask(host)
    wait_for("a running delivery", host.running)
    host.kill_worker()
    wait_for("no orphan", lambda: set(host.family()) == publishers(work))
    host.start()
    wait_for("the rest", lambda: host.unsettled() == 0)
    assert work.faults(host) == []


def test_several_drains_at_once_make_each_delivery_once(prepared: Host, work: DemoWork) -> None:
    work.milliseconds, former = 20, work.milliseconds
    for _ in range(10):
        work.ask(prepared)
    work.milliseconds = former
    drains = [prepared.spawn(MANAGE, "worker", "--once", "--no-services", stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [drain.communicate(timeout=300)[0] for drain in drains]
    assert [drain.returncode for drain in drains] == [0, 0, 0]
    assert sum(int(word) for out in outputs for word in out.split() if word.isdigit()) == 60, outputs
    assert prepared.unsettled() == 0
    assert work.faults(prepared) == []


KINDS = (["busy", "idle", "parent"] * 17)[:50]
SEED = 20260105


def base() -> str:
    """The database that the campaign runs on."""
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]


def fifty_kills(work: DemoWork | Rendering, folder: Path) -> dict[str, object]:
    """Issue 2, « Shown by » 6, with the default limits of the worker; figures for the proof."""
    with living_host(folder, work.variables) as host:
        work.prepare(host)
        host.start()
        kills = run_campaign(host, work, KINDS, seed=SEED)
        assert work.faults(host) == []
        attempts = host.rows("SELECT attempts, count(*) FROM events_delivery GROUP BY attempts ORDER BY attempts")
        figures = work.figures(host) if isinstance(work, Rendering) else {}
        assert host.stop() == 0
        work.close()
        wait_for("nobody left", lambda: not host.family())
    return {
        "graine": SEED,
        "demandes, chacune faite exactement une fois": work.asked,
        "livraisons par nombre d'essais": ", ".join(f"{count} en {n}" for n, count in attempts),
        **figures,
        **summary(kills),
    }


@pytest.mark.prove
def test_fifty_kills(tmp_path: Path, proof: Proof) -> None:
    title = f"50 kill -9 du worker, travail de démonstration ({base()})"
    proof.record(issue=2, title=title, figures=fifty_kills(DemoWork(), tmp_path))


@pytest.mark.prove
def test_fifty_kills_during_rendering(tmp_path: Path, proof: Proof) -> None:
    title = f"50 kill -9 du worker pendant le rendu de FRCP validées : PDF/A, CDA N3, CDA N1 ({base()})"
    proof.record(issue=2, title=title, figures=fifty_kills(Rendering(), tmp_path))
