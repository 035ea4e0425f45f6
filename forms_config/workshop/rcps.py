"""The RCP a form is for, ticked in the directory; a draft keeps their national identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rcp_directory import api as directory

MOST = 5000


class RcpBoxes(forms.CheckboxSelectMultiple):
    """Boxes in a list of its own height, with a field that filters them (``workshop.js``)."""

    template_name = "forms_config/workshop/rcps.html"


class RcpField(forms.MultipleChoiceField):
    """National identifiers of RCP; those that left the directory stay until somebody unticks them."""

    widget = RcpBoxes

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", gettext_lazy("RCP de ce formulaire"))
        options.setdefault(
            "help_text", gettext_lazy("Aucune : le formulaire vaut pour toutes les RCP qui n'en ont pas un à elles.")
        )
        super().__init__(**options)

    def know(self, kept: Sequence[str]) -> None:
        """Offer the open RCP, and those that are kept."""
        found = directory.search_rcps("", limit=MOST)
        names = {rcp.national_id: f"{rcp.denomination} ({rcp.centre}, {rcp.national_id})" for rcp in found}
        gone = {key: _("RCP fermée ou absente de l'annuaire (%(key)s)") % {"key": key} for key in kept if key not in names}
        self.choices = list({**names, **gone}.items())


def rcp_words(keys: Sequence[str]) -> str:
    """The RCP of a form in a list of forms."""
    if not keys:
        return _("toutes")
    names = {rcp.national_id: rcp.denomination for rcp in directory.search_rcps("", limit=MOST, closed=True)}
    return ", ".join(names.get(key, key) for key in keys)
