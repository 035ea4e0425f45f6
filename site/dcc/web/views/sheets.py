"""Side-effect sheets joined to a document in one gesture: from the favourite just inserted, or chosen among the attachments."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.web.views.guards import actor_of, guarded, guarded_json, problem
from forms_config.favourites import api as bank


def sheets_for(view: DocumentView, text: str) -> Mapping[str, Any]:
    """Sheets to choose from, for the page of attachments: those of the favourites that this document holds, then the others."""
    sources = {str(mark.get("source", "")).partition("@")[0] for mark in view.provenance.values() if mark["origin"] == "favori"}
    suggested = bank.sheets_of_favourites([_uuid(source) for source in sources])
    known = {sheet.sheet_id for sheet in suggested}
    joined = {line.title for line in view.attachments}
    others = [sheet for sheet in bank.sheets(text=text) if sheet.sheet_id not in known]
    return {"suggested": suggested, "others": others, "joined": joined, "text": text, "any": bool(suggested or others or text)}


def _uuid(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.UUID(int=0)


def join_sheet(actor: User, document_id: uuid.UUID, sheet_id: uuid.UUID) -> str:
    """Join a sheet to a document, under its title, language and version; answers what to say of it.

    Raises ``LookupError`` (no such sheet), ``AttachmentRefused`` and the refusals of the documents room.
    """
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    sheet, filename, content = bank.sheet_file(sheet_id)
    if sheet.label in {line.title for line in documents.open_document(actor, document_id).attachments}:
        return _("« %(sheet)s » était déjà jointe") % {"sheet": sheet.label}
    documents.add_attachment(actor=actor, document_id=document_id, title=sheet.label, filename=filename, content=content)
    said = _("« %(sheet)s » est jointe") % {"sheet": sheet.label}
    if sheet.past_review:
        said += _(" ; attention, elle devait être relue avant le %(day)s") % {"day": f"{sheet.review_on:%d/%m/%Y}"}
    return said


@guarded
@require_POST
def attach(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """From the page of attachments."""
    try:
        messages.success(request, join_sheet(actor_of(request), document_id, _uuid(request.POST.get("sheet"))))
    except (LookupError, documents.AttachmentRefused) as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("web:attachments", args=[document_id]))


@guarded_json
@require_POST
def attach_now(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """From the open form: ``{"sheet": id}``; answers ``{"said"}``."""
    try:
        asked = json.loads(request.body)["sheet"]
        return JsonResponse({"said": join_sheet(actor_of(request), document_id, _uuid(asked))})
    except documents.DocumentNotFound:
        raise
    except (KeyError, TypeError, json.JSONDecodeError):
        return problem(_("Fiche attendue"), 400)
    except (LookupError, documents.AttachmentRefused) as error:
        return problem(str(error), 409)
