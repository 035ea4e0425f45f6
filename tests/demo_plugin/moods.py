"""How the demonstration plugin feels: what each of its parts does when it is called."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater


class Mood(StrEnum):
    """``works``, then the four ways to fail that the contract knows, then a bug."""

    WORKS = "works"
    RETRY_LATER = "retry_later"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"
    NEEDS_SESSION = "needs_session"
    CRASHES = "crashes"


SECRET = "DUPONT Jeanne née le 01/01/1950"
"""What the bug says, and what nobody may find anywhere afterwards."""


def act(mood: Mood) -> None:
    """Return, or raise what the mood commands."""
    match mood:
        case Mood.WORKS:
            return
        case Mood.RETRY_LATER:
            raise RetryLater("Service occupé", after=timedelta(minutes=5))
        case Mood.REFUSED:
            raise Refused("Destinataire inconnu")
        case Mood.NOT_CONFIGURED:
            raise NotConfigured("Certificat absent")
        case Mood.NEEDS_SESSION:
            raise NeedsSession("psc", ["810000000001"])
        case Mood.CRASHES:
            raise ValueError(SECRET)
