"""Whether a patient wants his documents in his mailbox of Mon espace santé: noted with his words, and withdrawn."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import Action
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.web.identity import banner_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import opened


@guarded
@require_http_methods(["GET", "POST"])
def opposition(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Note the opposition (POST with its words), or withdraw it (POST with ``do=withdraw``)."""
    actor, problem, words = actor_of(request), "", request.POST.get("words", "").strip()[:400]
    if request.method == "POST":
        try:
            return _noted(request, patient_id, words)
        except exchange.SendingRefused as error:
            problem = str(error)
    file = opened(request, patient_id)
    context = {
        "banner": banner_of(file),
        "standing": exchange.opposition_of(actor, patient_id),
        "may_note": patients.may_with(actor, Action.UPDATE_PATIENT, patient_id),
        "words": words,
        "problem": problem,
    }
    return render(request, "web/patients/opposition.html", context, status=422 if problem else 200)


def _noted(request: HttpRequest, patient_id: UUID, words: str) -> HttpResponse:
    actor = actor_of(request)
    if request.POST.get("do") == "withdraw":
        exchange.withdraw_opposition(actor=actor, patient_id=patient_id)
        messages.success(request, _("Noté : le patient reçoit de nouveau ses documents par messagerie"))
    else:
        exchange.oppose(actor=actor, patient_id=patient_id, words=words)
        messages.success(request, _("Opposition notée : plus rien ne part vers la messagerie du patient"))
    return HttpResponseRedirect(reverse("web:patient", args=[patient_id]))
