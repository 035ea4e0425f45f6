"""The page of a document: filled in a form, or read; a plain form post saves it whole, without scripts."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dcc.documents import api as documents
from dcc.documents.api import Change, DocumentView, SaveResult
from dcc.web.formpage.compiled import compiled_form
from dcc.web.formpage.page import Clash, Filling, fill_page
from dcc.web.formpage.posted import Reading, question_at, read_page
from dcc.web.formpage.reading import reading_page
from dcc.web.notices import address_of
from dcc.web.views.attachments import join_answer
from dcc.web.views.care import care_panel
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view
from dcc.web.views.sheet import Sheet, problem_links, sheet_page
from forms_config.schema.model import FormSchema
from forms_config.schema.values import display_answer


@guarded
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show the document; on POST save what the page sent, then do what its button says."""
    if request.method == "POST":
        return _save(request, document_id)
    view = open_view(request, document_id)
    return _form_page(request, view) if view.editable else _reading_page(request, view)


def _form_page(request: HttpRequest, view: DocumentView, filling: Filling | None = None, status: int = 200) -> HttpResponse:
    page = fill_page(compiled_form(view.form_version_id), filling or Filling(view.answers, view.provenance))
    context: dict[str, Any] = {
        **document_frame(request, view, "web:document"),
        **_form_news(request, view),
        **_care(view),
        "problems": problem_links(view.schema, page.filling),
        "notices_url": address_of("document_notices", view.line.document_id),
    }
    return sheet_page(request, "web/document/form.html", context, page, _sheet(view), status=status)


_ADDRESSES = {
    "save": "web:autosave",
    "rows": "web:rows",
    "presence": "web:presence",
    "favourites": "web:favourite_offers",
    "insert": "web:favourite_insert",
    "sheets": "web:sheet_attach_now",
    "file": "web:file_answer",
}


def _sheet(view: DocumentView) -> Sheet:
    at = [view.line.document_id]
    addresses = {name: reverse(url, args=at) for name, url in _ADDRESSES.items()}
    addresses |= {"codes": reverse("web:codes"), "people": reverse("web:people")}
    missing = reverse("web:validation", args=at)
    return Sheet(reverse("web:document", args=at), missing, addresses, str(view.form_version_id), view.revision)


def _reading_page(request: HttpRequest, view: DocumentView) -> HttpResponse:
    page = reading_page(view.schema, view.answers, view.provenance)
    notices = {"notices_url": address_of("document_notices", view.line.document_id)}
    frame = document_frame(request, view, "web:document")
    context = {**frame, **_form_news(request, view), **_care(view), **notices, "page": page}
    return render(request, "web/document/reading.html", context)


def _form_news(request: HttpRequest, view: DocumentView) -> dict[str, Any]:
    """How the form of the document changed since its reader was told, for ``web/document/form_news.html``."""
    return {"form_news": documents.form_news(actor_of(request), view)}


def _care(view: DocumentView) -> dict[str, Any]:
    """The panel of a document with acts of care, and where an open page asks for it again."""
    care = care_panel(view.schema, view.answers, editable=view.editable)
    address = reverse("web:care_panel", args=[view.line.document_id]) if care and view.editable else ""
    return {"care": care, "care_address": address}


def _save(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Save what differs from what the page was shown; show again what was refused."""
    actor, base = actor_of(request), _revision(request)
    shown = documents.draft(actor, document_id, revision=base)
    order, _sep, target = request.POST.get("do", "save").partition(":")
    reading = read_page(shown.schema, request.POST.lists(), shown.answers, base)
    if order == "theirs":
        reading.changes = [change for change in reading.changes if change.path != target]
    editor = request.POST.get("editor", "")[:36]
    if order == "unfile":
        reading.changes = [*(c for c in reading.changes if c.path != target), Change(target, None, base)]
    result = documents.save_answers(actor=actor, document_id=document_id, changes=reading.changes, editor=editor)
    _join_files(request, document_id, reading, result)
    if reading.problems or result.refused or result.conflicts:
        return _show_again(request, document_id, reading, result)
    if order in _ROW_ORDERS:
        return _row_order(request, document_id, order, target, result.revision)
    if order in _PAGES_OF_GROUPS:
        return HttpResponseRedirect(f"{reverse(_PAGES_OF_GROUPS[order], args=[document_id])}?{urlencode({'groupe': target})}")
    if order == "complete":
        return _complete(request, document_id, result.revision)
    if result.saved:
        text = ngettext("%(n)d réponse enregistrée", "%(n)d réponses enregistrées", len(result.saved)) % {"n": len(result.saved)}
        messages.success(request, text)
    return HttpResponseRedirect(reverse("web:document", args=[document_id]))


def _join_files(request: HttpRequest, document_id: uuid.UUID, reading: Reading, result: SaveResult) -> None:
    """Files that a plain post answers questions with; what became of them is added to ``reading`` and ``result``."""
    for name, file in request.FILES.items():
        path = name.removesuffix(":upload")
        if not isinstance(file, UploadedFile):
            continue
        joined, problem = join_answer(actor_of(request), document_id, path, file, base=result.revision, editor="")
        result.saved += joined.saved
        result.revision = max(result.revision, joined.revision)
        reading.problems |= {**joined.refused, **({path: problem} if problem else {})}


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _show_again(request: HttpRequest, document_id: uuid.UUID, reading: Reading, result: SaveResult) -> HttpResponse:
    view = open_view(request, document_id)
    problems = {**reading.problems, **result.refused}
    clashes = {c.path: _clash(view.schema, c) for c in result.conflicts}
    kept = {path: raw for path, raw in reading.raw.items() if path in problems or path in clashes}
    filling = Filling(view.answers, view.provenance, raw=kept, problems=problems, clashes=clashes)
    return _form_page(request, view, filling, status=422)


def _clash(schema: FormSchema, conflict: documents.Conflict) -> Clash:
    question = question_at(schema, conflict.path)
    mine, theirs = (display_answer(question, v) if question else str(v) for v in (conflict.mine, conflict.theirs))
    return Clash(conflict.path, mine, theirs, conflict.by, conflict.at)


_ROW_ORDERS = ("add", "remove", "up", "down")
_PAGES_OF_GROUPS = {"favourites": "web:favourite_choose", "keep": "web:favourite_keep"}


def _row_order(request: HttpRequest, document_id: uuid.UUID, order: str, target: str, revision: int) -> HttpResponse:
    """Add, remove or move a row, then show the page at it."""
    from dcc.web.views.rows import obey

    anchor, problem = obey(actor_of(request), document_id, order, target, base=revision)
    if problem:
        messages.warning(request, problem)
    return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}#f-{anchor}")


def _complete(request: HttpRequest, document_id: uuid.UUID, revision: int) -> HttpResponse:
    try:
        documents.complete_document(actor=actor_of(request), document_id=document_id, expected_revision=revision)
    except documents.NotReady as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("web:validation", args=[document_id]))
    messages.success(request, _("Saisie terminée : le document est complété"))
    return HttpResponseRedirect(reverse("web:document", args=[document_id]))
