"""How long a session lives: idle and absolute limits, kept in the session itself; seconds since the epoch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

OPENED, SEEN = "dcc_opened_at", "dcc_seen_at"
GRAIN = 30
"""Seconds between two notes of activity: a session is not written at each request."""


def begin(session: SessionBase) -> None:
    """Start the clocks of a session that was just opened with two factors."""
    session[OPENED] = session[SEEN] = time.time()


def touch(session: SessionBase) -> None:
    """Note that the person is there."""
    now = time.time()
    if now - session.get(SEEN, 0) >= GRAIN:
        session[SEEN] = now


def remaining(session: SessionBase) -> float:
    """Seconds before the session ends if nothing is done; zero or less when it is over, or was never begun here."""
    now = time.time()
    idle: float = session.get(SEEN, 0) + settings.DCC_SESSION_IDLE.total_seconds() - now
    absolute: float = session.get(OPENED, 0) + settings.DCC_SESSION_ABSOLUTE.total_seconds() - now
    return min(idle, absolute)
