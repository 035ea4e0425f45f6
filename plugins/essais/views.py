"""The clinician's pages: find a trial, choose a document that is being written, choose the text that takes the reference."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.patients import api as patients
from plugins.essais.bank import places, put_reference, search
from plugins.essais.models import ClinicalTrial, Status

MOST = 100


def _actor(request: HttpRequest) -> User:
    """Who may write documents somewhere; raises ``PermissionDenied``."""
    if not isinstance(request.user, User) or not accounts.rights(request.user).facilities(Action.EDIT_DOCUMENT):
        raise PermissionDenied
    return request.user


def _open(trial_id: int) -> ClinicalTrial:
    found = ClinicalTrial.objects.filter(pk=trial_id, status=Status.OPEN).first()
    if found is None:
        raise Http404
    return found


@require_GET
def bank(request: HttpRequest) -> HttpResponse:
    """Open trials; the same page answers the search box with its results alone."""
    _actor(request)
    text = request.GET.get("q", "").strip()[:200]
    template = "essais/found.html" if request.headers.get("HX-Request") else "essais/bank.html"
    return render(request, template, {"q": text, "trials": search(text)})


@require_GET
def trial(request: HttpRequest, trial_id: int) -> HttpResponse:
    """A trial, and the documents being written that may take its reference."""
    actor, found = _actor(request), _open(trial_id)
    lines = documents.worklist(actor, status="en_cours", limit=MOST)
    known = patients.snapshots({line.patient_id for line in lines})
    items = [(line, known[line.patient_id].traits) for line in lines]
    return render(request, "essais/trial.html", {"trial": found, "items": items})


@require_http_methods(["GET", "POST"])
def insert(request: HttpRequest, trial_id: int, document_id: uuid.UUID) -> HttpResponse:
    """Choose the text, then add the reference to it."""
    actor, found = _actor(request), _open(trial_id)
    try:
        if request.method == "POST":
            return _insert(request, actor, found, document_id)
        view = documents.open_document(actor, document_id)
    except documents.DocumentNotFound:
        raise Http404 from None
    except (documents.ActionForbidden, documents.ForbiddenTransition) as refusal:
        return render(request, "403.html", {"reason": str(refusal)}, status=403)
    context: dict[str, Any] = {"trial": found, "view": view, "places": places(view)}
    return render(request, "essais/insert.html", context)


def _insert(request: HttpRequest, actor: User, found: ClinicalTrial, document_id: uuid.UUID) -> HttpResponse:
    text = request.POST.get("revision", "")
    base = int(text) if text.isdecimal() and len(text) < 10 else 0
    key = request.POST.get("question", "")
    try:
        done = put_reference(actor=actor, trial=found, document_id=document_id, question_key=key, base=base)
    except KeyError:
        raise Http404 from None
    if not done:
        messages.warning(request, _("Ce texte a changé entre-temps : relisez-le, puis recommencez"))
        return HttpResponseRedirect(reverse("essais:insert", args=[found.pk, document_id]))
    messages.success(request, _("La référence de l'essai est dans le document"))
    return HttpResponseRedirect(reverse("web:document", args=[document_id]))
