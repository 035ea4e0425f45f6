"""System checks of contextual calls: the settings may shorten what a call opens, never stretch it (R-107)."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LONGEST_CALL = 120
"""Seconds."""


@register(Tags.security)
def check_calls(**_: object) -> list[CheckMessage]:
    """Errors that stop the start."""
    found: list[CheckMessage] = []
    if not 10 <= settings.DCC_CALL_SECONDS <= LONGEST_CALL:
        found.append(Error(f"DCC_CALL_SECONDS doit être entre 10 et {LONGEST_CALL} secondes", id="accounts.E101"))
    if not 0 < settings.DCC_CALL_SESSION.total_seconds() <= settings.DCC_SESSION_ABSOLUTE.total_seconds():
        found.append(Error("DCC_CALL_SESSION_MINUTES ne peut dépasser la durée d'une session complète", id="accounts.E102"))
    return found
