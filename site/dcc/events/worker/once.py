"""``manage.py worker --once``: everything that is due, in this process, then out. For set-up, tests and maintenance."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from dcc.contracts.capabilities import Service
from dcc.events.dispatch import claimable, drain
from dcc.events.jobs import run_due_jobs
from dcc.events.states import State
from dcc.events.sweeping import sweep
from dcc.events.worker.companions import Companion

PATIENCE = timedelta(seconds=60)
"""A delivery that is put off no longer than that is waited for."""


def drain_once(services: Sequence[Service], *, seconds: float) -> Counter[State]:
    """Run what is due, and what becomes due within :data:`PATIENCE`, for at most ``seconds``; runs by resulting state.

    Scheduled jobs that are due are run once; services run meanwhile.
    """
    companions = [Companion(service) for service in services]
    settled: Counter[State] = Counter()
    end = time.monotonic() + seconds
    try:
        run_due_jobs()
        while time.monotonic() < end:
            for companion in companions:
                companion.watch(time.monotonic())
            sweep()
            settled += drain(seconds=end - time.monotonic()).settled
            if not _more_soon():
                break
            time.sleep(0.2)
    finally:
        for companion in companions:
            companion.ask_to_stop()
            companion.kill()
    return settled


def _more_soon() -> bool:
    """Whether something that nothing holds will be due soon; what is running elsewhere is not ours to wait for."""
    return claimable(timezone.now() + PATIENCE).exists()
