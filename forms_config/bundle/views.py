"""Pages of the admin: a form as a file, a file as a form, with its report in between."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dcc.accounts import api as accounts
from dcc.accounts.viewing import AdminPage, actor_of
from forms_config.bundle import receiving
from forms_config.bundle.archive import BUNDLE_LIMIT
from forms_config.bundle.errors import BundleRefused
from forms_config.bundle.exporting import export_form
from forms_config.bundle.importing import look_at
from forms_config.bundle.keys import grouped, our_fingerprint
from forms_config.bundle.parts import Consent
from forms_config.bundle.report import Report, State
from forms_config.models import KEY, FormDefinition
from forms_config.queries import UnknownForm

FORMS = "wagtailsnippets_forms_config_formdefinition"


def _require_editor(request: HttpRequest) -> accounts.User:
    actor = actor_of(request)
    if not accounts.may(actor, accounts.Action.CONFIGURE_FORMS):
        raise PermissionDenied
    return actor


class BundlePage(AdminPage):
    """A page below « Formulaires », for editors."""

    header_icon = "download"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _require_editor(request)
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse(f"{FORMS}:list"), _("Formulaires"))]


def export_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The published form as a bundle, to save."""
    actor, definition = _require_editor(request), get_object_or_404(FormDefinition, pk=pk)
    try:
        content = export_form(actor=actor, key=definition.key)
    except UnknownForm as error:
        messages.error(request, str(error))
        return redirect(f"{FORMS}:inspect", pk)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{definition.key}.zip"'
    return response


class FileForm(forms.Form):
    """A bundle to read."""

    file = forms.FileField(
        label=gettext_lazy("Paquet"),
        help_text=gettext_lazy("Le fichier .zip qu'une autre plateforme a exporté."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def clean_file(self) -> Any:
        """No more is read than a bundle may weigh."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > BUNDLE_LIMIT:
            raise ValidationError(_("Le paquet dépasse %(n)d Mo") % {"n": BUNDLE_LIMIT // 1_000_000})
        return file


class ImportView(BundlePage):
    """Choose a file; nothing is stored but the file, until its report is confirmed."""

    template_name = "bundle/import.html"
    page_title = gettext_lazy("Importer un formulaire")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"form": FileForm(), "ours": grouped(our_fingerprint()), **context}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file and lead to its report."""
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                return redirect("bundle:report", receiving.receive(actor=self.actor, name=file.name, content=file.read()))
            except BundleRefused as error:
                form.add_error("file", str(error))
        return self.render_to_response(self.get_context_data(form=form))


class ConfirmForm(forms.Form):
    """What a person must agree to, as far as the report asks for it."""

    key = forms.CharField(
        label=gettext_lazy("Clé du formulaire ici"),
        max_length=60,
        validators=[KEY],
        help_text=gettext_lazy("Elle ne change plus ensuite."),
    )
    trusted = forms.BooleanField(
        label=gettext_lazy("J'ai vérifié cette empreinte auprès du publicateur"),
        error_messages={
            "required": gettext_lazy("Vérifier l'empreinte auprès du publicateur, par un autre moyen que ce fichier.")
        },
    )
    replace = forms.BooleanField(
        label=gettext_lazy("Remplacer ce qui a changé ici depuis"),
        error_messages={"required": gettext_lazy("Ce qui a changé ici serait remplacé : cocher pour le vouloir.")},
    )
    text = forms.BooleanField(label=gettext_lazy("Garder leur texte 1 en brouillon du texte de la région"), required=False)

    def __init__(self, *args: Any, report: Report, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = {
            "key": bool(report.impossible),
            "trusted": not report.known,
            "replace": report.needs_replacement,
            "text": any(line.kind == "Texte légal" and line.state is State.ASIDE for line in report.lines),
        }
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]

    def consent(self, report: Report) -> Consent:
        """What was agreed to."""
        given = self.cleaned_data
        return Consent(
            fingerprint=report.fingerprint if given.get("trusted") else "",
            replace=given.get("replace", False),
            text=given.get("text", False),
            key=given.get("key", ""),
        )


class ReportView(BundlePage):
    """What an import would do; confirmed here, or forgotten."""

    template_name = "bundle/report.html"
    page_title = gettext_lazy("Rapport d'import")

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("bundle:import"), _("Importer un formulaire"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name, report = self._report()
        self.page_subtitle = name
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = {"report": report, "fingerprint": grouped(report.fingerprint), "received_id": self.kwargs["received_id"]}
        return {"form": ConfirmForm(report=report), **context, **found}

    def _report(self) -> tuple[str, Report]:
        try:
            name, content = receiving.waiting(self.actor, self.kwargs["received_id"])
            return name, look_at(actor=self.actor, content=content)
        except (LookupError, BundleRefused) as error:
            raise Http404(str(error)) from None

    def post(self, request: HttpRequest, received_id: UUID) -> HttpResponse:
        """« Importer »."""
        _name, report = self._report()
        form = ConfirmForm(request.POST, report=report)
        if form.is_valid():
            try:
                done = receiving.confirm(actor=self.actor, received_id=received_id, consent=form.consent(report))
            except (LookupError, BundleRefused) as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Importé comme brouillon : une autre personne le publie après l'avoir relu."))
                return redirect(f"{FORMS}:inspect", FormDefinition.objects.get(key=done.form_key).pk)
        return self.render_to_response(self.get_context_data(form=form))


@require_POST
def cancel_view(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """« Abandonner »."""
    actor = _require_editor(request)
    try:
        receiving.give_up(actor=actor, received_id=received_id)
    except LookupError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("L'import est abandonné : rien n'a changé."))
    return redirect(f"{FORMS}:list")
