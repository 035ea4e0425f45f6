"""What the worker is given to do while it is being killed."""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.faults.host import MANAGE, Host


class Workload(Protocol):
    """Some work, and how to tell whether it was done exactly once."""

    @property
    def variables(self) -> Mapping[str, str]:
        """What the host's environment needs (``DCC_PLUGINS``...)."""

    @property
    def span(self) -> float:
        """Seconds that one delivery takes: a kill falls anywhere within."""

    def prepare(self, host: Host) -> None:
        """Called once on the migrated database, before the worker starts."""

    def ask(self, host: Host) -> int:
        """Publish one batch; how many deliveries more are to be made."""

    def faults(self, host: Host) -> list[str]:
        """What is missing or doubled, once every delivery is done; empty when the effects are those of exactly one run each."""

    def close(self) -> None:
        """End what :meth:`prepare` started."""


@dataclass
class _Asked:
    """What the workloads share: a process that publishes one batch per line that it is given."""

    publisher: subprocess.Popen[Any] | None = None
    asked: int = 0

    def _ask(self, line: str, number: int) -> int:
        assert self.publisher is not None
        assert self.publisher.stdin is not None
        assert self.publisher.stdout is not None
        self.publisher.stdin.write(f"{line}\n")
        self.publisher.stdin.flush()
        answer = self.publisher.stdout.readline()
        assert answer == "ok\n", f"the publisher answered {answer!r}"
        self.asked += number
        return number

    def close(self) -> None:
        """End the publisher."""
        if self.publisher is not None:
            self.publisher.kill()
            self.publisher.communicate()


@dataclass
class DemoWork(_Asked):
    """The demonstration plugin: each delivery sleeps, and leaves one row in a table that would take more."""

    batch: int = 6
    things: int = 4
    milliseconds: int = 400
    variables: Mapping[str, str] = field(default_factory=lambda: {"DCC_PLUGINS": "tests.demo_plugin"})

    @property
    def span(self) -> float:
        return self.milliseconds / 1000

    def prepare(self, host: Host) -> None:
        self.publisher = host.spawn(MANAGE, "demo_work", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, host: Host) -> int:
        return self._ask(f"{self.batch} {self.things} {self.milliseconds}", self.batch)

    def faults(self, host: Host) -> list[str]:
        rows = host.rows("SELECT thing, number FROM demo_plugin_effect ORDER BY id")
        times = Counter(number for _, number in rows)
        found = [f"work {number}: {times[number]} effects" for number in range(1, self.asked + 1) if times[number] != 1]
        order: dict[str, list[int]] = defaultdict(list)
        for thing, number in rows:
            order[thing].append(number)
        return found + [f"{thing}: out of order {numbers}" for thing, numbers in order.items() if numbers != sorted(numbers)]


@dataclass
class Rendering(_Asked):
    """The real pipeline: validated FRCP, each of which must end with its artifacts, every format exactly once."""

    batch: int = 4
    span: float = 1.0
    formats: tuple[str, ...] = ("cda-n1", "cda-n3", "pdf-a1")
    variables: Mapping[str, str] = field(default_factory=dict)

    def prepare(self, host: Host) -> None:
        command = ("-m", "tests.faults.publish_documents")
        self.publisher = host.spawn(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, host: Host) -> int:
        return self._ask(str(self.batch), self.batch)

    def faults(self, host: Host) -> list[str]:
        renditions = host.rows("SELECT id, state FROM exchange_rendition")
        found = [f"{len(renditions)} renditions of {self.asked} documents"] if len(renditions) != self.asked else []
        found += [f"rendition {rendition} is {state}" for rendition, state in renditions if state != "prete"]
        made: dict[str, list[str]] = defaultdict(list)
        for rendition, output, name, digest in host.rows(
            "SELECT rendition_id, format, storage_name, sha256 FROM exchange_storedartifact ORDER BY format"
        ):
            made[rendition].append(output)
            content = (host.folder / "artifacts" / name).read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                found.append(f"{rendition} {output}: the file is not what was stored")
        found += [f"{rendition}: {made[rendition]}" for rendition, _ in renditions if tuple(made[rendition]) != self.formats]
        told = host.rows("SELECT count(*) FROM events_event WHERE name = 'document.rendition_ready'")[0][0]
        return found + ([f"RenditionReady was told {told} times"] if told != self.asked else [])

    def figures(self, host: Host) -> dict[str, object]:
        """What the checks said of the artifacts, and the files that a kill between the store and its table left behind."""
        rows = host.rows("SELECT conformance, count(*) FROM exchange_storedartifact GROUP BY conformance ORDER BY 1")
        files = sum(1 for path in (host.folder / "artifacts").rglob("*") if path.is_file())
        return {
            "artefacts": ", ".join(f"{number} {verdict}" for verdict, number in rows),
            "fichiers orphelins dans le dépôt (sans ligne, jamais montrés)": files - sum(number for _, number in rows),
        }
