"""Addresses of the workshop, under ``/admin/atelier/``."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from forms_config.workshop import views
from forms_config.workshop.duplicating import DuplicateView
from forms_config.workshop.guide import GuideView


def admin_urls() -> list[URLResolver]:
    """Registered with the forms (:mod:`forms_config.wagtail_hooks`)."""
    pages = [
        path("geste/", views.operate, name="operate"),
        path("codes/", views.codes, name="codes"),
        path("premier-formulaire/", GuideView.as_view(), name="guide"),
        path("<int:pk>/dupliquer/", DuplicateView.as_view(), name="duplicate"),
    ]
    return [path("atelier/", include((pages, "workshop")))]
