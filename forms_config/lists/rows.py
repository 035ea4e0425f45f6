"""The page that changes a list of the region code by code; what it leads to is the same report as an import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts.viewing import actor_of
from forms_config.lists.views import ListsPage, visible_list
from forms_config.schema.choices import REGIONAL_SYSTEM
from forms_config.schema.texts import STRING_LIMIT
from forms_config.terminology import staging
from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError
from forms_config.terminology.spreadsheets import CODE_LIMIT, checked
from forms_config.terminology.svs import check_concepts

BLANK_ROWS = 5
MOST_ROWS = 150
"""Beyond, a list is changed as a spreadsheet: Django takes 1 000 fields at most, and nobody works on so many."""


class RowForm(forms.Form):
    """One code. A row without code nor label is no row."""

    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=CODE_LIMIT)
    label = forms.CharField(label=gettext_lazy("Libellé"), required=False, max_length=STRING_LIMIT)
    synonyms = forms.CharField(label=gettext_lazy("Synonymes, séparés par « | »"), required=False, max_length=2_000)
    system = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("code") or given.get("label"):
            texts = tuple(given.get("synonyms", "").split("|"))
            try:
                given["concept"] = checked(
                    Concept(given.get("code", ""), given.get("system") or REGIONAL_SYSTEM, given.get("label", ""), synonyms=texts)
                )
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        return given


Rows = formset_factory(
    RowForm,
    extra=BLANK_ROWS,
    can_order=True,
    can_delete=True,
    max_num=MOST_ROWS + BLANK_ROWS,
    absolute_max=MOST_ROWS + BLANK_ROWS,
)


class RowsView(ListsPage):
    """The codes of a list in its order, with blank rows for others; ``En vigueur`` from today."""

    template_name = "forms_config/lists/rows.html"
    page_title = gettext_lazy("Modifier les codes")
    header_icon = "edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.value_set = visible_list(request, kwargs["pk"])
        if not staging.may_edit_rows(actor_of(request), self.value_set):
            raise PermissionDenied
        self.concepts = [concept for concept in staging.latest(self.value_set.name)[1] if concept.valid_to is None]
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[tuple[str, str]]:
        inspect = reverse("wagtailsnippets_terminology_valueset:inspect", args=[self.value_set.pk])
        return [*super().trail(), (inspect, self.value_set.title)]

    def get_page_subtitle(self) -> str:
        return self.value_set.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        too_many = len(self.concepts) > MOST_ROWS
        return {"rows": None if too_many else self._rows(), "value_set": self.value_set, "most": MOST_ROWS, **context}

    def _rows(self, data: Any = None) -> BaseFormSet[RowForm]:
        initial = [
            {"code": c.code, "label": c.label, "system": c.system, "synonyms": " | ".join(c.synonyms)} for c in self.concepts
        ]
        return Rows(data, initial=initial)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the report of what changes."""
        rows, error = self._rows(request.POST), ""
        if rows.is_valid():
            try:
                return redirect(
                    "lists:report", staging.stage(actor=self.actor, found=[self._data(rows)], effective_from=self._today())
                )
            except ValueSetError as refusal:
                error = str(refusal)
        return self.render_to_response(self.get_context_data(rows=rows, error=error))

    def _today(self) -> Any:
        return timezone.localdate()

    def _data(self, rows: BaseFormSet[RowForm]) -> ValueSetData:
        kept = [form.cleaned_data for form in rows if form.cleaned_data.get("concept") and not form.cleaned_data.get("DELETE")]
        kept.sort(key=lambda given: (given.get("ORDER") is None, given.get("ORDER") or 0))
        concepts = tuple(given["concept"] for given in kept)
        check_concepts(concepts, self.value_set.title)
        source = _("Saisie dans l'administration")
        return ValueSetData(
            self.value_set.name, self.value_set.title, self.value_set.oid, self._today(), source, concepts, official=False
        )
