"""The page « Contrôle » of a form: starts the proof, shows how far it is, what was found and what to do, and the files made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from dcc.accounts.api import User
from forms_config.control.models import GateArtifact, GateReport
from forms_config.control.reading import ReportView, read
from forms_config.control.services import is_green, request_report
from forms_config.control.subjects import draft_subject
from forms_config.gate import GateRefused
from forms_config.models import FormDefinition

MAY_LOOK = ("view", "add", "change", "publish")


def check_may_look(request: HttpRequest) -> User:
    """Who may look at forms may look at their reports; raises ``PermissionDenied``."""
    user = request.user
    if not isinstance(user, User) or not policy_registry.get_by_type(FormDefinition).user_has_any_permission(user, MAY_LOOK):
        raise PermissionDenied
    return user


class ControlView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail ships no types
    """The latest report of a form, or the one named by ``?rapport=``."""

    template_name = "forms_config/control.html"
    page_title = gettext_lazy("Contrôle")
    header_icon = "check"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_may_look(request)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def definition(self) -> FormDefinition:
        return get_object_or_404(FormDefinition, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.definition.title

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        viewset = FormDefinition.snippet_viewset
        inspected = reverse(viewset.get_url_name("inspect"), args=[self.definition.pk])
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Accueil")},
            {"url": reverse(viewset.get_url_name("list")), "label": _("Formulaires")},
            {"url": inspected, "label": self.definition.title},
            {"url": "", "label": _("Contrôle"), "sublabel": self.definition.title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = list(reports_of(self.definition).defer("content"))
        asked = self.request.GET.get("rapport", "")
        shown = next((report for report in reports if str(report.pk) == asked), reports[0] if reports else None)
        context = {"definition": self.definition, "reports": reports, "shown": shown, **kwargs}
        context["report"] = _read(self.definition, shown)
        try:
            subject = draft_subject(self.definition)
            context["same"] = shown is not None and shown.content_sha256 == subject.sha256
            context["publishable"] = is_green(subject)
        except GateRefused as refusal:
            context["refusal"] = str(refusal)
        found: dict[str, Any] = super().get_context_data(**context)
        return found


def reports_of(definition: FormDefinition) -> Any:
    """Reports of a form, newest first."""
    return GateReport.objects.filter(kind="form", key=definition.key)


def _read(definition: FormDefinition, shown: GateReport | None) -> ReportView | None:
    return read(reports_of(definition).get(pk=shown.pk)) if shown is not None else None


@require_POST
def start_view(request: HttpRequest, pk: int) -> HttpResponse:
    """« Lancer le contrôle » on the latest draft."""
    user = check_may_look(request)
    definition = get_object_or_404(FormDefinition, pk=pk)
    request_report(actor=user, subject=draft_subject(definition))
    return redirect("forms_config:gate", pk)


def progress_view(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """How far a report is, as a piece of the page; asked again until it ended."""
    check_may_look(request)
    report = get_object_or_404(GateReport.objects.defer("content"), pk=report_id)
    return render(request, "forms_config/_control_progress.html", {"shown": report})


def file_view(request: HttpRequest, artifact_id: int) -> FileResponse:
    """One of the outputs that a report keeps, to download."""
    check_may_look(request)
    kept = get_object_or_404(GateArtifact, pk=artifact_id)
    content = storages["artifacts"].open(kept.storage_name)
    return FileResponse(content, as_attachment=True, filename=f"{kept.document}-{kept.filename}", content_type=kept.media_type)
