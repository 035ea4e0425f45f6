"""What a patient-rights text would change, before it is published: words, establishments, a PDF before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dcc.accounts.viewing import AdminPage, actor_of
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import DocumentSnapshot, LegalText
from dcc.exchange import api as exchange
from forms_config import api as forms
from forms_config.legal import api as legal
from forms_config.schema.samples import sample_answers
from forms_config.terminology import api as terminology

SIDES = ("avant", "apres")
LISTS = {"national": "wagtailsnippets_legal_nationaltext", "adapte": "wagtailsnippets_legal_adaptedtext"}


class EffectsView(AdminPage):
    """The latest draft of a text beside what holds."""

    template_name = "cms/text_effects.html"
    page_title = gettext_lazy("Effets du texte")
    header_icon = "openquote"

    def trail(self) -> list[tuple[str, str]]:
        kind, pk = self.kwargs["kind"], self.kwargs["pk"]
        return [(reverse(f"{LISTS[kind]}:edit", args=[pk]), _("Texte"))] if kind in LISTS else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "proposal": _proposal(self.request, self.kwargs["kind"], self.kwargs["pk"]), **self.kwargs}


def _proposal(request: HttpRequest, kind: str, pk: int) -> legal.Proposal:
    try:
        return legal.proposal(actor_of(request), kind, pk)
    except LookupError as error:
        raise Http404(str(error)) from None


@require_GET
def pdf(request: HttpRequest, kind: str, pk: int, side: str) -> HttpResponse:
    """A fictitious document as it is printed with the text that holds, or with the draft."""
    if side not in SIDES:
        raise Http404
    found = _proposal(request, kind, pk)
    try:
        snapshot = trial(found.before if side == "avant" else found.after)
        artifact = exchange.render_unsaved(snapshot, "pdf-a1", as_of=snapshot.effective_time)
    except (NotConfigured, Refused) as error:
        messages.error(request, _("Le PDF ne peut pas être fait : %(reason)s") % {"reason": error.reason})
        return redirect("texts:effects", kind, pk)
    response = HttpResponse(artifact.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="texte-{side}.pdf"'
    return response


def trial(texts: Sequence[LegalText]) -> DocumentSnapshot:
    """The smallest fictitious document of the first live form, with these texts; raises ``NotConfigured`` without any form."""
    live = [form for kind in current().all(DocumentType) for form in forms.published_forms(kind.key)]
    if not live:
        raise NotConfigured(_("aucun formulaire n'est publié"))
    form = live[0]

    @cache
    def options(name: str) -> Sequence[Mapping[str, str]]:
        return [concept.value for concept in terminology.concepts(name, version=form.schema.value_sets.get(name) or None)]

    return exchange.fictitious(form.schema, sample_answers(form.schema, "minimal", options), legal_texts=texts)


def admin_urls() -> list[URLResolver]:
    """Under ``/admin/textes/``."""
    pages = [
        path("<slug:kind>/<int:pk>/", EffectsView.as_view(), name="effects"),
        path("<slug:kind>/<int:pk>/<slug:side>.pdf", pdf, name="pdf"),
    ]
    return [path("textes/", include((pages, "texts")))]
