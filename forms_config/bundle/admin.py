"""Addresses of the exchange of forms, under ``/admin/echange/``."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from forms_config.bundle import views


def admin_urls() -> list[URLResolver]:
    """For the hook ``register_admin_urls``; names are in the namespace ``bundle``."""
    pages = [
        path("importer/", views.ImportView.as_view(), name="import"),
        path("importer/<uuid:received_id>/", views.ReportView.as_view(), name="report"),
        path("importer/<uuid:received_id>/abandonner/", views.cancel_view, name="cancel"),
        path("<int:pk>/exporter/", views.export_view, name="export"),
    ]
    return [path("echange/", include((pages, "bundle")))]
