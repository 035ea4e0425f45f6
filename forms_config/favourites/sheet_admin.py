"""Side-effect sheets in the admin: a new one or a new version, a new review date, withdrawal; the file to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from dcc.accounts import api as accounts
from forms_config.favourites.bank_admin import actor_of
from forms_config.favourites.models import SheetLanguage, SideEffectSheet
from forms_config.favourites.sheets import SheetContent, SheetRefused, review_sheet, save_sheet, withdraw_sheet

REVIEW_EVERY = timedelta(days=365)


class ReviewForm(forms.Form):
    """When a sheet is to be read again."""

    review_on = forms.DateField(
        label=gettext_lazy("À relire avant le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class SheetForm(ReviewForm):
    """A sheet: what it is about, and its file."""

    subject = forms.CharField(label=gettext_lazy("Protocole ou traitement"), max_length=120)
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Langue"), choices=SheetLanguage.choices)
    version = forms.CharField(label=gettext_lazy("Version"), max_length=30)
    file = forms.FileField(
        label=gettext_lazy("Fichier PDF"), widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"})
    )


def may_write(request: HttpRequest) -> bool:
    """Whether the person changes sheets."""
    return accounts.may(actor_of(request), accounts.Action.CONFIGURE_FORMS)


class SheetIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """All sheets, those withdrawn last."""

    add_item_label = gettext_lazy("Nouvelle fiche")

    def get_base_queryset(self) -> QuerySet[SideEffectSheet]:
        actor_of(self.request)
        rows: QuerySet[SideEffectSheet] = SideEffectSheet.objects.order_by("withdrawn_at", "subject", "language")
        return rows

    def get_edit_url(self, instance: SideEffectSheet) -> str:
        return reverse("fiches_effets:edit", args=[instance.pk])

    def get_add_url(self) -> str | None:
        return reverse("fiches_effets:add") if may_write(self.request) else None


class _SheetPage(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail ships no types
    """A page of a sheet."""

    header_icon = "doc-full"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, {"url": reverse("fiches_effets:index"), "label": _("Fiches d'effets")}, here]


class NewSheetView(_SheetPage):
    """A new sheet, or a new version of one (``?de=<id>``), whose words are proposed."""

    template_name = "favourites/admin/new_sheet.html"
    page_title = gettext_lazy("Nouvelle fiche d'effets secondaires")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may_write(request):
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"] = SheetForm(initial=self._initial())
        return super().get_context_data(limit=settings.DCC_ATTACHMENT_LIMIT // 1_000_000, **kwargs)

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"review_on": timezone.localdate() + REVIEW_EVERY}
        try:
            former = SideEffectSheet.objects.filter(pk=UUID(self.request.GET.get("de", ""))).first()
        except ValueError:
            former = None
        if former is not None:
            initial |= {"subject": former.subject, "title": former.title, "language": former.language}
        return initial

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it; the version in force leaves its place."""
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            file = data.pop("file")
            try:
                content = file.read(settings.DCC_ATTACHMENT_LIMIT + 1)
                sheet = SheetContent(filename=file.name or "", content=content, **data)
                save_sheet(actor=actor_of(request), sheet=sheet)
            except SheetRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("« %(title)s » est proposée dans les fiches") % {"title": data["title"]})
                return redirect("fiches_effets:index")
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SheetView(_SheetPage):
    """One sheet: its file, its review."""

    template_name = "favourites/admin/sheet.html"
    page_title = gettext_lazy("Fiche d'effets secondaires")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        actor_of(request)
        self.sheet = get_object_or_404(SideEffectSheet, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.sheet)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReviewForm(initial={"review_on": timezone.localdate() + REVIEW_EVERY}))
        return super().get_context_data(
            sheet=self.sheet, may_write=may_write(self.request) and self.sheet.withdrawn_at is None, **kwargs
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say that it was read again."""
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            review_sheet(actor=actor_of(request), sheet_id=self.sheet.pk, review_on=form.cleaned_data["review_on"])
        except LookupError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Fiche relue"))
        return redirect(request.path)


def download(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file."""
    actor_of(request)
    sheet = get_object_or_404(SideEffectSheet, pk=pk)
    with sheet.open_file() as file:
        response = HttpResponse(file.read(), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, sheet.filename) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose it no more."""
    if request.method != "POST":
        raise Http404
    try:
        withdraw_sheet(actor=actor_of(request), sheet_id=pk)
    except LookupError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Fiche retirée"))
    return redirect("fiches_effets:index")
