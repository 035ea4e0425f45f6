"""The page where an author decides whether his document follows its form to a new version."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.documents import api as documents
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view


@guarded
@require_http_methods(["GET", "POST"])
def form_change(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """What the new version changes for this document; then « accepter » or « plus tard »."""
    if request.method == "POST":
        return _decide(request, document_id)
    view = open_view(request, document_id)
    offer = documents.form_offer(actor_of(request), document_id)
    return render(request, "web/document/form_change.html", {**document_frame(request, view, "web:document"), "offer": offer})


def _decide(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    here = HttpResponseRedirect(reverse("web:document", args=[document_id]))
    if request.POST.get("do") != "accept":
        documents.reference(actor_of(request), Action.OPEN_DOCUMENT, document_id)
        messages.info(request, _("Le document reste sur sa version du formulaire ; la nouvelle reste proposée."))
        return here
    documents.accept_form(
        actor=actor_of(request),
        document_id=document_id,
        form_version_id=_version(request),
        expected_revision=_revision(request),
    )
    messages.success(request, _("Le document suit la nouvelle version du formulaire."))
    return here


def _version(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("form", ""))
    except ValueError:
        return uuid.UUID(int=0)  # never offered: the service says so


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


@guarded
@require_POST
def form_seen(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """« J'ai lu » : the notice of a change is not shown again to its reader."""
    documents.note_form_seen(actor=actor_of(request), document_id=document_id)
    return HttpResponseRedirect(reverse("web:document", args=[document_id]))
