"""The page where what other documents propose is decided, item by item; it works without scripts."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dcc.documents import api as documents
from dcc.documents.api import Adjudicated, Collected, DocumentView
from dcc.web.adjudicating import Posted, decisions_of, parts_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@guarded
@require_http_methods(["GET", "POST"])
def adjudication(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show what is proposed, or apply what was decided and show the rest."""
    if request.method == "POST":
        return _decide(request, document_id)
    found = documents.candidates(actor_of(request), document_id)
    view = open_view(request, document_id)
    if not view.editable:
        messages.info(request, _("La saisie de ce document est terminée : il ne reprend plus rien d'autres documents"))
        return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    return _page(request, view, found)


def _page(
    request: HttpRequest, view: DocumentView, found: Collected, posted: Posted | None = None, status: int = 200
) -> HttpResponse:
    parts = parts_of(view, found, posted or Posted(), again=request.GET.get("revoir", ""))
    chosen = request.GET.get("rubrique", "")
    shown = [part for part in parts if part.section.key == chosen] or parts
    context: dict[str, Any] = {
        **document_frame(request, view, "web:adjudication"),
        "parts": parts,
        "shown": shown,
        "chosen": chosen if len(shown) == 1 else "",
        "remaining": len(found.open),
        "there": sum(p.there and p.decided is None for p in found.proposals),
        "sources": _sources(found),
        "failures": found.failures,
        "problems": posted.problems if posted else {},
    }
    return render(request, "web/document/adjudication.html", context, status=status)


def _sources(found: Collected) -> list[dict[str, str]]:
    """Where the proposals come from, each origin once."""
    origins = {p.candidate.origin_id: p for p in found.proposals}
    return [{"title": p.source_title, "origin": p.candidate.origin, "author": p.candidate.author} for p in origins.values()]


def _decide(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = documents.candidates(actor, document_id)
    view = open_view(request, document_id)
    decisions, posted, opened = decisions_of(request.POST, view, found)
    base = request.POST.get("base", "")
    done = documents.adjudicate(
        actor=actor,
        document_id=document_id,
        decisions=decisions,
        base=int(base) if base.isdecimal() and len(base) < 10 else 0,
        editor=request.POST.get("editor", "")[:36],
    )
    problems = {**posted.problems, **done.refused, **{item: _clash(c) for item, c in done.conflicts.items()}}
    _tell(request, done)
    if problems:
        left = Posted({i: c for i, c in posted.choices.items() if i in problems}, posted.texts, problems)
        return _page(request, open_view(request, document_id), documents.candidates(actor, document_id), left, status=422)
    first = next((done.kept[item] for item in opened if item in done.kept), "")
    if first:
        return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}#f-{first}")
    return HttpResponseRedirect(_next_page(request, document_id))


def _clash(conflict: documents.Conflict) -> str:
    return _("%(who)s a changé cette réponse entre-temps : comparez et décidez à nouveau") % {"who": conflict.by}


def _tell(request: HttpRequest, done: Adjudicated) -> None:
    kept, ignored = len(done.kept), len(done.ignored)
    said = [
        ngettext("%(n)d élément gardé", "%(n)d éléments gardés", kept) % {"n": kept} if kept else "",
        ngettext("%(n)d ignoré", "%(n)d ignorés", ignored) % {"n": ignored} if ignored else "",
    ]
    if any(said):
        messages.success(request, ", ".join(text for text in said if text))


def _next_page(request: HttpRequest, document_id: uuid.UUID) -> str:
    """The same page again; a section that is done gives way to all of them."""
    here = reverse("web:adjudication", args=[document_id])
    section = request.POST.get("rubrique", "")
    return f"{here}?{urlencode({'rubrique': section})}" if section else here
