"""What is done beside a request, in a thread of the web process: nobody waits for it, and it keeps no database connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def in_thread(work: Callable[[], object]) -> None:
    """Do it beside the request; the connections that it opened are closed with it."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=run, name="dmp-sessions", daemon=True).start()
