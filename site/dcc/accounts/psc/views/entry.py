"""Going to Pro Santé Connect, coming back, choosing a situation, waiting."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from mozilla_django_oidc.utils import absolutify, add_state_and_verifier_and_nonce_to_session, generate_code_challenge

from dcc.accounts import signin
from dcc.accounts.models import User
from dcc.accounts.psc import entering, guard, provider
from dcc.accounts.psc.admission import ask_again, request_admission
from dcc.accounts.psc.backend import PscBackend
from dcc.accounts.psc.claims import Proof, Situation
from dcc.accounts.psc.models import AdmissionRequest
from dcc.accounts.psc.refusals import Refused
from dcc.accounts.views.entrance import destination, entrance

STATES, STATE_SECONDS = "oidc_states", 600


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What went wrong, what to do; written in the journal."""
    entering.record_refusal(request, refused.code, signin.signed_in(request))
    context = {"refusal": refused.refusal, "code": refused.code, "signed_in": signin.signed_in(request) is not None}
    return render(request, "accounts/psc/refused.html", context, status=refused.refusal.status)


@entrance
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Leave for Pro Santé Connect; a link, not a form, so that the content security policy stays closed."""
    psc = settings.DCC_PSC
    if not psc.discovery:
        raise Http404
    try:
        address = provider.metadata()["authorization_endpoint"]
    except Refused as refused:
        return refused_page(request, refused)
    verifier = get_random_string(64)
    params = {
        "response_type": "code",
        "scope": psc.scope,
        "client_id": psc.client_id,
        "redirect_uri": absolutify(request, reverse("accounts:psc_callback")),
        "state": get_random_string(43),
        "nonce": get_random_string(43),
        "acr_values": psc.acr,
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    add_state_and_verifier_and_nonce_to_session(request, params["state"], params, verifier)
    request.session[STATES][params["state"]]["then"] = request.GET.get("next", "")[:2000]
    request.session.modified = True
    return HttpResponseRedirect(f"{address}?{urlencode(params)}")


@entrance
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from it: all is checked before anything opens."""
    try:
        begun = _begun(request)
        if "error" in request.GET:
            raise Refused("cancelled" if request.GET["error"] in ("access_denied", "login_required") else "provider")
        if request.GET.get("iss", provider.metadata()["issuer"]) != provider.metadata()["issuer"]:  # RFC 9207
            raise Refused("issuer")
        backend = PscBackend()
        backend.authenticate(request, nonce=begun["nonce"], code_verifier=begun["code_verifier"])
        if not backend.claims:  # the library gives up in silence on a return without a code
            raise Refused("state")
        person = signin.signed_in(request)
        if person is not None:
            return _confirmed(request, person, backend.proof(), begun["then"])
        return _arrived(request, backend.proof(), begun["then"])
    except Refused as refused:
        return refused_page(request, refused)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What was kept when the person left under this state, which serves once. Raises :class:`Refused` ``state``."""
    states = request.session.get(STATES) or {}
    begun: dict[str, Any] | None = states.pop(request.GET.get("state", ""), None)
    request.session[STATES] = states
    request.session.save()
    if begun is None or begun["added_on"] + STATE_SECONDS < time.time():
        raise Refused("state")
    return begun


def _confirmed(request: HttpRequest, user: User, proof: Proof, then: str) -> HttpResponse:
    """Somebody whose session is open proved who she is: it becomes a PSC session, or the proof is somebody else's."""
    if user.practitioner is None:
        raise Refused("no_practitioner")
    if user.practitioner.national_id != proof.professional.national_id:
        raise Refused("other_person")
    entering.confirm(request, user, proof)
    return redirect("accounts:psc_resume") if guard.kept_request(request) else HttpResponseRedirect(destination(request, then))


def _arrived(request: HttpRequest, proof: Proof, then: str) -> HttpResponse:
    entering.user_of(proof.professional)  # a closed account is told so before anything else
    situations = proof.professional.situations
    if not situations:
        raise Refused("situation")
    entering.hold(request, proof, then)
    return _settled(request, situations[0]) if len(situations) == 1 else redirect("accounts:psc_situation")


@entrance
def situation(request: HttpRequest) -> HttpResponse:
    """Choose the exercise situation of the session, when there are several."""
    person = signin.signed_in(request)
    if person is not None:
        return _change(request, person)
    pending = entering.held(request)
    if pending is None:
        return redirect("accounts:login")
    situations = pending.professional.situations
    chosen = next((s for s in situations if s.key == request.POST.get("situation")), None)
    if chosen is not None:
        try:
            return _settled(request, chosen)
        except Refused as refused:
            return refused_page(request, refused)
    context = {"professional": pending.professional, "situations": situations, "missing": request.method == "POST"}
    return render(request, "accounts/psc/situation.html", context)


def _change(request: HttpRequest, user: User) -> HttpResponse:
    """Another situation for a session that is open."""
    refused = False
    if request.method == "POST":
        if entering.change_situation(request, user, request.POST.get("situation", "")):
            messages.success(request, _("Situation d’exercice changée"))
            return redirect("accounts:security")
        refused = True
    context = {
        "professional": {"given": user.first_name, "family": user.last_name},
        "situations": entering.situations_of(request),
        "current": request.session.get(entering.SITUATION, {}).get("key"),
        "refused": refused,
    }
    return render(request, "accounts/psc/situation.html", context)


def _settled(request: HttpRequest, chosen: Situation) -> HttpResponse:
    """Enter under a situation, or wait to be admitted there."""
    pending = entering.held(request)
    if pending is None:
        return redirect("accounts:login")
    user, facility = entering.user_of(pending.professional), entering.facility_of(chosen)
    if user is not None and entering.may_enter(user, facility):
        entering.enter(request, user, pending.proof, chosen, facility)
        return HttpResponseRedirect(destination(request, pending.then))
    asked = request_admission(professional=pending.professional, situation=chosen, facility=facility)
    request.session[WAITING] = str(asked.pk)
    return redirect("accounts:psc_waiting")


WAITING = "dcc_admission"


@entrance
def waiting(request: HttpRequest) -> HttpResponse:
    """The waiting room: what was asked, where it stands."""
    pending, asked = entering.held(request), entering.admission_of(request.session.get(WAITING))
    if asked is None:
        return redirect("accounts:login")
    if request.method == "POST" and asked.state == AdmissionRequest.State.REFUSED:
        request.session[WAITING] = str(ask_again(asked.pk).pk)
        return redirect("accounts:psc_waiting")
    several = pending is not None and len(pending.professional.situations) > 1
    return render(request, "accounts/psc/waiting.html", {"asked": asked, "several": several})
