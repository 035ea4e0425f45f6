"""The notices of a page: a fragment that the page asks for once it is there, and a plain page for who has no scripts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dcc.accounts.api import Action, Relation
from dcc.contracts.notices import Page, Place
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.web.notices import told_at
from dcc.web.views.guards import actor_of, guarded, require_somewhere

OF_A_DOCUMENT: Mapping[str, Page] = {"validation": "validation", "envois": "envois"}
"""What other pages about a document than its own say of themselves (``?page=``)."""


@guarded
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Those of the first page."""
    require_somewhere(request, Action.OPEN_DOCUMENT)
    return _answer(request, Place("accueil", actor_of(request).pk))


@guarded
@require_GET
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Those of the page of a patient, whose opening was traced when the page was."""
    actor = actor_of(request)
    if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id) and not _wrote_of(request, patient_id):
        raise patients.UnknownPatient
    return _answer(request, Place("patient", actor.pk, patient_id=patient_id))


def _wrote_of(request: HttpRequest, patient_id: UUID) -> bool:
    return documents.tie_to_patient(actor_of(request), patient_id) is Relation.AUTHOR


@guarded
@require_GET
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Those of a page of a document: its own, its validation, its transmissions."""
    actor = actor_of(request)
    documents.reference(actor, Action.OPEN_DOCUMENT, document_id)
    patient_id = documents.patient_of(document_id)
    page = OF_A_DOCUMENT.get(request.GET.get("page", ""), "document")
    return _answer(request, Place(page, actor.pk, patient_id=patient_id, document_id=document_id))


def _answer(request: HttpRequest, place: Place) -> HttpResponse:
    """The fragment; nothing when it is the one that was seen (``vu``) and more is to come; without scripts, a page."""
    told = told_at(place)
    query = request.GET.copy()
    if told.pending and query.get("vu") == told.token:
        return HttpResponse(status=204)
    query["vu"] = told.token
    context = {"told": told, "again": f"{request.path}?{query.urlencode()}"}
    alone = "HX-Request" in request.headers
    return render(request, "web/notices/lines.html" if alone else "web/notices/page.html", context)
