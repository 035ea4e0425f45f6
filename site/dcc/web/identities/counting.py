"""How many identities wait for somebody, for the menu: counted anew after a minute, or once she has settled one."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from dcc.accounts.api import User
from dcc.patients import api as patients

KEPT = 60
"""Seconds."""


def waiting_count(user: Any) -> int:
    """The lines of the worklist that wait for a user, duplicates aside: whether she sees a pair is asked when it is shown."""
    if not isinstance(user, User):
        return 0
    return cache.get_or_set(_key(user), lambda: patients.count_to_do(user), KEPT) or 0


def count_again(user: User) -> None:
    """Forget the count of a user, who has settled something."""
    cache.delete(_key(user))


def _key(user: User) -> str:
    return f"dcc.web.identities.{user.pk}"
