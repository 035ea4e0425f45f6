"""The conformance process of a host: keeps the compiled rules, answers checks and questions about its health on a Unix socket.

Each connection has a thread; one more thread runs the rules, one check after the other (Saxon holds the interpreter's lock, and a
check takes some 50 ms). A check that never ends is ended with the whole process: the worker that watches it starts another one.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dcc.contracts.errors import NotConfigured, Refused
from plugins.cda.conformance.checker import check_content, current_checker
from plugins.cda.conformance.kit import current_kit
from plugins.cda.conformance.protocol import ProtocolError, receive, report_to_json, send

logger = logging.getLogger(__name__)

IDLE_SECONDS = 30.0
"""A client that says nothing for that long is dropped."""

CHECK_SECONDS = 90.0
"""The longest check allowed."""

MAX_MB = 600.0
"""Above this, after an outsize document, the process ends by itself and starts afresh: Saxon gives little memory back."""

MAX_CONNECTIONS = 8
"""Served at once; others wait in the kernel's queue. It bounds the memory of bodies being received."""

_GLANCE_SECONDS = 0.5
"""How often the server looks whether it was asked to stop."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


class AlreadyRunning(Exception):
    """Another conformance process serves this folder."""


class Server:
    """Listens on ``path``. ``watchdog`` ends the whole process when a check takes too long: not for tests."""

    def __init__(self, path: Path, *, watchdog: bool = False) -> None:
        self.path = path
        self.watchdog = watchdog
        self.checks = 0
        self.ready = threading.Event()
        self._started = time.monotonic()
        self._most = MAX_MB
        self._rules = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rules")
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Answer until :meth:`stop`; raises :class:`AlreadyRunning` when the place is taken."""
        with _only_one(self.path), self._listening() as listener:
            self._rules.submit(self._warm)
            while not self._stopping.is_set():
                if not self._places.acquire(timeout=_GLANCE_SECONDS):
                    continue
                try:
                    connection, _ = listener.accept()
                except OSError:
                    self._places.release()
                    continue
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()
            self._rules.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """End :meth:`serve` soon; may be called from a signal handler."""
        self._stopping.set()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        self.path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            former = os.umask(0o177)
            try:
                listener.bind(str(self.path))
            finally:
                os.umask(former)
            listener.listen(64)
            listener.settimeout(_GLANCE_SECONDS)
            try:
                yield listener
            finally:
                self.path.unlink(missing_ok=True)

    def _warm(self) -> None:
        """Compile everything before the first check asks for it; checks wait meanwhile."""
        try:
            heads = current_checker().warm()
            logger.info("conformance: %d schemas ready", len(heads))
        except NotConfigured as error:
            logger.warning("conformance: %s", error.reason)
        except Exception:
            logger.exception("conformance: the kit cannot be used")
        self._most = max(MAX_MB, 1.5 * resident_mb())
        self.ready.set()

    def _end_if_bloated(self) -> None:
        if self.watchdog and self.ready.is_set() and resident_mb() > self._most:
            logger.warning("conformance: %.0f MB, ending to start afresh", resident_mb())
            self.stop()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(IDLE_SECONDS)
                header, body = receive(connection)
                send(connection, self._answer(header, body))
            self._end_if_bloated()
        except (OSError, ProtocolError) as error:
            logger.info("conformance: connection dropped: %s", error)
        finally:
            self._places.release()

    def _answer(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        actions: dict[object, Callable[[], dict[str, Any]]] = {
            "health": self._health,
            "check": lambda: self._rules.submit(self._check, body, header).result(),
        }
        action = actions.get(header.get("do"))
        if action is None:
            return {"error": "protocol", "reason": "unknown request"}
        try:
            return action()
        except Refused as error:
            return {"error": "refused", "reason": error.reason}
        except NotConfigured as error:
            return {"error": "not-configured", "reason": error.reason}
        except Exception as error:
            logger.exception("conformance: a check crashed")
            return {"error": "crash", "reason": type(error).__name__}

    def _check(self, content: bytes, header: dict[str, Any]) -> dict[str, Any]:
        with self._guarded():
            strict, own = header.get("strict") is True, header.get("own") is not False
            report = check_content(content, current_checker(), strict=strict, own=own)
            self.checks += 1
        return {"report": report_to_json(report)}

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """A timer of the C runtime: Saxon, once it runs, does not let Python's own threads work."""
        if not self.watchdog:
            yield
            return
        faulthandler.dump_traceback_later(CHECK_SECONDS, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _health(self) -> dict[str, Any]:
        try:
            kit = current_kit().name
        except NotConfigured:
            kit = ""
        return {
            "health": {
                "pid": os.getpid(),
                "ready": self.ready.is_set(),
                "kit": kit,
                "checks": self.checks,
                "uptime": round(time.monotonic() - self._started, 1),
                "rss_mb": round(resident_mb(), 1),
            }
        }


def resident_mb() -> float:
    """Memory of this process, in megabytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 1e6


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock beside the socket as long as the server lives: a file that a killed process left behind locks nobody out."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(str(path)) from None
        yield
