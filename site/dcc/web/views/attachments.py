"""Files joined to a document: listed, added, read, taken off."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.documents import api as documents
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view
from dcc.web.views.sheets import sheets_for

READABLE = ("application/pdf", "image/jpeg", "image/png")
"""Types a browser shows safely in a tab; others are downloaded."""


@guarded
@require_http_methods(["GET", "POST"])
def attachments(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The list; on POST join the files sent."""
    if request.method == "POST":
        return _add(request, document_id)
    view = open_view(request, document_id)
    frame = document_frame(request, view, "web:attachments")
    return render(
        request,
        "web/document/attachments.html",
        {
            **frame,
            "limit": settings.DCC_ATTACHMENT_LIMIT,
            "may_add": view.editable,
            "sheets": sheets_for(view, request.GET.get("fiche", "")[:200]),
        },
    )


def _add(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    documents.reference(actor_of(request), Action.EDIT_DOCUMENT, document_id)
    files, title = request.FILES.getlist("files"), request.POST.get("title", "")
    if not files:
        messages.warning(request, _("Choisissez un fichier à joindre"))
    for file in files:
        name = file.name or ""
        try:
            documents.add_attachment(
                actor=actor_of(request),
                document_id=document_id,
                title=title if len(files) == 1 and title.strip() else name,
                filename=name,
                content=file.read(settings.DCC_ATTACHMENT_LIMIT + 1),
            )
        except documents.AttachmentRefused as error:
            messages.error(request, _("« %(name)s » : %(reason)s") % {"name": name, "reason": error})
        else:
            messages.success(request, _("« %(name)s » est joint") % {"name": name})
    return HttpResponseRedirect(reverse("web:attachments", args=[document_id]))


@guarded
@require_GET
def attachment(request: HttpRequest, document_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """A joined file; its reading is traced."""
    line, content = documents.attachment_content(actor_of(request), document_id, attachment_id)
    response = HttpResponse(content, content_type=line.media_type)
    attached = line.media_type not in READABLE
    response["Content-Disposition"] = content_disposition_header(attached, line.filename) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@guarded
@require_POST
def remove(request: HttpRequest, document_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """Take a file off a document that is not frozen."""
    documents.remove_attachment(actor=actor_of(request), document_id=document_id, attachment_id=attachment_id)
    messages.success(request, _("La pièce jointe est retirée"))
    return HttpResponseRedirect(reverse("web:attachments", args=[document_id]))
