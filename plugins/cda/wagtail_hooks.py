"""The page of installed référentiels in the administration, under « Rapports »."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from plugins.cda.conformance.pages import ReferentialsView, may_see


class ReferentialsMenuItem(MenuItem):  # type: ignore[misc]  # wagtail ships no types
    """Shown to administrators only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]  # wagtail ships no types
def admin_urls() -> list[URLPattern]:
    """``/admin/referentiels/``."""
    return [path("referentiels/", ReferentialsView.as_view(), name="cda_referentials")]


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]  # as above
def menu_item() -> MenuItem:
    """In « Rapports »."""
    return ReferentialsMenuItem(_("Référentiels installés"), reverse("cda_referentials"), icon_name="doc-full-inverse", order=910)
