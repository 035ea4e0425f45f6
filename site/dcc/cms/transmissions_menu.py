"""Where the admin shows transmissions: in « Rapports », under ``/admin/transmissions/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from dcc.accounts import api as accounts
from dcc.cms import transmission_policy, transmissions_queue


class ShownTo(MenuItem):  # type: ignore[misc]  # Wagtail ships no types
    """An entry for those whom ``allowed`` says."""

    def __init__(self, label: Any, url: str, *, allowed: Callable[[accounts.User], bool], **options: Any) -> None:
        super().__init__(label, url, **options)
        self.allowed = allowed

    def is_shown(self, request: HttpRequest) -> bool:
        return isinstance(request.user, accounts.User) and self.allowed(request.user)


def queue_item() -> MenuItem:
    """The queue."""
    return ShownTo(
        _("Transmissions"),
        reverse("transmissions:queue"),
        allowed=transmissions_queue.may_see,
        icon_name="mail",
        name="transmissions",
        order=910,
    )


def policy_item() -> MenuItem:
    """The policy of sending."""
    return ShownTo(
        _("Politique d'envoi"),
        reverse("transmissions:policy"),
        allowed=transmission_policy.may_see,
        icon_name="mail",
        name="politique-envoi",
        order=920,
    )


def admin_urls() -> list[URLResolver]:
    """The pages."""
    pages = [
        path("", transmissions_queue.QueuePage.as_view(), name="queue"),
        path("politique/", transmission_policy.TransmissionPolicyPage.as_view(), name="policy"),
    ]
    return [path("transmissions/", include((pages, "transmissions")))]
