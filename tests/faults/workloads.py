"""What the worker is given to do while it is being killed."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.faults.host import Host


class Workload(Protocol):
    """Some work, and how to tell whether it was done exactly once."""

    @property
    def variables(self) -> Mapping[str, str]:
        """What the host's environment needs (``DCC_PLUGINS``...)."""

    def prepare(self, host: Host) -> None:
        """Called once on the migrated database, before the worker starts."""

    def ask(self, host: Host) -> int:
        """Publish one batch; how many deliveries more are to be made."""

    def faults(self, host: Host) -> list[str]:
        """What is missing or doubled, once every delivery is done; empty when the effects are those of exactly one run each."""

    def close(self) -> None:
        """End what :meth:`prepare` started."""


@dataclass
class DemoWork:
    """The demonstration plugin: each delivery sleeps, and leaves one row in a table that would take more."""

    batch: int = 6
    things: int = 4
    milliseconds: int = 400
    asked: int = 0
    publisher: subprocess.Popen[Any] | None = None
    variables: Mapping[str, str] = field(default_factory=lambda: {"DCC_PLUGINS": "tests.demo_plugin"})

    def prepare(self, host: Host) -> None:
        self.publisher = host.spawn("demo_work", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, host: Host) -> int:
        assert self.publisher is not None
        assert self.publisher.stdin is not None
        assert self.publisher.stdout is not None
        self.publisher.stdin.write(f"{self.batch} {self.things} {self.milliseconds}\n")
        self.publisher.stdin.flush()
        assert self.publisher.stdout.readline() == "ok\n"
        self.asked += self.batch
        return self.batch

    def faults(self, host: Host) -> list[str]:
        rows = host.rows("SELECT thing, number FROM demo_plugin_effect ORDER BY id")
        times = Counter(number for _, number in rows)
        found = [f"work {number}: {times[number]} effects" for number in range(1, self.asked + 1) if times[number] != 1]
        order: dict[str, list[int]] = defaultdict(list)
        for thing, number in rows:
            order[thing].append(number)
        return found + [f"{thing}: out of order {numbers}" for thing, numbers in order.items() if numbers != sorted(numbers)]

    def close(self) -> None:
        if self.publisher is not None:
            self.publisher.kill()
            self.publisher.communicate()
