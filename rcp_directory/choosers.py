"""Choosing an establishment or a coordinator in the admin: a window with a search, where a missing one can be added.

Both belong to the accounts room and are named by their label only.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet


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


class PractitionerChooserViewSet(ChooserViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = "accounts.Practitioner"
    icon = "user"
    choose_one_text = _("Choisir un professionnel")
    choose_another_text = _("Choisir un autre professionnel")
    create_action_label = _("Ajouter")
    form_fields = ["prefix", "suffix", "family", "given", "national_id", "profession_code", "phone", "facility"]
    choose_view_class = ChoosePractitioner
    choose_results_view_class = ChoosePractitionerResults


class FacilityChooserViewSet(ChooserViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = "accounts.Facility"
    icon = "home"
    choose_one_text = _("Choisir un établissement")
    choose_another_text = _("Choisir un autre établissement")
    create_action_label = _("Ajouter")
    form_fields = ["name", "finess", "house_number", "street", "postal_code", "city", "phone", "facility_type"]
    choose_view_class = ChooseFacility
    choose_results_view_class = ChooseFacilityResults


practitioner_chooser = PractitionerChooserViewSet("practitioner_chooser")
facility_chooser = FacilityChooserViewSet("facility_chooser")
