"""The document that follows a validated one, started from its page, its patient's file or the list; and former versions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.registry import current
from dcc.documents import api as documents
from dcc.web.formpage.reading import reading_page
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view
from forms_config import api as forms


@guarded
@require_POST
def follow(request: HttpRequest, document_id: UUID, document_type: str) -> HttpResponse:
    """Start the document of a type that follows this one; several forms are offered first. Leads to what may be taken over."""
    kind = documents.type_of(document_type)
    if kind is None or not kind.follows:
        raise Http404
    view = open_view(request, document_id)
    offered = forms.forms_for(document_type, str(view.answers.get("frcp.rcp.identifiant", "")))
    keys = [form.key for form in offered]
    chosen = request.POST.get("form", "")
    if chosen not in keys and len(keys) > 1:
        context = {**document_frame(request, view, "web:document"), "kind": kind, "offered": offered}
        return render(request, "web/document/follow_form.html", context)
    try:
        made = documents.create_following(
            actor=actor_of(request),
            reference_id=document_id,
            document_type=document_type,
            form_key=chosen if chosen in keys else "".join(keys),
        )
    except documents.AlreadyFollowed as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("web:document", args=[refusal.existing or document_id]))
    except (documents.ActionForbidden, documents.DocumentNotFound):
        raise
    except documents.DocumentError as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    messages.success(request, _("Document commencé : la date de la RCP est reprise, le reste est à choisir"))
    page = "web:adjudication" if current().keys(PrefillSource) else "web:document"
    return HttpResponseRedirect(reverse(page, args=[made]))


@guarded
@require_GET
def version(request: HttpRequest, document_id: UUID, number: int) -> HttpResponse:
    """A version of a document to read, whatever came after it; the current one has its own page."""
    view = documents.open_version(actor_of(request), document_id, number)
    now = open_view(request, document_id)
    if now.version_id == view.version_id:
        return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    context = {
        **document_frame(request, view, "web:document"),
        "page": reading_page(view.schema, view.answers, view.provenance),
        "now": now.line,
    }
    return render(request, "web/document/version.html", context)
