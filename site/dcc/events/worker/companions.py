"""The long-running services of the registry (a checker, a listener): one process each, started again when it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from django.conf import settings

from dcc.contracts.capabilities import Service
from dcc.events.worker.processes import die_with_parent, kill_group

log = logging.getLogger("dcc.worker")

DELAYS = (0.0, 1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before each new start in a row; the last repeats."""

SETTLED = 60.0
"""A service that ran that long is forgiven its former failures."""


def delay(failures: int) -> float:
    """Seconds to wait before the next start after that many failures in a row."""
    return DELAYS[min(failures, len(DELAYS) - 1)]


class Companion:
    """One service of this host."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._next = 0.0

    @property
    def pid(self) -> int | None:
        """Its process, while it lives."""
        return self.process.pid if self.process else None

    def watch(self, now: float) -> None:
        """Start it, or start it again when it ended and its delay is over."""
        if self.process is not None and self.process.poll() is not None:
            kill_group(self.process.pid)
            self._failures = 1 if now - self._started > SETTLED else self._failures + 1
            self._next = now + delay(self._failures)
            log.warning(
                "service %s ended (%s), next start in %.0f s", self.service.key, self.process.returncode, self._next - now
            )
            self.process = None
        if self.process is None and now >= self._next:
            self._started = now
            self.process = _start(self.service.command)
            log.info("service %s started as %d", self.service.key, self.process.pid)

    def ask_to_stop(self) -> None:
        """Ask politely; :meth:`kill` does not."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)

    def stopped(self) -> bool:
        """Whether it is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """Kill its whole group."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()
            self.process = None


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  (the supervisor has one thread, and this is one system call)
    )
