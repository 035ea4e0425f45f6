"""Pages of a form in the admin beside Wagtail's own, under ``/admin/formulaires/``; each is linked by its name."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from forms_config.comparing import CompareView
from forms_config.control.admin import PAGES


def admin_urls() -> list[URLResolver]:
    """For the hook ``register_admin_urls``; names are in the namespace ``forms_config``."""
    pages = [path("<int:pk>/comparer/", CompareView.as_view(), name="compare"), *PAGES]
    return [path("formulaires/", include((pages, "forms_config")))]
