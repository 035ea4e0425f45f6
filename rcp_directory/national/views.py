"""Pages of the admin about a national list: the file, the report, the confirmation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dcc.accounts import api as accounts
from dcc.accounts.viewing import AdminPage, actor_of
from rcp_directory.national import applying
from rcp_directory.national.columns import COLUMNS
from rcp_directory.national.comparison import Report
from rcp_directory.national.reading import LARGEST, UnreadableList

DIRECTORY = "wagtailsnippets_rcp_directory_rcp:list"
SHOWN = 300
"""How many RCP of each kind a report shows; it always says how many there are."""


class ListForm(forms.Form):
    """One file, and the version of the list that it holds."""

    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("Un tableau .csv en UTF-8, séparé par « ; » ; les colonnes sont décrites plus bas."),
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )
    version = forms.CharField(
        label=gettext_lazy("Version de la liste"),
        max_length=60,
        help_text=gettext_lazy("Par exemple « INCa 2026-01 » ; chaque RCP la garde."),
    )

    def clean_file(self) -> Any:
        """A file that is too large is not read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Plus de %(limit)s Mo") % {"limit": LARGEST // 1024 // 1024})
        return file


class DirectoryPage(AdminPage):
    """A page below the RCP, for those who keep the directory."""

    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not accounts.may(actor_of(request), accounts.Action.EDIT_DIRECTORY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse(DIRECTORY), _("RCP"))]


class ImportView(DirectoryPage):
    """Choose a file; the directory does not change before the report is confirmed."""

    template_name = "rcp_directory/import.html"
    page_title = gettext_lazy("Importer une liste nationale")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"form": ListForm(), "columns": COLUMNS, **context}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file and lead to its report."""
        form, errors = ListForm(request.POST, request.FILES), []
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                staged = applying.stage_list(
                    actor=self.actor, file=file.name, content=file.read(), version=form.cleaned_data["version"]
                )
            except UnreadableList as error:
                errors = error.errors
            else:
                return redirect("rcp_list:report", staged)
        return self.render_to_response(self.get_context_data(form=form, errors=errors))


class ReportView(DirectoryPage):
    """What a list would do; confirmed here, or forgotten."""

    template_name = "rcp_directory/report.html"
    page_title = gettext_lazy("Rapport d'import")

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("rcp_list:import"), _("Importer une liste nationale"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        try:
            waiting = applying.staged_list(actor=self.actor, staged_id=self.kwargs["staged_id"])
        except LookupError as error:
            raise Http404(str(error)) from None
        except UnreadableList as error:
            return {**context, "errors": error.errors, "staged_id": self.kwargs["staged_id"]}
        groups = groups_of(waiting.report)
        is_cut = any(len(touched) > SHOWN for _words, touched in groups)
        found = {"waiting": waiting, "report": waiting.report, "staged_id": waiting.id, "groups": groups}
        return {**context, **found, "is_cut": is_cut, "shown": SHOWN, "slice": f":{SHOWN}"}


def groups_of(report: Report) -> list[tuple[str, Any]]:
    """The parts of a report that hold something, with their titles: what is lost first."""
    parts = [
        (_("RCP fermées"), report.closed),
        (_("RCP renumérotées"), report.renumbered),
        (_("RCP changées"), report.changed),
        (_("RCP ajoutées"), report.added),
        (_("RCP rouvertes"), report.reopened),
        (_("Réseaux et gestionnaires"), report.bodies),
    ]
    return [(words, touched) for words, touched in parts if touched]


@require_POST
def confirm_view(request: HttpRequest, staged_id: UUID) -> HttpResponse:
    """« Importer »."""
    try:
        report = applying.apply_staged_list(actor=actor_of(request), staged_id=staged_id, closing="closing" in request.POST)
    except LookupError as error:
        messages.error(request, str(error))
        return redirect("rcp_list:import")
    except (applying.ListRefused, UnreadableList) as error:
        messages.error(request, str(error))
        return redirect("rcp_list:report", staged_id)
    messages.success(
        request,
        _("Liste importée : %(added)s RCP ajoutées, %(closed)s fermées, %(changed)s changées.")
        % {
            "added": len(report.added),
            "closed": len(report.closed),
            "changed": len(report.changed) + len(report.renumbered),
        },
    )
    return redirect(DIRECTORY)


@require_POST
def cancel_view(request: HttpRequest, staged_id: UUID) -> HttpResponse:
    """« Abandonner »."""
    applying.cancel_list(actor=actor_of(request), staged_id=staged_id)
    messages.success(request, _("L'import est abandonné : rien n'a changé."))
    return redirect(DIRECTORY)
