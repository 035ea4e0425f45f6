"""What is made of a document: files produced after validation, and previews of what would be made now."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from dcc.contracts.errors import DeliveryError
from dcc.contracts.snapshots import Artifact, DocumentSnapshot
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.clinical import read_document
from dcc.web.formats import FORMATS
from dcc.web.identity import identity_words
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@guarded
@require_GET
def outputs(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Files of each rendition with their conformance, and previews."""
    view = open_view(request, document_id)
    awaited = view.line.version if view.line.status == "valide" and not view.received else 0
    if view.line.in_force and documents.former_identifier(view.version_id) is None:  # being brought up to date, and made here
        awaited = view.line.in_force
    context = {**document_frame(request, view, "web:outputs"), **_files(request, document_id, awaited)}
    return render(request, "web/document/outputs.html", {**context, "formats": FORMATS.values()})


@guarded
@require_GET
def files(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The panel of files alone, which refreshes itself while they are being made (those of version ``attendue`` at least)."""
    number = request.GET.get("attendue", "")
    awaited = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 0
    return render(request, "web/document/files.html", {"document_id": document_id, **_files(request, document_id, awaited)})


def _files(request: HttpRequest, document_id: uuid.UUID, awaited: int) -> dict[str, object]:
    """Files of a document; ``awaited`` is the number of the validated version whose files may not be begun yet, 0 for none."""
    renditions = exchange.renditions_of(actor_of(request), document_id)
    missing = awaited and all(r.version != awaited for r in renditions)
    return {
        "renditions": renditions,
        "names": FORMATS,
        "awaited": awaited if missing else 0,
        "pending": missing or any(r.state == "en_preparation" for r in renditions),
    }


@guarded
@require_GET
def download(request: HttpRequest, document_id: uuid.UUID, output: str) -> HttpResponse:
    """The last file produced in a format, of the version asked for (``?version=``) or of the last one; its reading is traced."""
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else None
    try:
        artifact = exchange.download(actor_of(request), document_id, output, version=number)
    except LookupError as error:
        raise Http404(str(error)) from error
    return _file(artifact, attached=True)


def _file(artifact: Artifact, *, attached: bool) -> HttpResponse:
    response = HttpResponse(artifact.content, content_type=artifact.media_type)
    response["Content-Disposition"] = content_disposition_header(attached, artifact.filename) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@guarded
@xframe_options_sameorigin
@require_GET
def preview(request: HttpRequest, document_id: uuid.UUID, output: str) -> HttpResponse:
    """What a format would be now: the PDF as it is, the CDA as a readable page, or its bytes with ``?brut``; nothing is kept."""
    if output not in FORMATS:
        raise Http404
    now = timezone.now()
    snapshot = documents.preview_snapshot(actor_of(request), document_id, as_of=now)
    try:
        artifact = exchange.render_unsaved(snapshot, output, as_of=now)
    except DeliveryError as error:
        return render(request, "web/document/preview_problem.html", {"reason": error.reason}, status=409)
    return shown_artifact(request, snapshot, artifact, pdf_url=reverse("web:preview", args=[document_id, "pdf-a1"]))


def shown_artifact(request: HttpRequest, snapshot: DocumentSnapshot, artifact: Artifact, *, pdf_url: str) -> HttpResponse:
    """An artifact to look at: a PDF as it is, a CDA as a readable page, or its bytes with ``?brut``."""
    if "brut" in request.GET:
        return _file(artifact, attached=True)
    if artifact.media_type == "application/pdf":
        return _file(artifact, attached=False)
    banner = identity_words(snapshot.patient)
    context = {
        "title": FORMATS[artifact.format].name,
        "snapshot": snapshot,
        "banner": replace(banner, patient_id=None) if snapshot.trial else banner,
        "reading": read_document(artifact.content),
        "moment": timezone.now(),
        "pdf_url": pdf_url,
    }
    return render(request, "web/document/narrative.html", context)
