"""One host under test: a database, a data folder, ``manage.py worker`` and what can be seen of its processes from outside."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.db import connection

from tests.database_copy import migrations_digest, start_from_copy, template_name

ROOT = Path(__file__).resolve().parents[2]
MANAGE = str(ROOT / "manage.py")


class Gone(AssertionError):
    """What was waited for did not come."""


def wait_for(what: str, found: Callable[[], object], *, seconds: float = 60.0, every: float = 0.02) -> None:
    """Return as soon as ``found`` answers true; raises :class:`Gone` after ``seconds``."""
    limit = time.monotonic() + seconds
    while not found():
        if time.monotonic() > limit:
            raise Gone(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


def seen(what: str, found: Callable[[], list[int]]) -> list[int]:
    """The first that ``found`` answers, which a second look may not find any more; raises :class:`Gone`."""
    held: list[int] = []

    def there() -> list[int]:
        held[:] = found()
        return held

    wait_for(what, there)
    return held


@contextlib.contextmanager
def throwaway_database(folder: Path) -> Iterator[str]:
    """URL of an empty database of the kind that the tests run on, gone afterwards."""
    if connection.vendor != "postgresql":
        start_from_copy(folder / "db.sqlite3")
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"faults_{secrets.token_hex(4)}"
    with psycopg.connect(_server_url("postgres"), autocommit=True) as admin:
        copy = template_name(migrations_digest())
        left = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [copy]).fetchone()
        admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {copy}" if left else ""))
        try:
            yield _server_url(name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def database_url() -> str:
    """The test database, as the environment of another process names it; for tests with transactions of their own."""
    name = str(connection.settings_dict["NAME"])
    return f"sqlite:///{name}" if connection.vendor == "sqlite" else _server_url(name)


def _server_url(name: str) -> str:
    """A database of the PostgreSQL server of the tests."""
    config = connection.settings_dict
    user, password, host = (quote(str(config[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host}:{config['PORT']}/{name}"


class Host:
    """A machine of the platform. ``variables`` are added to its environment (``DCC_PLUGINS``, limits)."""

    def __init__(self, url: str, folder: Path, variables: Mapping[str, str]) -> None:
        self.url, self.folder = url, folder
        self.log = folder / "worker.log"
        self.environ = {
            **{
                name: value
                for name, value in os.environ.items()
                if name == "DCC_KIT_DIR" or not name.startswith(("DCC_", "PYTEST"))
            },
            "DJANGO_SETTINGS_MODULE": "dcc.settings.dev",
            "DATABASE_URL": url,
            "DCC_DATA_DIR": str(folder),
            **variables,
        }
        self.worker: subprocess.Popen[bytes] | None = None

    def manage(self, *command: str) -> str:
        """Run a management command; its output."""
        done = subprocess.run([sys.executable, MANAGE, *command], env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def spawn(self, *command: str, **pipes: Any) -> subprocess.Popen[Any]:
        """Start a Python program in a session of its own."""
        return subprocess.Popen([sys.executable, *command], env=self.environ, cwd=ROOT, start_new_session=True, **pipes)

    def start(self) -> None:
        """Start the worker, and wait until its cluster is complete."""
        with self.log.open("ab") as out:
            self.worker = self.spawn(MANAGE, "worker", stdout=out, stderr=subprocess.STDOUT)
        wait_for("a complete cluster", lambda: len(self.named("dcc:idle")) >= 2)

    def stop(self, *, seconds: float = 120.0) -> int:
        """Ask the worker to stop, as systemd does; its exit code."""
        assert self.worker is not None
        self.worker.send_signal(signal.SIGTERM)
        return self.worker.wait(seconds)

    def kill_worker(self) -> None:
        """The supervisor itself is killed."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def kill_everybody(self) -> bool:
        """Kill every process of this host; whether there was none."""
        living = self.family()
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not living

    def family(self) -> dict[int, str]:
        """Every living process of this host by number, with its name; found by the data folder in its environment."""
        mark, found = f"DCC_DATA_DIR={self.folder}\0".encode(), {}
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state = (process / "stat").read_bytes().rpartition(b")")[2].split()[0]
                if state not in (b"Z", b"X") and mark in (process / "environ").read_bytes():
                    found[int(process.name)] = (process / "comm").read_text().strip()
        return found

    def named(self, *names: str) -> list[int]:
        """Processes of these names."""
        return sorted(pid for pid, name in self.family().items() if name in names)

    def cluster(self) -> list[int]:
        """The main process of the cluster: the child of the supervisor."""
        assert self.worker is not None
        return [pid for pid in self.named("dcc:cluster") if parent_of(pid) == self.worker.pid]

    def running(self) -> list[int]:
        """Processes that hold a lease and live."""
        owners = [str(row[0]).split("|") for row in self.rows("SELECT lease_owner FROM events_delivery WHERE state = 'running'")]
        alive = self.family()
        return [int(owner[1]) for owner in owners if int(owner[1]) in alive]

    def counts(self) -> dict[str, int]:
        """Deliveries by state."""
        return {str(state): int(n) for state, n in self.rows("SELECT state, count(*) FROM events_delivery GROUP BY state")}

    def unsettled(self) -> int:
        """Deliveries that are not done."""
        return sum(n for state, n in self.counts().items() if state != "done")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query, read beside the platform."""
        if self.url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(urlsplit(self.url).path.removeprefix("/"), timeout=30)) as database:
                return database.execute(query).fetchall()
        with psycopg.connect(self.url) as server:
            return server.execute(query).fetchall()

    def change(self, statement: str) -> int:
        """Change rows beside the platform; how many."""
        if self.url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(urlsplit(self.url).path.removeprefix("/"), timeout=30)) as database, database:
                return database.execute(statement).rowcount
        with psycopg.connect(self.url) as server:
            return server.execute(statement).rowcount


def command_line(pid: int) -> str:
    """What a process was started with, nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """Parent of a process, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return 0


@contextlib.contextmanager
def living_host(folder: Path, variables: Mapping[str, str]) -> Iterator[Host]:
    """A migrated host on an empty database of its own; whatever still lives of it afterwards is killed."""
    with throwaway_database(folder) as url, host_on(url, folder, variables) as host:
        yield host


@contextlib.contextmanager
def host_on(url: str, folder: Path, variables: Mapping[str, str], *, migrated: bool = False) -> Iterator[Host]:
    """The same on a database that is given; ``migrated``: it is ready (that of the tests, :func:`database_url`).

    Afterwards no process of it lives; on PostgreSQL the server may still do what a killed one asked (:mod:`tests.emptying`).
    """
    host = Host(url, folder, variables)
    if not migrated:
        host.manage("migrate", "-v0")
    try:
        yield host
    finally:
        # A process killed in a system call still ends it: who empties the database next must not meet what it wrote.
        wait_for("nobody", host.kill_everybody)
