"""The page of deliveries in the administration, for those who administer the platform."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from dcc.events.views import DeliveriesView, abandon_view, may_see, retry_view


class DeliveriesMenuItem(MenuItem):  # type: ignore[misc]  # wagtail ships no types
    """Shown to administrators only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]  # wagtail ships no types
def admin_urls() -> list[URLResolver]:
    """Under ``/admin/livraisons/``."""
    pages = [
        path("", DeliveriesView.as_view(), name="deliveries"),
        path("<uuid:delivery_id>/relancer/", retry_view, name="retry"),
        path("<uuid:delivery_id>/abandonner/", abandon_view, name="abandon"),
    ]
    return [path("livraisons/", include((pages, "events")))]


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]  # as above
def menu_item() -> MenuItem:
    """In « Rapports »."""
    return DeliveriesMenuItem(_("Livraisons"), reverse("events:deliveries"), icon_name="mail", order=900)
