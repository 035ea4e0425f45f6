"""How long a session lives, and how its person proved who she is; both kept in the session itself, seconds since the epoch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

OPENED, SEEN = "dcc_opened_at", "dcc_seen_at"
LEVEL = "dcc_level"
BELOW = "dcc_level_below"
"""The level a session had before it was raised, and falls back to."""
GRAIN = 30
"""Seconds between two notes of activity: a session is not written at each request."""


class Level(StrEnum):
    """How the person of a session proved who she is (CDC §2.2). An action on the DMP asks for ``PSC`` (R-108, R-109)."""

    PSC = "psc"
    OTP = "otp"
    CONTEXTUAL = "contextuel"


LEVELS: Mapping[Level, str | Promise] = {
    Level.PSC: _("Pro Santé Connect"),
    Level.OTP: _("mot de passe et code"),
    Level.CONTEXTUAL: _("appel depuis un logiciel"),
}
"""What a level is called on screen."""


def begin(session: SessionBase, level: Level) -> None:
    """Start the clocks of a session that was just opened, and keep how."""
    session[OPENED] = session[SEEN] = time.time()
    session[LEVEL] = level.value
    session.pop(BELOW, None)


def level_of(session: SessionBase | Mapping[str, Any]) -> Level:
    """How the session was opened; the caller knows that it is open. Whatever does not say was opened with password and code."""
    return Level(session.get(LEVEL, Level.OTP))


def raise_level(session: SessionBase, level: Level) -> None:
    """An open session whose person has now proved who she is in a stronger way; the clocks go on."""
    if level_of(session) is not level:
        session[BELOW] = level_of(session).value
        session[LEVEL] = level.value


def fall_back(session: SessionBase) -> bool:
    """Back to the level below, if the session was opened at one; says whether it was."""
    below = session.pop(BELOW, None)
    if below is None:
        return False
    session[LEVEL] = below
    return True


def touch(session: SessionBase) -> None:
    """Note that the person is there."""
    now = time.time()
    if now - session.get(SEEN, 0) >= GRAIN:
        session[SEEN] = now


def remaining(session: SessionBase | Mapping[str, Any]) -> float:
    """Seconds before the session ends if nothing is done; zero or less when it is over, or was never begun here."""
    now = time.time()
    idle: float = session.get(SEEN, 0) + settings.DCC_SESSION_IDLE.total_seconds() - now
    longest = settings.DCC_CALL_SESSION if level_of(session) is Level.CONTEXTUAL else settings.DCC_SESSION_ABSOLUTE
    absolute: float = session.get(OPENED, 0) + longest.total_seconds() - now
    return min(idle, absolute)
