"""Addresses of the platform: Wagtail's admin under ``/admin/``, everything else from the rooms."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

from dcc.accounts.views.entrance import logout, to_entrance
from dcc.contracts.capabilities import Urls
from dcc.contracts.registry import current


def plugin_pages() -> list[URLResolver]:
    """Pages of the plugins, each under ``/plugins/<slug>/``."""
    pages = ((slug, current().find(Urls, slug)) for slug in current().keys(Urls))
    return [path(f"plugins/{slug}/", include(urls.module)) for slug, urls in pages if urls is not None]


urlpatterns: list[URLPattern | URLResolver] = [
    # Wagtail has no entrance of its own.
    path("admin/login/", to_entrance),
    path("admin/logout/", logout),
    path("admin/", include(wagtailadmin_urls)),
    path("compte/", include("dcc.accounts.urls")),
    path("engagements/", include("dcc.trust.urls")),
    *plugin_pages(),
    path("", include("dcc.cms.urls")),
    path("", include("dcc.web.urls")),
]
