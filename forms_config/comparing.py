"""The page « Comparer » of a form: its draft or one of its versions against another, section by section, by class of effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from forms_config.comparison import Side, compare, draft_side, version_side
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.difference import Line
from forms_config.schema.effects import EFFECT_LABELS, MIGRATION_LABELS, Effect
from forms_config.schema.texts import unbroken
from forms_config.viewing import panels_of

DRAFT = "brouillon"


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is shown."""

    line: Line
    words: str
    label: str
    migration: str


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one section; no title for the form as a whole."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Filter:
    """A class of effect to keep, with the number of its lines; an empty ``key`` keeps all."""

    key: str
    label: str
    count: int
    url: str
    current: bool


class CompareView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail ships no types
    """``?de=3&a=brouillon&classe=cda``; by default what is live against the draft, else against the version before."""

    template_name = "forms_config/compare.html"
    page_title = gettext_lazy("Comparer")
    header_icon = "resubmit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = policy_registry.get_by_type(FormDefinition)
        if not policy.user_has_any_permission(request.user, ["view", "add", "change", "publish"]):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def definition(self) -> FormDefinition:
        return get_object_or_404(FormDefinition, pk=self.kwargs["pk"])

    @cached_property
    def versions(self) -> list[FormVersion]:
        return list(self.definition.versions.defer("canonical").order_by("-number"))

    def get_page_subtitle(self) -> str:
        return self.definition.title

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        viewset = FormDefinition.snippet_viewset
        inspected = reverse(viewset.get_url_name("inspect"), args=[self.definition.pk])
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Accueil")},
            {"url": reverse(viewset.get_url_name("list")), "label": _("Formulaires")},
            {"url": inspected, "label": self.definition.title},
            {"url": "", "label": _("Comparer"), "sublabel": self.definition.title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before, after = self._asked()
        context: dict[str, Any] = super().get_context_data(
            definition=self.definition,
            before=before,
            after=after,
            choices=self._choices(),
            panels=panels_of(self.definition.key),
            **kwargs,
        )
        if not before or not after:
            return context
        try:
            sides = self._side(before), self._side(after)
        except GateRefused as refusal:
            return {**context, "refusal": str(refusal)}
        lines = compare(*sides)
        wanted = self.request.GET.get("classe", "")
        kept = [line for line in lines if wanted not in list(Effect) or line.effect == wanted]
        return {**context, "sides": sides, "lines": lines, "parts": _parts(kept), "filters": self._filters(lines, wanted)}

    def _asked(self) -> tuple[str, str]:
        """Both sides asked for, else the most useful ones; empty when there is nothing to compare with."""
        known = [key for key, _label in self._choices()]
        asked = self.request.GET.get("de", ""), self.request.GET.get("a", "")
        if all(key in known for key in asked):
            return asked
        numbers = [key for key in known if key != DRAFT]
        if DRAFT in known and (self.definition.has_unpublished_changes or len(numbers) == 1):
            return (numbers[0] if numbers else ""), DRAFT
        return (numbers[1], numbers[0]) if len(numbers) > 1 else ("", "")

    def _choices(self) -> list[tuple[str, str]]:
        draft = [(DRAFT, _("Brouillon"))] if self.definition.latest_revision_id else []
        dated = _("Version %(number)s du %(day)s")
        return [
            *draft,
            *((str(v.number), dated % {"number": v.number, "day": v.published_at.strftime("%d/%m/%Y")}) for v in self.versions),
        ]

    def _side(self, key: str) -> Side:
        if key == DRAFT:
            return draft_side(self.definition)
        return version_side(next(version for version in self.versions if str(version.number) == key))

    def _filters(self, lines: Sequence[Line], wanted: str) -> list[Filter]:
        counts = Counter(line.effect for line in lines)
        before, after = self._asked()

        def filtered(key: str, label: str, count: int) -> Filter:
            query = f"?de={before}&a={after}" + (f"&classe={key}" if key else "")
            return Filter(key, label, count, query, key == wanted or (not key and wanted not in list(Effect)))

        kinds = [filtered(effect.value, label, counts[effect]) for effect, label in reversed(list(EFFECT_LABELS.items()))]
        return [filtered("", _("tout"), len(lines)), *kinds]


def _parts(lines: Sequence[Line]) -> list[Part]:
    """Lines under their section, in their order."""
    found: dict[str, tuple[str, list[Row]]] = {}
    for line in lines:
        row = Row(line, unbroken(line.words), EFFECT_LABELS[line.effect], MIGRATION_LABELS[line.migration])
        found.setdefault(line.section_key, (line.section, []))[1].append(row)
    return [Part(title, rows) for title, rows in found.values()]
