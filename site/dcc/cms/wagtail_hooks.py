"""Home and menu of the admin: only what the DSRC and the administrators use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models

from dcc.cms import identity_policy, transmissions_menu
from dcc.cms.panels import DigestPanel, form_panels
from dcc.cms.texts import admin_urls as texts_urls

UNUSED_MENU = {"explorer", "images", "documents", "help"}
"""Pages, images and documents are not used yet; Wagtail's help speaks of pages."""

UNUSED_REPORTS = {"locked-pages", "aging-pages", "page-types-usage", "workflows", "workflow-tasks"}
SHOWN_ROOMS = ("forms_config", "terminology", "legal", "rcp_directory", "trust")


def keep_useful_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take away the entries that nobody uses here."""
    items[:] = [item for item in items if item.name not in UNUSED_MENU]


def keep_useful_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep the history of the site."""
    items[:] = [item for item in items if item.name not in UNUSED_REPORTS]


def no_page_summary(request: HttpRequest, items: list[Component]) -> None:
    """No count of pages, images and documents on the home page."""
    items.clear()


def back_to_the_platform() -> MenuItem:
    """A way out of the admin."""
    return MenuItem(gettext_lazy("Plateforme"), "/", icon_name="home", name="plateforme", order=10_000)


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of thing the reader may look at: how many there are and where."""

    title: str
    count: int
    url: str


class ConfigurationPanel(Component):  # type: ignore[misc]  # Wagtail ships no types
    """What makes up the configuration, with counts and links; only what the reader may see."""

    name = "configuration"
    template_name = "cms/configuration_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"heading": _("Configuration de la plateforme"), "tiles": list(_tiles(parent_context["request"]))}


def _tiles(request: HttpRequest) -> list[Tile]:
    tiles = []
    for model in get_snippet_models():
        policy = policy_registry.get_by_type(model)
        if model._meta.app_label in SHOWN_ROOMS and policy.user_has_any_permission(request.user, ["view", "add", "change"]):
            viewset = model.snippet_viewset
            tiles.append(
                Tile(
                    str(viewset.get_menu_label()),
                    model._default_manager.count(),
                    reverse(viewset.get_url_name("list")),
                )
            )
    return tiles


def only_our_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Our panel first; the panels about pages go, those about workflows stay."""
    panels[:] = [panel for panel in panels if panel.name not in ("recent_edits", "locked_pages")]
    panels += [DigestPanel(), ConfigurationPanel()]


def starter() -> SafeString:
    """The script that starts what the pages declare as data (see ``static/cms/start.js``)."""
    return format_html('<script src="{}"></script>', static("cms/start.js"))


hooks.register("insert_global_admin_js", starter)
hooks.register("construct_main_menu", keep_useful_menu)
hooks.register("construct_reports_menu", keep_useful_reports)
hooks.register("construct_homepage_summary_items", no_page_summary, order=1_000)
hooks.register("construct_homepage_panels", only_our_panels)
hooks.register("construct_form_panels", form_panels)
hooks.register("register_admin_menu_item", back_to_the_platform)
hooks.register("register_admin_urls", texts_urls)
hooks.register("register_admin_menu_item", identity_policy.menu_item)
hooks.register("register_admin_urls", identity_policy.admin_urls)
hooks.register("register_reports_menu_item", transmissions_menu.queue_item)
hooks.register("register_reports_menu_item", transmissions_menu.policy_item)
hooks.register("register_admin_urls", transmissions_menu.admin_urls)
