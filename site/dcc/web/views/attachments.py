"""Files joined to a document: listed, added, read, taken off."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.web.formpage.compiled import compiled_form
from dcc.web.formpage.fragments import field_html
from dcc.web.formpage.posted import value_at
from dcc.web.views.autosave import conflict_json
from dcc.web.views.guards import actor_of, guarded, guarded_json
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


@guarded_json
@require_POST
def answer(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Answer a question by a file: ``path``, ``base``, ``editor`` and the ``file``; answers as a save does."""
    actor, path, base = actor_of(request), request.POST.get("path", ""), request.POST.get("base", "")
    documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    file = request.FILES.get("file")
    if file is None or not base.isdecimal() or len(base) > 9:
        raise SuspiciousOperation("Un fichier et une révision sont attendus")
    before = documents.draft(actor, document_id)
    result, problem = join_answer(actor, document_id, path, file, base=int(base), editor=request.POST.get("editor", "")[:36])
    now = documents.draft(actor, document_id)
    form = compiled_form(before.form_version_id)
    fields = {
        p: field_html(form, p, value_at(now.answers, p), now.provenance.get(p)) for p in [*result.saved, *result.calculated]
    }
    conflicts = [conflict_json(form, conflict, now.answers) for conflict in result.conflicts]
    refused = {**result.refused, **({path: problem} if problem else {})}
    return JsonResponse(
        {"revision": now.revision, "saved": result.saved, "refused": refused, "conflicts": conflicts, "fields": fields}
    )


def join_answer(
    actor: User, document_id: uuid.UUID, path: str, file: UploadedFile[Any], *, base: int, editor: str
) -> tuple[documents.SaveResult, str]:
    """Answer by an uploaded file; the outcome, and the French reason when the file itself is refused."""
    content = file.read(settings.DCC_ATTACHMENT_LIMIT + 1)
    try:
        result = documents.answer_with_file(
            actor=actor, document_id=document_id, path=path, filename=file.name or "", content=content, base=base, editor=editor
        )
    except documents.AttachmentRefused as error:
        return documents.SaveResult(base), str(error)
    return result, ""


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
