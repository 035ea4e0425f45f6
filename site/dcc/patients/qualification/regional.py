"""The region's policy in force, and changing it: every version stays, with who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.patients.errors import StaleIdentity
from dcc.patients.qualification.models import PolicyVersion
from dcc.patients.qualification.policy import DEFAULT, BadPolicy, Policy, read_policy


@dataclass(frozen=True, slots=True)
class PolicyEdition:
    """A version of the policy; the one that ships is number 0."""

    number: int
    policy: Policy
    at: datetime | None = None
    actor_id: UUID | None = None
    reason: str = ""


def policy() -> Policy:
    """The policy in force."""
    return policy_edition().policy


def policy_edition() -> PolicyEdition:
    """The policy in force, with its number."""
    last = PolicyVersion.objects.last()
    return _edition(last) if last else PolicyEdition(0, DEFAULT)


def policy_history() -> Sequence[PolicyEdition]:
    """All versions, newest first."""
    return [_edition(row) for row in PolicyVersion.objects.order_by("-number")]


@transaction.atomic
def change_policy(*, actor: accounts.User, expected_number: int, data: Mapping[str, Any], reason: str) -> PolicyEdition:
    """Put a policy in force: ``data`` are JSON values that differ from the defaults (:class:`Policy`).

    Raises ``PermissionDenied``, ``BadPolicy`` by field, ``StaleIdentity`` when somebody changed it since it was shown.
    """
    if not accounts.may(actor, accounts.Action.CONFIGURE_IDENTITY):
        raise PermissionDenied
    read = read_policy(data)
    if not reason.strip() or len(reason) > 200:
        raise BadPolicy({"reason": "Motif à renseigner, 200 caractères au plus"})
    former = policy_edition()
    if former.number != expected_number:
        raise StaleIdentity
    try:
        with transaction.atomic():
            row = PolicyVersion.objects.create(
                number=former.number + 1, data=read.as_data(), actor_id=actor.pk, reason=reason.strip()
            )
    except IntegrityError as error:
        raise StaleIdentity from error
    was, now = former.policy.as_data(), read.as_data()
    changed = sorted(name for name in now if was[name] != now[name])
    audit.record(actor=actor, action="identity.policy_changed", subject="policy:identity", number=row.number, changed=changed)
    return _edition(row)


def _edition(row: PolicyVersion) -> PolicyEdition:
    return PolicyEdition(row.number, read_policy(row.data), row.at, row.actor_id, row.reason)
