"""The page that gives a code of a list the region's words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts.viewing import actor_of
from forms_config.lists.views import ListsPage, visible_list
from forms_config.rights import Deed, may
from forms_config.terminology.api import lookup, name_code
from forms_config.terminology.staging import content_of
from forms_config.terminology.words import LABEL_LIMIT


class NameForm(forms.Form):
    """What the region calls a code."""

    label = forms.CharField(
        label=gettext_lazy("Libellé préféré"),
        required=False,
        max_length=LABEL_LIMIT,
        help_text=gettext_lazy("Vide : les écrans montrent le libellé officiel."),
    )
    synonyms = forms.CharField(
        label=gettext_lazy("Synonymes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Un par ligne. Ils se cherchent à la frappe et ne s'affichent pas."),
    )


class NameView(ListsPage):
    """``?code=…&systeme=…`` of a list; what is published keeps the official label."""

    template_name = "forms_config/lists/name.html"
    page_title = gettext_lazy("Mots de la région")
    header_icon = "edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.value_set = visible_list(request, kwargs["pk"])
        if not may(actor_of(request), Deed.WORD, content_of(self.value_set.name)):
            raise PermissionDenied
        found = lookup(self.value_set.name, request.GET.get("code", ""), system=request.GET.get("systeme") or None)
        if found is None:
            raise Http404
        self.concept = found
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (self._inspect(), self.value_set.title)]

    def _inspect(self) -> str:
        return reverse("wagtailsnippets_terminology_valueset:inspect", args=[self.value_set.pk])

    def get_page_subtitle(self) -> str:
        return self.concept.code

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        initial = {"label": self.concept.preferred, "synonyms": "\n".join(self.concept.words)}
        return {"form": NameForm(initial=initial), "concept": self.concept, "value_set": self.value_set, **context}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the words, and lead back to the list."""
        form = NameForm(request.POST)
        if form.is_valid():
            try:
                name_code(
                    actor=self.actor,
                    value_set=self.value_set.name,
                    code=(self.concept.code, self.concept.system),
                    label=form.cleaned_data["label"],
                    synonyms=form.cleaned_data["synonyms"].splitlines(),
                )
            except ValueError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("« %(code)s » : c'est enregistré.") % {"code": self.concept.code})
                return redirect(f"{self._inspect()}?{urlencode({'q': self.concept.code})}")
        return self.render_to_response(self.get_context_data(form=form))
