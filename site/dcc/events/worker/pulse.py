"""How the cluster tells the supervisor that it lives: short lines in a pipe, without lock and without database.

``idle`` and ``busy`` come from the workers, ``beat`` from the monitor once a heartbeat went all the way. A line is shorter than
``PIPE_BUF``, so lines of several processes never mix; a full pipe loses lines rather than stop a worker.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from typing import Any

from django_q.signals import post_execute, post_execute_in_worker, post_spawn, pre_execute

from dcc.events.worker.processes import name_process

BEAT_TASK = "dcc.events.tasks.beat_task"


class Pulse:
    """One generation's line to its supervisor; made before the fork, shared by every process of the cluster."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)
        self._stop = mmap.mmap(-1, 1)

    def keep_reader(self) -> None:
        """In the supervisor: the end of every writer is then seen as the end of the pipe."""
        os.close(self._writer)

    def close(self) -> None:
        """In the supervisor, when the generation is over."""
        os.close(self.reader)
        self._stop.close()

    def ask_to_stop(self) -> None:
        """In the supervisor: drains end after their present delivery."""
        self._stop[0] = 1

    def asked_to_stop(self) -> bool:
        """In the cluster: whether the worker is being stopped."""
        return self._stop[0] == 1

    def say(self, word: str) -> None:
        """In the cluster: one line, with the process that says it."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._writer, f"{word} {os.getpid()}\n".encode("ascii"))

    def heard(self) -> list[tuple[str, int]]:
        """In the supervisor: the lines that came since, as ``(word, pid)``."""
        lines: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            lines = os.read(self.reader, 65536).splitlines()
        return [(word.decode("ascii"), int(pid)) for word, _, pid in (line.partition(b" ") for line in lines) if pid.isdigit()]


_pulse: Pulse | None = None


def stopping() -> bool:
    """Whether this process belongs to a cluster that is being stopped."""
    return _pulse is not None and _pulse.asked_to_stop()


def connect(pulse: Pulse) -> None:
    """In the cluster, before it forks: its processes report through ``pulse`` from now on."""
    global _pulse  # noqa: PLW0603  (one pulse per process tree, set once after the fork)
    _pulse = pulse
    post_spawn.connect(_on_spawn)
    pre_execute.connect(_on_start)
    post_execute_in_worker.connect(_on_end)
    post_execute.connect(_on_result)


def _say(word: str) -> None:
    if _pulse is not None:
        _pulse.say(word)


def _on_spawn(**_: Any) -> None:
    name_process("dcc:idle")
    _say("idle")


def _on_start(**_: Any) -> None:
    name_process("dcc:busy")
    _say("busy")


def _on_end(**_: Any) -> None:
    name_process("dcc:idle")
    _say("idle")


def _on_result(*, task: dict[str, Any], **_: Any) -> None:
    if task["func"] == BEAT_TASK:
        _say("beat")
