"""``make demo-two-regions``: prepare both instances, run them with Postfix and Dovecot between them until interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.host import MANAGE, ROOT
from tests.mailservers import MailServers, possible, running
from tests.mailservers.processes import answers as port_answers
from tests.two_regions.regions import ALL_DOMAINS, REGIONS, Region, environment

HOME = ROOT / "var" / "two-regions"


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Instance:
    """The platform of a region on this machine; ``servers`` carry its mail."""

    def __init__(self, region: Region, servers: MailServers, home: Path) -> None:
        self.region, self.servers, self.folder = region, servers, home / region.key
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "DATABASE_URL", "PYTEST"))}
        kit = {"DCC_KIT_DIR": os.environ["DCC_KIT_DIR"]} if "DCC_KIT_DIR" in os.environ else {}
        paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)])}
        self.environ = {**kept, **paths, **kit, **environment(region, servers, self.folder)}
        self._process: subprocess.Popen[bytes] | None = None
        self._people: subprocess.Popen[str] | None = None

    def prepare(self) -> str:
        """Database, accounts, scenes, and both regions in the directory; what was said. Raises ``CalledProcessError``."""
        said = self._run(MANAGE, "demo", "--prepare-only")
        self.act("stage", self.region.key)
        return said

    def act(self, *words: str) -> dict[str, Any]:
        """What people do here (:mod:`tests.two_regions.act`). Raises ``RuntimeError`` with what went wrong there."""
        people = self._people = self._people or self._come()
        assert people.stdin is not None
        assert people.stdout is not None
        people.stdin.write(json.dumps(words) + "\n")
        people.stdin.flush()
        answer: dict[str, Any] = json.loads(people.stdout.readline() or '{"failure": "nobody answers"}')
        if "failure" in answer:
            raise RuntimeError(f"{self.region.title} {' '.join(words)}: {answer['failure']}")
        return answer

    def _come(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.two_regions.act"]
        return subprocess.Popen(
            command, env=self.environ, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1
        )

    def leave(self) -> None:
        """The people of :meth:`act` go home; they come again when asked for."""
        if self._people is not None:
            self._people.communicate(timeout=60)
            self._people = None

    def start(self) -> None:
        """Server, worker, poller."""
        command = [sys.executable, MANAGE, "demo", "--port", str(self.region.port)]
        with (self.folder / "demo.log").open("ab") as out:
            self._process = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdout=out, stderr=out)

    def runs(self) -> bool:
        """Whether it still does."""
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether its pages do."""
        return port_answers(self.region.port)

    def stop(self) -> None:
        """End it, and wait."""
        self.leave()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(90)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], env=self.environ, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True
        )
        return done.stdout


@contextmanager
def two_regions(home: Path) -> Iterator[tuple[Instance, Instance]]:
    """Both instances with servers between them, not prepared yet; all is ended afterwards."""
    with running(domains=ALL_DOMAINS) as servers:
        here, there = (Instance(region, servers, home) for region in REGIONS.values())
        try:
            yield here, there
        finally:
            for instance in (here, there):
                instance.stop()


def main() -> int:
    """Run until interrupted; the exit code."""
    why = possible()
    if why:
        say(f"La démonstration à deux régions a besoin de vrais serveurs de messagerie. {why}.")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with two_regions(Path(os.environ.get("DCC_TWO_REGIONS_DIR", HOME))) as instances:
        try:
            for instance in instances:
                say(f"{instance.region.title} : préparation…")
                say(instance.prepare())
                instance.start()
            tell()
            while all(instance.runs() for instance in instances):
                time.sleep(0.5)
            say("Une instance s'est arrêtée : voir demo.log dans son dossier.")
        except (KeyboardInterrupt, SystemExit):
            say("Arrêt…")
    return 0


def tell() -> None:
    """Where both are, and what to try."""
    for region in REGIONS.values():
        say(f"{region.title} : {region.url}/  (boîte {region.mailbox}, RCP « {region.rcp[1]} »)")
    say("Entre les deux : Postfix et Dovecot, TLS et certificats clients. Comptes et mots de passe : les mêmes des deux côtés,")
    say("affichés plus haut. À essayer : confier une FRCP complétée à la RCP de l'autre région. Ctrl-C pour arrêter.")


if __name__ == "__main__":
    sys.exit(main())
