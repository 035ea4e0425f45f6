"""A PostgreSQL server of its own, which can be restarted under those who use it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mailservers.processes import free_ports

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its folder, its port on loopback."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Of its database ``dcc``."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/dcc"

    def restart(self) -> None:
        """Stop at once, every connection cut, and start again."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "-l", str(self.folder / "log"), "restart")

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as its user."""
        command = ["runuser", "-u", USER, "--", str(PROGRAMS / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)


@contextlib.contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Make one, start it, take it away; needs root, as the mail servers do."""
    with tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.chown(folder, USER)
        (port,) = free_ports(1)
        made = Cluster(folder, port)
        made.run("initdb", "-D", str(folder / "data"), "-A", "trust", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=100"
        start = ["-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start"]
        made.run("pg_ctl", *start)
        try:
            made.run("createdb", "-h", "127.0.0.1", "-p", str(port), "dcc")
            yield made
        finally:
            made.run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
