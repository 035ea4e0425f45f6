"""Addresses of the workshop, under ``/admin/atelier/``."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from forms_config.workshop import views


def admin_urls() -> list[URLResolver]:
    """Registered with the forms (:mod:`forms_config.wagtail_hooks`)."""
    pages = [path("geste/", views.operate, name="operate"), path("codes/", views.codes, name="codes")]
    return [path("atelier/", include((pages, "workshop")))]
