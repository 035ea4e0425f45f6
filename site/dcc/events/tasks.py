"""What the queue runs. Tasks take no argument and never raise: the queue keeps an error's text, which may quote a patient."""

from __future__ import annotations

import logging

from django.utils import timezone

from dcc.events import clock
from dcc.events.dispatch import claimable, drain
from dcc.events.jobs import run_due_jobs
from dcc.events.sweeping import sweep
from dcc.events.worker.pulse import stopping
from dcc.security.api import scrub

log = logging.getLogger("dcc.events")

BUDGET = 20.0
"""Seconds during which one task takes new deliveries; with the longest run it stays under ``Q_CLUSTER["timeout"]``."""


def drain_task() -> None:
    """Run what is due; call another worker when there is more than one thing to do, and hand over when time is up."""
    try:
        if claimable(timezone.now())[:2].count() > 1:
            clock.wake()
        if drain(seconds=BUDGET, stopping=stopping).more:
            clock.wake()
    except Exception as error:  # noqa: BLE001  (see the module: nothing of the error may reach the queue's tables)
        log.error("drain failed: %s", scrub(error))


def tick_task() -> None:
    """The pulse of the outbox: sweep, scheduled jobs, and whatever is due."""
    try:
        sweep()
        run_due_jobs()
    except Exception as error:  # noqa: BLE001  (as above; the drain must go on all the same)
        log.error("tick failed: %s", scrub(error))
    drain_task()


def beat_task() -> None:
    """Nothing: that it was run at all is what the supervisor wants to know."""
