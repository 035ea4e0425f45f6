"""Choosing an establishment, a coordinator or an RCP in the admin: a window with a search, where a missing one can be added.

Establishments and professionals belong to the accounts room and are named by their label only. Wagtail starts its choosers by
an inline script, which the Content Security Policy refuses: ours carry their settings as data, and the admin's script
(``cms/start.js``) starts them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.widgets import AdminSnippetChooser

from rcp_directory.codes import CIVILITIES, PRACTICES, SECTORS, TITLES

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class _StartedByData:
    """A chooser whose settings are data beside it, and no script."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chooser: Any = self
        value_data = chooser.get_value_data(value)
        identifier = (attrs or {})["id"]
        start = json.dumps([identifier, chooser.get_js_init_options(identifier, name, value_data)]).translate(_ESCAPES)
        return format_html(
            '{}<script type="application/json" data-start="{}">{}</script>',
            chooser.render_html(name, value_data, attrs),
            chooser.js_constructor,
            mark_safe(start),  # noqa: S308  (JSON without any character that HTML knows)
        )


class QuietChooser(_StartedByData, BaseChooser):  # type: ignore[misc]  # Wagtail ships no types
    """Wagtail's chooser without inline script."""


class QuietSnippetChooser(_StartedByData, AdminSnippetChooser):  # type: ignore[misc]  # Wagtail ships no types
    """Wagtail's chooser of snippets without inline script."""


class QuietSnippetChooserViewSet(SnippetChooserViewSet):  # type: ignore[misc]  # Wagtail ships no types
    base_widget_class = QuietSnippetChooser


class TextFilterForm(BaseFilterForm):  # type: ignore[misc]  # Wagtail ships no types
    """A search over plain columns: every word must be found in one of them."""

    q = forms.CharField(label=_("Rechercher"), required=False)
    columns: tuple[str, ...] = ()

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        objects = super().filter(objects)
        if words := self.cleaned_data.get("q", "").split()[:8]:
            self.is_searching, self.search_query = True, " ".join(words)
            found = [reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.columns)) for word in words]
            objects = objects.filter(reduce(and_, found))
        return objects


class PractitionerFilterForm(TextFilterForm):
    columns = ("family", "given", "national_id")


class FacilityFilterForm(TextFilterForm):
    columns = ("name", "finess", "city")


class ChoosePractitioner(ChooseView):  # type: ignore[misc]  # Wagtail ships no types
    filter_form_class = PractitionerFilterForm


class ChoosePractitionerResults(ChooseResultsView):  # type: ignore[misc]  # Wagtail ships no types
    filter_form_class = PractitionerFilterForm


class ChooseFacility(ChooseView):  # type: ignore[misc]  # Wagtail ships no types
    filter_form_class = FacilityFilterForm


class ChooseFacilityResults(ChooseResultsView):  # type: ignore[misc]  # Wagtail ships no types
    filter_form_class = FacilityFilterForm


def choices(known: Mapping[str, str], *, blank: bool = False) -> list[tuple[str, str]]:
    """Codes to choose from, an empty one first where it is allowed."""
    return [*([("", "---------")] if blank else []), *known.items()]


class PractitionerForm(forms.ModelForm[Any]):
    """A coordinator who is missing: the profession is left to whoever knows the official list."""

    suffix = forms.ChoiceField(label=_("Titre"), choices=choices(TITLES, blank=True), required=False)
    national_id = forms.RegexField(
        label=_("Identifiant national (RPPS précédé de 8)"),
        regex=r"^[0-9]{9,12}\Z",
        error_messages={"invalid": _("De 9 à 12 chiffres : le numéro RPPS précédé de 8, ou ADELI précédé de 0.")},
        required=False,
    )

    class Meta:
        model = apps.get_model("accounts", "Practitioner")
        fields = ["prefix", "suffix", "family", "given", "national_id", "phone"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # declared as the others, it would hide the form's own « prefix »
        self.fields["prefix"] = forms.ChoiceField(label=_("Civilité"), choices=choices(CIVILITIES, blank=True), required=False)


class FacilityForm(forms.ModelForm[Any]):
    """An establishment, with its codes chosen from what can host an RCP."""

    finess = forms.RegexField(
        label=_("Numéro FINESS géographique"),
        regex=r"^[0-9][0-9AB][0-9]{7}\Z",
        error_messages={"invalid": _("Neuf caractères : des chiffres, A ou B en deuxième place pour la Corse.")},
        required=False,
    )
    facility_type = forms.ChoiceField(label=_("Secteur d'activité"), choices=choices(SECTORS))
    sector = forms.ChoiceField(label=_("Cadre d'exercice"), choices=choices(PRACTICES))

    class Meta:
        model = apps.get_model("accounts", "Facility")
        fields = ["name", "finess", "house_number", "street", "postal_code", "city", "phone", "facility_type", "sector"]


class PractitionerChooserViewSet(ChooserViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = "accounts.Practitioner"
    base_widget_class = QuietChooser
    icon = "user"
    choose_one_text = _("Choisir un professionnel")
    choose_another_text = _("Choisir un autre professionnel")
    create_action_label = _("Ajouter")
    creation_form_class = PractitionerForm
    choose_view_class = ChoosePractitioner
    choose_results_view_class = ChoosePractitionerResults


class FacilityChooserViewSet(ChooserViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = "accounts.Facility"
    base_widget_class = QuietChooser
    icon = "home"
    choose_one_text = _("Choisir un établissement")
    choose_another_text = _("Choisir un autre établissement")
    create_action_label = _("Ajouter")
    creation_form_class = FacilityForm
    choose_view_class = ChooseFacility
    choose_results_view_class = ChooseFacilityResults


practitioner_chooser = PractitionerChooserViewSet("practitioner_chooser")
facility_chooser = FacilityChooserViewSet("facility_chooser")
