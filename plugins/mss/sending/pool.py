"""Connections kept open between two mails of a process: opening one costs more than sending over it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from plugins.mss.apps import MssSettings
from plugins.mss.sending.connection import Broken, Connection, Letter, Rejected

IDLE_SECONDS = 20
"""Longer unused, a connection is not worth asking about: servers close theirs."""
ASKED_SECONDS = 2
"""Longer unused, it is asked whether it is still there."""
MOST_MAILS = 200
"""Then a new one is opened: operators bound theirs, and a changed certificate gets its turn."""
KEPT = 4


class Pool:
    """Open connections of this process, by settings; each is used by one thread at a time."""

    def __init__(self, connect: Callable[[MssSettings], Connection] = Connection) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._free: list[tuple[MssSettings, Connection]] = []
        self._process = os.getpid()

    def deliver(self, settings: MssSettings, letter: Letter, before_data: Callable[[], None]) -> str:
        """Send over a kept connection, or a new one; raises as :meth:`Connection.deliver` and the opening do."""
        kept = self._taken(settings)
        if kept is not None:
            try:
                return self._over(settings, kept, letter, before_data)
            except Broken:  # it was stale: nothing was handed over, a new one may do
                pass
        return self._over(settings, self._connect(settings), letter, before_data)

    def close(self) -> None:
        """Close all that are free."""
        with self._lock:
            free, self._free = self._free, []
        for _settings, connection in free:
            connection.close()

    def _over(self, settings: MssSettings, connection: Connection, letter: Letter, before_data: Callable[[], None]) -> str:
        keep = False
        try:
            answer = connection.deliver(letter, before_data)
            keep = True
            return answer
        except Rejected:
            keep = connection.is_open
            raise
        finally:
            self._settle(settings, connection, keep=keep)

    def _settle(self, settings: MssSettings, connection: Connection, *, keep: bool) -> None:
        if not keep:
            connection.drop()
        elif connection.sent >= MOST_MAILS:
            connection.close()
        else:
            with self._lock:
                self._free.append((settings, connection))
                surplus = self._free[:-KEPT]
                self._free = self._free[-KEPT:]
            for _settings, one in surplus:
                one.close()

    def _taken(self, settings: MssSettings) -> Connection | None:
        while True:
            with self._lock:
                if self._process != os.getpid():  # forked: what is open belongs to the parent
                    self._free, self._process = [], os.getpid()
                place = next((n for n, (of, _one) in enumerate(self._free) if of == settings), None)
                connection = self._free.pop(place)[1] if place is not None else None
            if connection is None:
                return None
            unused = time.monotonic() - connection.used_at
            if unused < ASKED_SECONDS or (unused < IDLE_SECONDS and connection.is_alive()):
                return connection
            connection.drop()
