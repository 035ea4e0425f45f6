"""Panels of the admin that look at what only the rooms above the forms know: the digest, and how many documents use a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from dcc.cms.digest import parts_for
from dcc.documents import api as documents


class DigestPanel(Component):  # type: ignore[misc]  # Wagtail ships no types
    """What waits for the reader, on the home page."""

    name = "digest"
    template_name = "cms/digest_panel.html"
    order = 40

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"heading": _("Ce qui vous attend"), "parts": parts_for(parent_context["request"].user)}


class FormUsePanel(Component):  # type: ignore[misc]  # Wagtail ships no types
    """« Utilisé par n documents en cours », version by version: counts only, nothing of a patient."""

    name = "form_use"
    template_name = "cms/form_use_panel.html"

    def __init__(self, form_key: str) -> None:
        self.form_key = form_key

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        uses = documents.form_use(self.form_key)
        return {"heading": _("Documents en cours sur ce formulaire"), "uses": list(uses.items())}


def form_panels(form_key: str) -> list[Component]:
    """For the hook ``construct_form_panels`` of the forms room, which knows no document."""
    return [FormUsePanel(form_key)]
