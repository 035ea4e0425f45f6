"""Reading a document in either of its two forms (R-203): the PDF handed over, or the structured content, ours or received."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from dcc.contracts.errors import Refused
from dcc.exchange import api as exchange
from dcc.web.clinical import Reading, read_document
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view

RECEIVED, WRITTEN = "recu", "produit"


@guarded
@require_GET
def reading(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The structured content, beside the way to the PDF; ``?source=recu`` for the received file when both are kept."""
    view = open_view(request, document_id)
    context = document_frame(request, view, "web:reading")
    sources = [WRITTEN] if exchange.is_made(actor_of(request), document_id, "cda-n3") else []
    sources += [RECEIVED] if view.received else []
    wanted = request.GET.get("source", "")
    key = wanted if wanted in sources else next(iter(sources), "")
    if not key:
        return render(request, "web/document/clinical.html", {**context, "sources": ()})
    try:
        found = _read(request, document_id, key)
    except Refused as error:
        return render(request, "web/document/clinical.html", {**context, "sources": sources, "refusal": error.reason, "key": key})
    return render(request, "web/document/clinical.html", {**context, "sources": sources, "key": key, "reading": found})


@guarded
@xframe_options_sameorigin
@require_GET
def reading_file(request: HttpRequest, document_id: uuid.UUID, source: str, place: int) -> HttpResponse:
    """A file embedded in the document: a PDF is shown, anything else is handed over to be saved."""
    try:
        file = _read(request, document_id, source).files[place]
    except (Refused, IndexError) as error:
        raise Http404(str(error)) from error
    name = _("document.pdf") if file.is_pdf else _("piece-jointe")
    response = HttpResponse(file.content, content_type="application/pdf" if file.is_pdf else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not file.is_pdf, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _read(request: HttpRequest, document_id: uuid.UUID, key: str) -> Reading:
    """What the platform wrote last, or what came in, read; 404 when there is none, ``Refused`` when it cannot be read."""
    actor = actor_of(request)
    try:
        if key == RECEIVED:
            content = exchange.received_file(actor, document_id)[1]
        elif key == WRITTEN:
            content = exchange.download(actor, document_id, "cda-n3").content
        else:
            raise Http404
    except LookupError as error:
        raise Http404(str(error)) from error
    return read_document(content)
