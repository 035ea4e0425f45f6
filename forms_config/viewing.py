"""What can be looked at in the admin and not changed there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wagtail.permission_policies import ModelPermissionPolicy

if TYPE_CHECKING:
    from dcc.accounts.models import User


class ViewOnlyPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """Those who may view a model do so; nobody, superusers included, adds, changes or deletes in the admin."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")
