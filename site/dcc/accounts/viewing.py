"""What our pages within Wagtail's admin share: who asks, what can be looked at and not changed there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from dcc.accounts.models import User


def actor_of(request: HttpRequest) -> User:
    """The person who asks; raises ``PermissionDenied`` for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class AdminPage(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail ships no types
    """A page of ours within the admin. ``trail`` gives what stands between « Accueil » and the page, as ``(address, words)``."""

    def trail(self) -> list[tuple[str, str]]:
        """The pages above this one."""
        return []

    @property
    def actor(self) -> User:
        """Who asks."""
        return actor_of(self.request)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [(reverse_lazy("wagtailadmin_home"), _("Accueil")), *self.trail(), ("", self.get_page_title())]
        return [{"url": url, "label": label} for url, label in above]


class ViewOnlyPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail ships no types
    """Those who may view a model do so; nobody, superusers included, adds, changes or deletes in the admin."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")
