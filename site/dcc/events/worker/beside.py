"""Services for the time of a command, on a host where no worker keeps them (set-up, an operator's command)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dcc.contracts.capabilities import Service
from dcc.contracts.registry import current
from dcc.events.worker.companions import Companion


@contextmanager
def services_beside() -> Iterator[None]:
    """Start the services of the registry, and end them on the way out; who needs one asks until it answers."""
    companions = [Companion(service) for service in current().all(Service)]
    try:
        for companion in companions:
            companion.watch(time.monotonic())
        yield
    finally:
        for companion in companions:
            companion.ask_to_stop()
            companion.kill()
