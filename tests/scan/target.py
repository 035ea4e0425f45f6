"""The product under scan: the demonstration, alone on a free port of the loopback, in a data folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
ACCESSES = "accesses.log"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The data of the demonstration in a folder, and what programs need to run on it."""

    folder: Path
    environ: Mapping[str, str]

    def copied(self, folder: Path) -> Demonstration:
        """A copy in ``folder``, for one scan alone: what it writes, deletes or locks spoils nobody else's."""
        shutil.copytree(self.folder / "data", folder / "data")
        return Demonstration(folder, _environ(folder))

    def cookies(self, accounts: Sequence[str]) -> dict[str, str]:
        """The ``Cookie`` header of a signed-in browser, by account."""
        found: dict[str, str] = json.loads(_run([str(ROOT / "tests/scan/session.py"), *accounts], self.environ))
        return found

    @contextlib.contextmanager
    def served(self, cookies: str, name: str) -> Iterator[str]:
        """The address of a server on loopback that takes whoever asks for the owner of ``cookies`` (nobody when empty)."""
        port, log = _free_port(), self.folder / f"server-{name}.log"
        command = ["gunicorn", "tests.scan.wsgi", "--bind", f"{LOOPBACK}:{port}", "--workers", "2", "--no-control-socket"]
        command += ["--access-logfile", str(self.folder / ACCESSES), "--access-logformat", "%(s)s %(m)s %(U)s"]
        environ = {**self.environ, "SCAN_COOKIES": cookies}
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", *command, "--timeout", "120"], env=environ, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            _wait_for(f"http://{LOOPBACK}:{port}/compte/connexion/")
            yield f"http://{LOOPBACK}:{port}/"
        finally:
            server.terminate()
            server.wait(30)


def demonstration(folder: Path) -> Demonstration:
    """The demonstration, made in ``folder``."""
    environ = _environ(folder)
    (folder / "data").mkdir()
    _run([str(ROOT / "manage.py"), "demo", "--prepare-only"], environ)
    return Demonstration(folder, environ)


def answers(folder: Path) -> Counter[int]:
    """How many requests a server of ``folder`` answered, by status."""
    return Counter(int(line[:3]) for line in (folder / ACCESSES).read_text(encoding="utf-8").splitlines() if line[:3].isdigit())


def stays_in(url: str) -> bool:
    """Whether the home page is served, and not the way in, nor the page of the terms."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  (our own address on loopback)
        return not any(part in str(answer.url) for part in ("/connexion/", "/engagements/"))


def _environ(folder: Path) -> dict[str, str]:
    """Rates are not limited: the scan tries everything."""
    return {
        **{name: value for name, value in os.environ.items() if name == "DCC_KIT_DIR" or not name.startswith(("DCC_", "PYTEST"))},
        "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
        "DATABASE_URL": f"sqlite:///{folder / 'data/db.sqlite3'}",
        "DCC_DATA_DIR": str(folder / "data"),
        "DCC_RATE_LIMIT_PERCENT": "0",
        "DCC_SESSION_IDLE_MINUTES": "600",
        "DCC_CONFORMANCE_IN_PROCESS": "oui",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)]),
    }


def _run(command: Sequence[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run([sys.executable, *command], env=dict(environ), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310  (our own address on loopback)
            return
        time.sleep(0.2)
    raise RuntimeError(f"{url} ne répond pas")
