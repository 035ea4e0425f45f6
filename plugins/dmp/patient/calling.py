"""By what a gesture of somebody reaches the DMP: the services in force, in the session of the trust space that he opened."""

from __future__ import annotations

from dcc.accounts.api import User
from dcc.contracts.errors import NotConfigured
from plugins.dmp.patient.services import Through


def through(user: User) -> Through:
    """The way of ``user``'s calls; raises ``NeedsSession`` without an open session, ``NotConfigured`` without a proxy."""
    raise NotConfigured(f"aucun accès au DMP n'est réglé pour {user}")
