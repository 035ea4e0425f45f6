"""Addresses of the platform: Wagtail's admin under ``/admin/``, everything else from the rooms."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

from dcc.contracts.capabilities import Urls
from dcc.contracts.registry import current


def plugin_pages() -> list[URLResolver]:
    """Pages of the plugins, each under ``/plugins/<slug>/``."""
    pages = ((slug, current().find(Urls, slug)) for slug in current().keys(Urls))
    return [path(f"plugins/{slug}/", include(urls.module)) for slug, urls in pages if urls is not None]


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", include(wagtailadmin_urls)),
    *plugin_pages(),
    path("", include("dcc.web.urls")),
]
