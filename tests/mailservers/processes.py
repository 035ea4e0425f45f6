"""Postfix's master and Dovecot's as children of this process: when it dies, however it does, they end, and theirs with them."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.faults.host import parent_of
from tests.mailservers.configuration import Places

POSTFIX, DOVECOT = "/usr/lib/postfix/sbin/master", "/usr/sbin/dovecot"
GUARDIAN = ("/bin/sh", "-c", 'read -r _; kill -TERM "$1"', "sh")
"""Reads from us until we are gone, then ends the daemon. (A death signal would be lost: Postfix changes whom it runs as.)"""
START_SECONDS = 60.0
PORTS, A_LOT = range(20_000, 32_000), 1_000


class NotStarted(AssertionError):
    """A server does not answer on its port."""


def possible() -> str:
    """Why servers cannot be started here; empty when they can."""
    missing = [path for path in (POSTFIX, DOVECOT) if not Path(path).is_file()]
    if missing:
        return "Postfix et Dovecot ne sont pas installés (.ci/install test)"
    if os.geteuid() != 0:
        return "Postfix demande root : ces essais avec de vrais serveurs de messagerie ne sont pas faits"
    return ""


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody holds now.

    Below those that the kernel gives by itself, which it may give to any connection before a server takes them, or once it is
    stopped; processes that were started together (pytest-xdist) do not draw from the same thousand.
    """
    first = PORTS.start + os.getpid() % (len(PORTS) // A_LOT) * A_LOT
    with contextlib.ExitStack() as held:
        found: list[int] = []
        while len(found) < number:
            port = first + secrets.randbelow(A_LOT)
            with contextlib.suppress(OSError):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(port)
        return found


class Daemon:
    """One master process; :meth:`start` returns when its ports answer."""

    def __init__(self, command: list[str], ports: list[int], log: Path) -> None:
        self.command, self.ports, self.log = command, ports, log
        self._process: subprocess.Popen[bytes] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; nothing to do when it runs. Raises :class:`NotStarted` with what it said."""
        if self._process is not None:
            return
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        guardian = [*GUARDIAN, str(self._process.pid)]
        self._guardian = subprocess.Popen(guardian, stdin=subprocess.PIPE, start_new_session=True)
        limit = time.monotonic() + START_SECONDS
        while not all(map(answers, self.ports)):
            if self._process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise NotStarted(f"{self.command[0]}: {self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.01)

    def stop(self, *, seconds: float = 30.0) -> None:
        """Stop it and every process of its family; nothing to do when it does not run."""
        if self._process is None:
            return
        members = self.members()
        if self._guardian is not None:
            self._guardian.kill()
            self._guardian.communicate()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._process.kill()
        self._process.wait()
        self._process = None
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def freeze(self) -> None:
        """It takes connections (the kernel does) and says nothing any more, until :meth:`thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def members(self) -> list[int]:
        """The master and all that it started."""
        if self._process is None:
            return []
        parents = {int(each.name): parent_of(int(each.name)) for each in Path("/proc").glob("[0-9]*")}
        found = [self._process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found


def answers(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def daemons(places: Places) -> tuple[Daemon, Daemon]:
    """Postfix and Dovecot of a folder, not started."""
    postfix = [POSTFIX, "-c", str(places.postfix), "-d"]
    dovecot = [DOVECOT, "-F", "-c", str(places.dovecot)]
    out = places.folder / "daemons.log"
    return (
        Daemon(postfix, [places.smtp, places.plain], out),
        Daemon(dovecot, [places.imap, places.lmtp], out),
    )
