"""Proving from a command: nobody waits at a page, and the services that checks ask may not run yet."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from dcc.contracts.errors import RetryLater
from dcc.events.api import services_beside
from forms_config.control.proofs import Subject
from forms_config.control.running import Outcome, Tell, prove

PATIENCE = 180.0
"""Seconds that a command waits for services to answer."""

_patient: ContextVar[ExitStack | None] = ContextVar("patient", default=None)


@contextmanager
def patiently() -> Iterator[None]:
    """Inside, a proof starts the services that do not answer and waits for them (management commands only)."""
    with ExitStack() as stack:
        token = _patient.set(stack)
        try:
            yield
        finally:
            _patient.reset(token)


def proved(subject: Subject, tell: Tell | None = None) -> Outcome:
    """Prove, with the patience of the command around, if any; raises ``RetryLater``."""
    try:
        return prove(subject, tell)
    except RetryLater:
        stack = _patient.get()
        if stack is None:
            raise
    stack.enter_context(services_beside())
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return prove(subject, tell)
        except RetryLater:
            if time.monotonic() > end:
                raise
            time.sleep(1)
