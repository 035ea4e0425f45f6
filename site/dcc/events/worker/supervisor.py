"""The supervisor: starts the cluster and the services, watches them, replaces what is dead or frozen, stops them cleanly.

It opens no database connection and runs no task, so nothing that goes wrong there can stop it.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import select
import signal
import time
from collections.abc import Sequence
from multiprocessing.context import ForkProcess

from django.db import connections

from dcc.contracts.capabilities import Service
from dcc.events.worker.cluster import run_cluster
from dcc.events.worker.companions import Companion, delay
from dcc.events.worker.health import Limits, Seen, diagnose
from dcc.events.worker.processes import adopt_orphans, is_alive, kill_group, name_process, reap_strangers
from dcc.events.worker.pulse import Pulse

log = logging.getLogger("dcc.worker")

LOOK_EVERY = 0.25


class Generation:
    """One life of the cluster: its process group, its pulse and what was seen of it."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self.process: ForkProcess = multiprocessing.get_context("fork").Process(
            target=run_cluster, args=(self.pulse, os.getpid()), name="cluster"
        )
        connections.close_all()  # a connection must not be shared with a fork
        self.process.start()
        self.pulse.keep_reader()
        self.seen = Seen(started=time.monotonic())

    @property
    def pid(self) -> int:
        """The leader of the group."""
        return self.process.pid or 0

    def look(self, seconds: float) -> None:
        """Wait a little for news, and take them in."""
        ready, _, _ = select.select([self.pulse.reader, self.process.sentinel], [], [], seconds)
        if self.pulse.reader in ready:
            for word, pid in self.pulse.heard():
                self.seen.hear(word, pid, time.monotonic())

    def trouble(self, limits: Limits) -> str:
        """Why this generation must be replaced, or nothing."""
        if not is_alive(self.pid):
            return "its main process is gone"
        self.seen.count(time.monotonic(), limits, is_alive)
        return diagnose(self.seen, time.monotonic(), limits)

    def kill(self) -> None:
        """Kill the whole group, whatever is left of it."""
        kill_group(self.pid)
        self.process.kill()  # it may not have come as far as its own group
        self.process.join()
        self.pulse.close()


class Supervisor:
    """What ``manage.py worker`` runs. ``grace``: seconds that running tasks and services get to end when it is stopped."""

    def __init__(self, services: Sequence[Service], limits: Limits, grace: float) -> None:
        self.companions = [Companion(service) for service in services]
        self.limits = limits
        self.grace = grace
        self.generation: Generation | None = None
        self._stopping = False
        self._failures = 0
        self._next = 0.0

    def run(self) -> None:
        """Watch until SIGTERM or SIGINT, then stop everything within ``grace`` seconds."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        name_process("dcc:supervisor")
        adopt_orphans()
        gc.collect()
        gc.freeze()  # what is loaded stays shared with the forks
        log.info("worker %d: %d workers, %d services", os.getpid(), self.limits.workers, len(self.companions))
        while not self._stopping:
            self._turn()
        self._end()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _turn(self) -> None:
        now = time.monotonic()
        for companion in self.companions:
            companion.watch(now)
        reap_strangers(self._known())
        if self.generation is None:
            self._start_when_due(now)
            return
        self.generation.look(LOOK_EVERY)
        if self.generation.seen.beat is not None:
            self._failures = 0
        trouble = self.generation.trouble(self.limits)
        if trouble and not self._stopping:
            self._replace(trouble)

    def _start_when_due(self, now: float) -> None:
        if now < self._next:
            time.sleep(LOOK_EVERY)
            return
        self.generation = Generation()
        log.info("cluster %d started", self.generation.pid)

    def _replace(self, trouble: str) -> None:
        if self.generation is None:
            return
        log.error("cluster %d killed: %s", self.generation.pid, trouble)
        self.generation.kill()
        self.generation = None
        self._next = time.monotonic() + delay(self._failures)
        self._failures += 1

    def _known(self) -> set[int]:
        pids = {companion.pid for companion in self.companions} | {self.generation.pid if self.generation else None}
        return {pid for pid in pids if pid is not None}

    def _end(self) -> None:
        log.info("worker %d: stopping, %.0f s at most", os.getpid(), self.grace)
        for companion in self.companions:
            companion.ask_to_stop()
        if self.generation is not None:
            self.generation.pulse.ask_to_stop()
            os.kill(self.generation.pid, signal.SIGTERM)
        limit = time.monotonic() + self.grace
        while time.monotonic() < limit and not self._all_stopped():
            time.sleep(0.05)
        if not self._all_stopped():
            log.error("worker %d: killing what did not stop in time", os.getpid())
        for companion in self.companions:
            companion.kill()
        if self.generation is not None:
            self.generation.kill()
        reap_strangers(set())
        log.info("worker %d: stopped", os.getpid())

    def _all_stopped(self) -> bool:
        cluster = self.generation is None or not is_alive(self.generation.pid)
        return cluster and all(companion.stopped() for companion in self.companions)
