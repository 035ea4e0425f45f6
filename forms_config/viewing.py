"""What the admin pages of forms share; what all our admin pages share is :mod:`dcc.accounts.viewing`."""

from __future__ import annotations

from typing import Any

from wagtail import hooks


def panels_of(form_key: str) -> list[Any]:
    """Panels that rooms above show with a form (hook ``construct_form_panels``, called with its key): who uses it."""
    return [panel for construct in hooks.get_hooks("construct_form_panels") for panel in construct(form_key)]
