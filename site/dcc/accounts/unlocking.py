"""Letting in again who is shut out by wrong passwords or codes, hers or those of whoever tried."""

from __future__ import annotations

from axes.utils import reset
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts.devices import Authenticator, MailedCode, RecoveryDevice
from dcc.accounts.models import User
from dcc.accounts.policies import Action
from dcc.accounts.queries import may
from dcc.audit import api as audit


@transaction.atomic
def unlock(*, actor: User | None, user: User) -> int:
    """Forget the wrong passwords counted for ``user`` from every address, and the wait after wrong codes.

    Nothing else changes: a code used stays used, an invitation that was over stays over. Returns how many counts were forgotten.
    Raises ``PermissionDenied`` unless ``actor`` administers the platform, or is nothing: the platform acts.
    """
    if actor is not None and not may(actor, Action.ADMINISTER):
        raise PermissionDenied
    addresses = int(reset(username=user.username))
    for kind in (Authenticator, RecoveryDevice, MailedCode):
        kind.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0)
    audit.record(actor=actor, action="account.unlocked", subject=f"user:{user.pk}", addresses=addresses)
    return addresses
