"""By what a gesture of somebody reaches the DMP: the services in force, in the session of the trust space that he opened."""

from __future__ import annotations

from dcc.accounts.api import User
from dcc.contracts.errors import NeedsSession, NotConfigured
from plugins.dmp.patient.services import Through
from plugins.dmp.sessions.calling import dmp
from plugins.dmp.sessions.live import caller_of
from plugins.dmp.settings import in_force


def through(user: User) -> Through:
    """The way of ``user``'s calls; raises ``NeedsSession`` without an open session, ``NotConfigured`` without a proxy."""
    if not in_force().proxy:
        raise NotConfigured("Aucun accès au DMP n'est réglé", cause="dmp_off")
    caller = caller_of(user)
    if caller is None:
        raise NeedsSession("psc", [user.practitioner.national_id] if user.practitioner else [])
    return Through(dmp(), caller)
