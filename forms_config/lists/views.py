"""Pages of the admin about lists: import with its report, comparison of two versions, a version as a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dcc.accounts.viewing import AdminPage, actor_of
from forms_config.favourites.codes import Holders, holders
from forms_config.lists.forms import ImportForm
from forms_config.lists.impact import TouchedForm, touched_forms
from forms_config.rights import Content, Deed, may, require
from forms_config.terminology import staging
from forms_config.terminology.comparison import Comparison, compared
from forms_config.terminology.concept import ValueSetData, ValueSetError
from forms_config.terminology.models import ValueSet, ValueSetVersion
from forms_config.terminology.queries import unpack
from forms_config.terminology.spreadsheets import write_csv
from forms_config.terminology.uploads import read_upload

LISTS = "wagtailsnippets_terminology_valueset:list"
SHOWN = 300
"""How many codes of each kind a report shows; it always says how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """A comparison and what it touches, as a page shows it."""

    comparison: Comparison
    forms: Sequence[TouchedForm]
    favourites: Holders
    shown: int = SHOWN

    @property
    def slice(self) -> str:
        """What the page shows of each table."""
        return f":{self.shown}"

    @property
    def is_cut(self) -> bool:
        """Whether a table is longer than what is shown."""
        change = self.comparison
        return any(len(part) > self.shown for part in (change.added, change.retired, change.relabelled))


def report(request: HttpRequest, name: str, comparison: Comparison) -> Report:
    """What a change of a list touches, as far as who asks may see it."""
    touched = touched_forms(name, comparison.retired)
    return Report(comparison, touched, holders(actor_of(request), comparison.retired_keys))


class ListsPage(AdminPage):
    """A page below « Jeux de valeurs »."""

    header_icon = "list-ul"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse(LISTS), _("Jeux de valeurs"))]


class ImportView(ListsPage):
    """Choose a file; nothing is stored but the file, for a day, until the report is confirmed."""

    template_name = "forms_config/lists/import.html"
    page_title = gettext_lazy("Importer des listes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(actor_of(request), Deed.EDIT, Content.REGIONAL_LIST)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"form": ImportForm(actor=self.actor), **context}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file and lead to its report."""
        form = ImportForm(request.POST, request.FILES, actor=self.actor)
        if form.is_valid():
            try:
                return redirect("lists:report", _staged(self.actor, form.cleaned_data))
            except ValueSetError as error:
                form.add_error("file", str(error))
        return self.render_to_response(self.get_context_data(form=form))


def _staged(actor: Any, given: dict[str, Any]) -> UUID:
    """Stage what a form brought; raises :class:`ValueSetError`."""
    file = given["file"]
    found = read_upload(file.name, file.read(), revision=given["revision"])
    if given["target"]:
        if len(found) != 1:
            raise ValueSetError(_("Une archive désigne ses listes par leurs fichiers : laisser « D'après le fichier »"))
        found = [replace(one, name=given["target"]) if isinstance(one, ValueSetData) else one for one in found]
    return staging.stage(
        actor=actor,
        found=found,
        effective_from=given["effective_from"],
        title=given["title"],
        reason=given["reason"],
        national=given.get("national", False),
    )


class ReportView(ListsPage):
    """What an import would do; confirmed here, or forgotten."""

    template_name = "forms_config/lists/report.html"
    page_title = gettext_lazy("Rapport d'import")

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("lists:import"), _("Importer des listes"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        try:
            waiting = staging.staged(self.actor, self.kwargs["staged_id"])
        except LookupError as error:
            raise Http404(str(error)) from None
        rows = [(one, report(self.request, one.data.name, one.comparison)) for one in waiting.lists]
        return {**context, "waiting": waiting, "rows": rows, "to_store": sum(one.is_stored for one in waiting.lists)}


@require_POST
def confirm_view(request: HttpRequest, staged_id: UUID) -> HttpResponse:
    """« Importer »."""
    try:
        changes = staging.confirm(actor=actor_of(request), staged_id=staged_id)
    except (LookupError, ValueSetError) as error:
        messages.error(request, str(error))
        return redirect("lists:import")
    messages.success(request, _("Listes importées : %(names)s") % {"names": ", ".join(change.name for change in changes)})
    return redirect(LISTS)


@require_POST
def cancel_view(request: HttpRequest, staged_id: UUID) -> HttpResponse:
    """« Abandonner »."""
    staging.cancel(actor=actor_of(request), staged_id=staged_id)
    messages.success(request, _("L'import est abandonné : rien n'a changé."))
    return redirect(LISTS)


def visible_list(request: HttpRequest, pk: int) -> ValueSet:
    """A list that who asks may look at."""
    value_set = get_object_or_404(ValueSet, pk=pk)
    if not may(actor_of(request), Deed.SEE, staging.content_of(value_set.name)):
        raise PermissionDenied
    return value_set


class CompareView(ListsPage):
    """Two versions of a list, the older on the left whatever the order asked."""

    template_name = "forms_config/lists/compare.html"
    page_title = gettext_lazy("Comparer deux versions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        value_set = visible_list(self.request, self.kwargs["pk"])
        self.page_subtitle = value_set.title
        context: dict[str, Any] = super().get_context_data(**kwargs)
        versions = list(value_set.versions.defer("codes").order_by("-number"))
        numbers = sorted({version.number for version in versions if str(version.number) in self._asked()} or _last_two(versions))
        former, newer = (value_set.versions.get(number=number) for number in (numbers[0], numbers[-1]))
        change = compared(unpack(bytes(former.codes)), unpack(bytes(newer.codes)))
        found = {"former": former, "newer": newer, "report": report(self.request, value_set.name, change)}
        return {**context, **found, "value_set": value_set, "versions": versions}

    def _asked(self) -> set[str]:
        return {self.request.GET.get("avant", ""), self.request.GET.get("apres", "")}


def _last_two(versions: Sequence[ValueSetVersion]) -> set[int]:
    if not versions:
        raise Http404
    return {version.number for version in versions[:2]}


def csv_view(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A version as a spreadsheet, in the columns that the import reads."""
    value_set = visible_list(request, pk)
    version = get_object_or_404(value_set.versions, number=number)
    response = HttpResponse(write_csv(unpack(bytes(version.codes))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{value_set.name}-v{number}.csv"'
    return response
