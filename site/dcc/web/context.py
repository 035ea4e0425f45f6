"""What every page knows: theme chosen, region, menu, who signed in. Computed only when a template asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Rights
from dcc.accounts.calls import api as calls
from dcc.contracts.capabilities import MenuEntry
from dcc.contracts.registry import current
from dcc.web.branding import region
from dcc.web.identities.counting import waiting_count

THEMES = ("light", "dark", "contrast")
THEME_COOKIE = "dcc_theme"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A link of the application bar; ``current`` when it is where the reader is."""

    title: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


def page(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor."""
    return {
        "theme": theme_of(request),
        "region": SimpleLazyObject(region),
        "menu": SimpleLazyObject(lambda: menu_of(request)),
        "call": calls.call_of(request.session) if hasattr(request, "session") else None,
    }


def theme_of(request: HttpRequest) -> str:
    """The theme chosen on this browser, or nothing: the system's."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def rights_of(request: HttpRequest) -> Rights:
    """The rights of who signed in, read once per request."""
    known: Rights | None = getattr(request, "dcc_rights", None)
    if known is None:
        known = accounts.rights(request.user if request.user.is_authenticated else None)
        request.dcc_rights = known  # type: ignore[attr-defined]  # carried by the request, as Django's own middleware does
    return known


def _leads_to(url: str, path: str) -> bool:
    """Whether a page belongs to a link of the menu: the list of documents is the root, and not all begins there."""
    return path.startswith(url) if url != "/" else path == "/" or path.startswith("/documents/")


def menu_of(request: HttpRequest) -> Sequence[MenuItem]:
    """The links this person may use."""
    rights = rights_of(request)
    items = [
        MenuItem(title, reverse(url), icon)
        for title, url, icon, action in (
            (_("Documents"), "web:worklist", "list", Action.OPEN_DOCUMENT),
            (_("Patients"), "web:patients", "people", Action.SEARCH_PATIENTS),
            (_("Identités"), "web:identities", "shield", Action.MERGE_PATIENTS),
            (_("Favoris"), "web:bank", "star", Action.OPEN_DOCUMENT),
            (_("Importer"), "web:import", "upload", Action.IMPORT_DOCUMENT),
        )
        if rights.facilities(action)
    ]
    if rights.may(Action.READ_JOURNAL):
        items.append(MenuItem(_("Journal"), reverse("web:journal"), "history"))
    if rights.may(Action.REVIEW_ACCESS):
        items.append(MenuItem(_("Accès à revoir"), reverse("web:glass_review"), "shield"))
    items += [
        MenuItem(entry.title, reverse(entry.url_name), entry.icon or "link")
        for entry in current().all(MenuEntry)
        if rights.may(entry.permission) or rights.facilities(entry.permission)
    ]
    if any(rights.may(action) for action in (Action.CONFIGURE_FORMS, Action.EDIT_DIRECTORY, Action.ADMINISTER)):
        items.append(MenuItem(_("Administration"), reverse("wagtailadmin_home"), "gear"))
    here = max((item.url for item in items if _leads_to(item.url, request.path)), key=len, default="")
    waiting = {reverse("web:identities"): lambda: waiting_count(request.user)}
    return [replace(i, current=i.url == here, count=waiting[i.url]() if i.url in waiting else 0) for i in items]
