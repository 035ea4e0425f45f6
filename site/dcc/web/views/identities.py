"""The worklist « Identités à traiter »: what waits for a person, with its filters and its pages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dcc.accounts.api import Action
from dcc.web.identities.worklist import KINDS, counted, lines_for
from dcc.web.views.guards import actor_of, guarded, require_somewhere

PAGE = 25


@guarded
@require_GET
def identities(request: HttpRequest) -> HttpResponse:
    """Everything that waits, the gravest first; ``?genre=`` keeps one kind."""
    require_somewhere(request, Action.MERGE_PATIENTS)
    lines = lines_for(actor_of(request))
    kind = request.GET.get("genre", "")
    shown = [line for line in lines if line.kind == kind] if kind in KINDS else lines
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "web/identities/worklist.html", {"page": page, "filters": counted(lines), "kind": kind, "total": len(lines)}
    )
