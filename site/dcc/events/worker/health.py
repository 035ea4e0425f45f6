"""Is the cluster alive? A pure judgement on what its pulse said.

========================================================= ==========================================================
what is seen                                              verdict
========================================================= ==========================================================
no beat yet, ``start`` seconds after the start            never started
a worker idle and no beat, both for ``freeze`` seconds    frozen (beats would have been run by that worker)
fewer living workers than wanted for ``freeze`` seconds   incomplete (the sentinel no longer replaces them)
a worker busy longer than any task may be                 stuck (the time limit itself does not work)
no beat for longer than any task may be, and ``freeze``   frozen (even full workers let a beat through by then)
========================================================= ==========================================================

All workers busy, and therefore no beat, is health.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds, but ``workers``: how many the cluster should have. ``task``: the longest that the queue lets a task run."""

    workers: int
    task: float
    freeze: float = 10.0
    start: float = 20.0

    @property
    def stuck(self) -> float:
        """When a busy worker is past its time limit for certain (the queue itself allows for some seconds more)."""
        return self.task + 30.0


@dataclass(slots=True)
class Seen:
    """What the pulse said: when the generation started, its last beat, and each worker's last word with its time."""

    started: float
    beat: float | None = None
    workers: dict[int, tuple[str, float]] = field(default_factory=dict)
    complete: float | None = None
    """When the workers were last as many as wanted."""

    def hear(self, word: str, pid: int, now: float) -> None:
        """Take one line of the pulse in."""
        if word == "beat":
            self.beat = now
        else:
            self.workers[pid] = (word, now)

    def count(self, now: float, limits: Limits, is_alive: Callable[[int], bool]) -> None:
        """Forget dead workers and note whether the others are enough."""
        self.workers = {pid: word for pid, word in self.workers.items() if is_alive(pid)}
        if len(self.workers) >= limits.workers:
            self.complete = now


def diagnose(seen: Seen, now: float, limits: Limits) -> str:
    """Why the cluster must be replaced (a log line), or an empty text when it is well."""
    if seen.beat is None:
        return f"no beat {now - seen.started:.0f} s after the start" if now - seen.started > limits.start else ""
    silent = now - seen.beat
    stuck = [pid for pid, (word, since) in seen.workers.items() if word == "busy" and now - since > limits.stuck]
    if stuck:
        return f"worker {stuck[0]} is past its time limit"
    idle = [pid for pid, (word, since) in seen.workers.items() if word == "idle" and now - since > limits.freeze]
    if silent > limits.freeze and (idle or silent > limits.stuck + limits.freeze):
        return f"frozen: no beat for {silent:.0f} s"
    if now - (seen.complete or seen.started) > limits.freeze:
        return f"{len(seen.workers)} of {limits.workers} workers left"
    return ""
