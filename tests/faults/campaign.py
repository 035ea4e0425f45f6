"""Kills, one after the other, in the middle of work; after each the worker has to finish everything by itself."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.faults.host import Gone, Host, parent_of, seen, wait_for
from tests.faults.workloads import Workload

RECOVERY = 120.0
"""Seconds after which a worker that has not finished the batch is taken for lost (a failure, not a target)."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill -9: whom, and how long until everything that was asked was done."""

    kind: str
    pid: int
    seconds: float


def run_campaign(host: Host, work: Workload, kinds: Sequence[str], *, seed: int) -> list[Kill]:
    """Kill one process of each kind in turn (``busy``, ``idle``, ``parent``, ``sentinel``, ``pusher``), with a batch each time.

    ``idle`` is killed before the batch is asked for, the others while a delivery runs. Raises :class:`tests.faults.host.Gone`
    when the worker does not recover.
    """
    chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)
    kills = []
    for kind in kinds:
        wait_for("a complete cluster", lambda: len(host.named("dcc:idle", "dcc:busy")) >= 2 and host.cluster())
        if kind == "idle":
            pid, begun = _kill_one(seen("somebody idle", lambda: host.named("dcc:idle")), chance)
            work.ask(host)
        else:
            pid, begun = _kill_in_the_middle(host, work, _TARGETS[kind](host), chance)
        wait_for(f"recovery after the kill of {kind} {pid}", lambda: host.unsettled() == 0, seconds=RECOVERY)
        kills.append(Kill(kind, pid, time.monotonic() - begun))
    return kills


def _kill_in_the_middle(
    host: Host, work: Workload, candidates: Callable[[], list[int]], chance: random.Random
) -> tuple[int, float]:
    for _ in range(20):
        work.ask(host)
        wait_for("a running delivery", lambda: host.running() or host.unsettled() == 0)
        time.sleep(chance.uniform(0.0, work.span))
        if host.running() and (found := candidates()):  # looked at once: a delivery may end before a second look
            return _kill_one(found, chance)
    raise Gone("no delivery was ever caught running")


def _kill_one(candidates: Sequence[int], chance: random.Random) -> tuple[int, float]:
    pid = chance.choice(candidates)
    os.kill(pid, signal.SIGKILL)
    return pid, time.monotonic()


def _sentinel(host: Host) -> Callable[[], list[int]]:
    def found() -> list[int]:
        workers = host.named("dcc:idle", "dcc:busy")
        return sorted({parent_of(pid) for pid in workers} - {0})

    return found


_TARGETS: dict[str, Callable[[Host], Callable[[], list[int]]]] = {
    "busy": lambda host: host.running,
    "parent": lambda host: host.cluster,
    "sentinel": _sentinel,
    "pusher": lambda host: lambda: host.named("dcc:pusher"),
}


def summary(kills: Sequence[Kill]) -> dict[str, str]:
    """Per kind: how many, median and longest recovery."""
    found = {}
    for kind in dict.fromkeys(kill.kind for kill in kills):
        seconds = [kill.seconds for kill in kills if kill.kind == kind]
        median, longest = statistics.median(seconds), max(seconds)
        found[f"kill -9 : {kind}"] = f"{len(seconds)} fois, tout est fait après {median:.1f} s (au plus {longest:.1f} s)"
    return found
