"""Addresses of the pages about lists, under ``/admin/listes/``."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from forms_config.lists import naming, rows, views


def admin_urls() -> list[URLResolver]:
    """Registered with the forms (:mod:`forms_config.wagtail_hooks`)."""
    pages = [
        path("importer/", views.ImportView.as_view(), name="import"),
        path("importer/<uuid:staged_id>/", views.ReportView.as_view(), name="report"),
        path("importer/<uuid:staged_id>/confirmer/", views.confirm_view, name="confirm"),
        path("importer/<uuid:staged_id>/abandonner/", views.cancel_view, name="cancel"),
        path("<int:pk>/nommer/", naming.NameView.as_view(), name="name"),
        path("<int:pk>/modifier/", rows.RowsView.as_view(), name="rows"),
        path("<int:pk>/comparer/", views.CompareView.as_view(), name="compare"),
        path("<int:pk>/versions/<int:number>.csv", views.csv_view, name="csv"),
    ]
    return [path("listes/", include((pages, "lists")))]
