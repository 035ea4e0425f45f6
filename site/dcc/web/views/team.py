"""The care team of a patient and the masking of his file, from the patient's page."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.patients import api as patients
from dcc.web.identity import banner_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import opened

SHOWN = 12
ACTS = frozenset({"join", "leave", "mask", "unmask"})


@guarded
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who is in the care team; name somebody, end a place, mask the file or show it again."""
    actor, file = actor_of(request), opened(request, patient_id)
    may = {action: patients.may_with(actor, action, patient_id) for action in (Action.NAME_TEAM, Action.MASK_PATIENT)}
    problem = ""
    act = request.POST.get("act", "")
    if act in ACTS:
        try:
            return _acted(request, patient_id, act)
        except patients.IdentityErrors as error:
            problem = next(iter(error.fields.values()))
    text = request.POST.get("q", "").strip()[:100]
    context = {
        "banner": banner_of(file),
        "file": file,
        "members": patients.care_team(patient_id),
        "q": text,
        "found": accounts.carers(text=text, limit=SHOWN) if text and may[Action.NAME_TEAM] else [],
        "may_name": may[Action.NAME_TEAM],
        "may_mask": may[Action.MASK_PATIENT],
        "problem": problem,
    }
    return render(request, "web/patients/team.html", context, status=422 if problem else 200)


def _acted(request: HttpRequest, patient_id: UUID, act: str) -> HttpResponse:
    """Do one thing and come back to the page."""
    actor = actor_of(request)
    if act == "mask":
        patients.mask_patient(actor=actor, patient_id=patient_id, words=request.POST.get("words", ""))
        messages.success(request, _("Dossier masqué : seule son équipe de soins le voit"))
    elif act == "unmask":
        patients.unmask_patient(actor=actor, patient_id=patient_id)
        messages.success(request, _("Dossier visible à nouveau des structures qui suivent le patient"))
    else:
        change = patients.join_team if act == "join" else patients.leave_team
        change(actor=actor, patient_id=patient_id, user_id=_uuid(request.POST.get("member", "")))
        messages.success(request, _("Équipe de soins enregistrée"))
        if not patients.may_with(actor, Action.OPEN_PATIENT, patient_id):  # who left it himself
            return HttpResponseRedirect(reverse("web:worklist"))
    return HttpResponseRedirect(reverse("web:team", args=[patient_id]))


def _uuid(text: str) -> UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
