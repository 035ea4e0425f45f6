"""Addresses of the pages about national lists, under ``/admin/liste-rcp/``."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from rcp_directory.national import views


def admin_urls() -> list[URLResolver]:
    """Registered with the directory (:mod:`rcp_directory.wagtail_hooks`)."""
    pages = [
        path("importer/", views.ImportView.as_view(), name="import"),
        path("importer/<uuid:staged_id>/", views.ReportView.as_view(), name="report"),
        path("importer/<uuid:staged_id>/confirmer/", views.confirm_view, name="confirm"),
        path("importer/<uuid:staged_id>/abandonner/", views.cancel_view, name="cancel"),
    ]
    return [path("liste-rcp/", include((pages, "rcp_list")))]
