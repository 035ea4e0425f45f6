"""« Documents du DMP »: what a professional found for a patient, and the two gestures on it. No browsing of a DMP (R-179)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.identity import banner_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import opened
from plugins.dmp.consultation.asking import ask, live_session
from plugins.dmp.consultation.keeping import Gone, keep, kept_of, places
from plugins.dmp.consultation.notices import address, may_search, worked_on
from plugins.dmp.consultation.standing import standing_of
from plugins.dmp.settings import in_force


@guarded
@require_GET
def found(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The panel: what was found, where it stands, what was kept."""
    actor = actor_of(request)
    file = opened(request, patient_id)
    current, document_id = merging.kept_id(patient_id), _document(request)
    standing = standing_of(actor, current)
    allowed = places(actor, current)
    context = {
        "banner": banner_of(file),
        "standing": standing,
        "kept": kept_of(actor, current),
        "document_id": document_id,
        "writes": worked_on(actor, current, document_id),
        "again": f"{request.path}?{request.GET.urlencode()}",
        "places": accounts.facilities(ids=allowed, limit=100) if len(allowed) > 1 else [],
        "place": allowed[0] if allowed else None,
        "reachable": bool(in_force().proxy) and in_force().search != "jamais",
        "connected": live_session(actor.pk) is not None,
        "searches": may_search(actor, current, document_id),
        "minutes": in_force().cache_minutes,
    }
    alone = "HX-Request" in request.headers
    return render(request, "dmp/found_list.html" if alone else "dmp/found.html", context)


@guarded
@require_POST
def search(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """« Chercher de nouveau »: an explicit request of the professional, as often as he wishes (EX_3.1-2030)."""
    actor, document_id = actor_of(request), _document(request)
    _seen(actor, patient_id)
    current = merging.kept_id(patient_id)
    if not may_search(actor, current, document_id):
        messages.warning(request, _("Le DMP se consulte pour un patient que vous suivez, ou un document que vous écrivez."))
    elif ask(user_id=actor.pk, patient_id=current, automatic=False) is None:
        messages.warning(request, _why_not(current))
    return HttpResponseRedirect(address(patient_id, document_id))


def _why_not(patient_id: UUID) -> str:
    if not in_force().proxy or in_force().search == "jamais":
        return _("Cette plateforme ne consulte pas le DMP.")
    if patients.patient_snapshot(patient_id).ins is None:
        return _("Le DMP se cherche par l'INS : l'identité doit d'abord être qualifiée.")
    return _("Votre accès au DMP n'est pas ouvert : ouvrez-le, puis cherchez de nouveau.")


@guarded
@require_POST
def keep_document(request: HttpRequest, patient_id: UUID, found_id: UUID) -> HttpResponse:
    """« Garder ce document »: it becomes a document of the platform, with its origin and this date."""
    actor = actor_of(request)
    _seen(actor, patient_id)
    current = merging.kept_id(patient_id)
    try:
        keep(actor=actor, patient_id=current, found_id=found_id, facility_id=_place(request, places(actor, current)))
    except Gone:
        messages.warning(request, _("Ce document n'est plus à votre disposition ici : cherchez de nouveau dans le DMP."))
    except Refused as refusal:
        messages.error(request, _("Ce document n'a pas pu être gardé : %s") % refusal.reason)
    else:
        messages.success(request, _("Document gardé : il est dans le dossier du patient"))
    return HttpResponseRedirect(address(patient_id, _document(request)))


def _seen(actor: User, patient_id: UUID) -> None:
    """Raise ``UnknownPatient`` unless the actor may open the patient's file, or wrote in it."""
    if patients.may_with(actor, Action.OPEN_PATIENT, patient_id):
        return
    if documents.tie_to_patient(actor, patient_id) is not accounts.Relation.AUTHOR:
        raise patients.UnknownPatient


def _document(request: HttpRequest) -> UUID | None:
    """The document that the panel was opened from."""
    return _uuid(request.POST.get("document") or request.GET.get("document") or "")


def _place(request: HttpRequest, allowed: Sequence[UUID]) -> UUID | None:
    chosen = _uuid(request.POST.get("facility", ""))
    return chosen if chosen in allowed else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
