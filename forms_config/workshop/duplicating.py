"""« Dupliquer pour une autre RCP »: the page that makes a form out of another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from dcc.accounts.api import User
from forms_config.models import FormDefinition
from forms_config.services import duplicate_form
from forms_config.workshop.rcps import RcpField


class DuplicateForm(forms.Form):
    """What tells the new form from the other."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=200)
    organ = forms.CharField(
        label=gettext_lazy("Organe ou spécialité"), max_length=60, required=False, help_text=gettext_lazy("Par exemple « Sein ».")
    )
    rcps = RcpField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rcps"].know([])  # type: ignore[attr-defined]  # an RcpField


class DuplicateView(WagtailAdminTemplateMixin, FormView):  # type: ignore[misc, type-arg]  # Wagtail ships no types; Django's view takes no parameter at run time
    """A title, an organ, the RCP; then the workshop opens on the new form."""

    template_name = "forms_config/workshop/duplicate.html"
    page_title = gettext_lazy("Dupliquer pour une autre RCP")
    header_icon = "copy"
    form_class = DuplicateForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_registry.get_by_type(FormDefinition).user_has_permission(request.user, "change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def source(self) -> FormDefinition:
        return get_object_or_404(FormDefinition, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.source.title

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        viewset = FormDefinition.snippet_viewset
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Accueil")},
            {"url": reverse(viewset.get_url_name("list")), "label": _("Formulaires")},
            {"url": reverse(viewset.get_url_name("edit"), args=[self.source.pk]), "label": self.source.title},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "source": self.source}

    def form_valid(self, form: DuplicateForm) -> HttpResponse:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        made = duplicate_form(actor=self.request.user, key=self.source.key, **form.cleaned_data)
        messages.success(
            self.request, _("« %(title)s » est un brouillon : personne ne s'en sert encore.") % {"title": made.title}
        )
        return redirect(FormDefinition.snippet_viewset.get_url_name("edit"), made.pk)
