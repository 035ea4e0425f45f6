"""Pages of the room within the admin: the forecast of a draft, the signed scan of a convention."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.viewing import AdminPage, actor_of
from dcc.trust import scans
from dcc.trust.conventions import may_manage
from dcc.trust.forecast import forecast
from dcc.trust.models import Convention, TermsSet
from dcc.trust.views.answering import WHY

SHOWN = 200
"""Most people listed; the counts tell of all."""
TERMS_EDIT, CONVENTION_EDIT = "wagtailsnippets_trust_termsset:edit", "wagtailsnippets_trust_convention:edit"


class ForecastView(AdminPage):
    """Who will be asked, when and why, were the latest draft approved now."""

    template_name = "trust/admin/forecast.html"
    page_title = gettext_lazy("Qui sera sollicité")
    header_icon = "group"

    def trail(self) -> list[tuple[str, str]]:
        pk = self.kwargs["pk"]
        return [(reverse(TERMS_EDIT, args=[pk]), str(get_object_or_404(TermsSet, pk=pk)))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not any(accounts.may(self.actor, action) for action in (Action.EDIT_TERMS, Action.APPROVE_TERMS)):
            raise PermissionDenied
        terms = get_object_or_404(TermsSet, pk=self.kwargs["pk"])
        found = forecast(terms)
        lines = [(line, WHY[line.reason] if line.reason else "") for line in found.asked[:SHOWN]]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "terms": terms, "forecast": found, "lines": lines, "more": len(found.asked) - len(lines)}


@require_GET
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed scan, for who keeps the conventions."""
    if not may_manage(actor_of(request)):
        raise PermissionDenied
    convention = get_object_or_404(Convention, pk=pk)
    try:
        content = scans.read(convention)
    except FileNotFoundError as error:
        raise Http404 from error
    except scans.ScanDamaged as error:
        messages.error(request, str(error))
        return redirect(CONVENTION_EDIT, pk)
    headers = {"Content-Disposition": f'attachment; filename="{_("convention")}-{pk}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def admin_urls() -> list[URLResolver]:
    """Under ``/admin/engagements/``."""
    pages = [
        path("conditions/<int:pk>/prevision/", ForecastView.as_view(), name="forecast"),
        path("conventions/<int:pk>/piece/", scan, name="scan"),
    ]
    return [path("engagements/", include((pages, "commitments")))]
