"""The django-q2 cluster of a host, run as one generation: a process group of its own, with our clock in its pusher."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.cluster import Cluster
from django_q.signing import SignedPackage

from dcc.events.worker import pulse
from dcc.events.worker.processes import die_with_parent, let_descendants_die_with_their_parent, name_process

log = logging.getLogger("dcc.worker")

BEAT_EVERY = 1.0
TICK_EVERY = 5.0
TICK_TASK = "dcc.events.tasks.tick_task"


class ClockBroker(ORM):  # type: ignore[misc]  # django-q2 ships no types
    """The ORM broker, plus the clock: heartbeats and ticks that are made here and never touch the database.

    They are this host's own, so that a host whose cluster is frozen is not taken for healthy because another answered.
    """

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self._next: dict[str, float] = {TICK_TASK: 0.0, pulse.BEAT_TASK: 0.0}
        self._failing = False

    def dequeue(self) -> list[tuple[Any, str]] | None:
        """The next tasks as ``(acknowledgement id, package)``; called without end by the pusher."""
        if not any(self._next.values()):
            name_process("dcc:pusher")
        for func, every in ((TICK_TASK, TICK_EVERY), (pulse.BEAT_TASK, BEAT_EVERY)):
            if time.monotonic() >= self._next[func]:
                self._next[func] = time.monotonic() + every
                return [(None, _package(func))]
        return self._from_database()

    def _from_database(self) -> list[tuple[Any, str]] | None:
        """A database that is away must not stop the clock: the pusher would die, and beats with it."""
        try:
            found: list[tuple[Any, str]] | None = super().dequeue()
        except (DatabaseError, InterfaceError) as error:
            if not self._failing:
                log.error("the queue cannot be read (%s); trying on", type(error).__name__)
            self._failing = True
            connections.close_all()
            time.sleep(BEAT_EVERY)
            return None
        if self._failing:
            log.info("the queue can be read again")
        self._failing = False
        return found


def _package(func: str) -> str:
    name = func.rpartition(".")[2]
    task: Mapping[str, Any] = {
        "id": os.urandom(16).hex(),
        "name": name,
        "func": func,
        "args": (),
        "kwargs": {},
        "started": timezone.now(),
        "save": False,
    }
    package: str = SignedPackage.dumps(task)
    return package


def run_cluster(line: pulse.Pulse, supervisor: int) -> None:
    """Body of the forked process: the cluster until it is told to stop (SIGTERM) or dies."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(supervisor)
    name_process("dcc:cluster")
    let_descendants_die_with_their_parent()
    pulse.connect(line)
    cluster = Cluster(broker=ClockBroker())
    cluster.start()
    while cluster.sentinel.is_alive():
        cluster.sentinel.join(timeout=1)
    os._exit(0)  # no clean-up of ours: the processes below are gone or must go
