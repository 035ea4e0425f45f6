"""The table in force: the platform's."""

from __future__ import annotations

from dcc.accounts.policies import POLICY, Policy


def policy_in_force() -> Policy:
    """The table that decides."""
    return POLICY
