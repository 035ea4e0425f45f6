"""New documents. Of an FRCP the RCP and its session are chosen in the directory, which fills its header and names its form; any
other type that follows nothing is started from the patient's file, in an establishment, on one of its forms.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.capabilities import DocumentType
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.web.context import rights_of
from dcc.web.identity import banner_of
from dcc.web.views.guards import actor_of, follow_merge, guarded
from forms_config import api as forms
from forms_config.terminology import api as terminology
from rcp_directory import api as directory

FRCP = "frcp"


def other_types() -> list[DocumentType]:
    """The types that this module starts without a page of their own, by their title."""
    return sorted((kind for kind in documents.starting_types() if kind.key != FRCP), key=lambda kind: kind.title)


def _patient_for(request: HttpRequest, patient_id: UUID) -> tuple[patients.PatientFile, frozenset[UUID]]:
    """The file of a patient and the establishments where the actor may start a document for him."""
    try:
        file = patients.open_patient(actor=actor_of(request), patient_id=patient_id)
    except PermissionDenied:
        raise Http404 from None
    follow_merge(request, patient_id, file.snapshot.patient_id)
    allowed = rights_of(request).facilities(Action.CREATE_DOCUMENT) & set(file.facility_ids)
    if not allowed:
        raise PermissionDenied
    return file, allowed


@guarded
@require_http_methods(["GET", "POST"])
def other(request: HttpRequest, patient_id: UUID, document_type: str) -> HttpResponse:
    """Start a document of a type that a module brings: the establishment and the form are asked where there are several."""
    kind = next((found for found in other_types() if found.key == document_type), None)
    if kind is None:
        raise Http404
    file, allowed = _patient_for(request, patient_id)
    offered = forms.forms_for(kind.key)
    problem = ""
    if request.method == "POST":
        chosen = request.POST.get("form", "")
        try:
            document_id = documents.create_document(
                actor=actor_of(request),
                patient_id=patient_id,
                facility_id=_facility(request.POST.get("facility", ""), allowed),
                document_type=kind.key,
                form_key=chosen if chosen in {form.key for form in offered} else "",
            )
            return HttpResponseRedirect(reverse("web:document", args=[document_id]))
        except documents.DocumentError as error:
            problem = str(error)
    facilities = accounts.facilities(ids=allowed, limit=100)
    context = {"banner": banner_of(file), "kind": kind, "offered": offered, "facilities": facilities, "problem": problem}
    return render(request, "web/patients/new_document.html", context, status=422 if problem else 200)


@guarded
@require_http_methods(["GET", "POST"])
def frcp(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose the RCP, then its session, then the form when it has several, then start the document; it may start without RCP."""
    file, allowed = _patient_for(request, patient_id)
    problem = ""
    if request.method == "POST":
        try:
            return _start(request, patient_id, file, allowed)
        except documents.DocumentError as error:
            problem = str(error)
    text = request.GET.get("q", "").strip()[:200]
    context = {
        "banner": banner_of(file),
        "q": text,
        "rcps": _found(text),
        "facilities": accounts.facilities(ids=allowed, limit=100),
        "problem": problem,
    }
    return render(request, "web/patients/new_frcp.html", context, status=422 if problem else 200)


def _found(text: str) -> list[tuple[directory.FoundRcp, list[directory.FoundSession]]]:
    """RCP that match, each with its sessions of the last month and to come."""
    since = timezone.now() - timedelta(days=31)
    return [(rcp, directory.sessions_of(rcp.rcp_id, since=since)) for rcp in directory.search_rcps(text, limit=12)]


def _start(request: HttpRequest, patient_id: UUID, file: patients.PatientFile, allowed: frozenset[UUID]) -> HttpResponse:
    rcp_id, _sep, session_id = request.POST.get("rcp", "").partition(":")
    answers = {}
    if rcp_id.isdecimal():
        try:
            answers = directory.rcp_answers(
                int(rcp_id), int(session_id) if session_id.isdecimal() else None, label=terminology.label
            )
        except directory.UnknownRcp:
            raise documents.DocumentError(_("Cette RCP n'est plus dans l'annuaire")) from None
    offered = forms.forms_for(FRCP, str(answers.get("frcp.rcp.identifiant", "")))
    keys = [form.key for form in offered]
    chosen = request.POST.get("form", "")
    if chosen not in keys and len(keys) > 1:
        return render(request, "web/patients/new_frcp_form.html", _choice(request, file, offered))
    document_id = documents.create_document(
        actor=actor_of(request),
        patient_id=patient_id,
        facility_id=_facility(request.POST.get("facility", ""), allowed),
        document_type=FRCP,
        form_key=chosen if chosen in keys else "".join(keys),
        answers=answers,
    )
    return HttpResponseRedirect(reverse("web:document", args=[document_id]))


def _choice(request: HttpRequest, file: patients.PatientFile, offered: list[forms.OfferedForm]) -> dict[str, object]:
    """What the page that offers several forms sends on: the RCP and the establishment already chosen."""
    kept = {name: request.POST.get(name, "") for name in ("rcp", "facility")}
    return {"banner": banner_of(file), "offered": offered, "kept": kept}


def _facility(text: str, allowed: frozenset[UUID]) -> UUID:
    try:
        chosen = UUID(text) if text else next(iter(allowed))
    except ValueError:
        raise PermissionDenied from None
    if chosen not in allowed:
        raise PermissionDenied
    return chosen
