"""Contextual calls: the software of an establishment sends a signed call, and gets a link; the browser opens it, once.

A call is sent from server to server as JSON (``{"jwt": ...}``), answered ``{"url": ..., "expires": ...}`` or ``{"error": code,
"message": French}``; or by a form of the browser, answered by going to that link, or a page. ``docs/contextual-call.md`` is for
those who write such software.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.calls import api as calls
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import api as patients
from dcc.web.calling.arrival import destination, known_side, patient_of
from dcc.web.calling.header import header_of
from dcc.web.identities.comparing import compared, side_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
FORM = "application/x-www-form-urlencoded"
LONGEST_BODY = 16_000


def answering(view: View[P]) -> View[P]:
    """A refusal is journaled, and answered as data to a software, as a page to a person."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except calls.CallRefused as error:
            calls.refuse(request, error)
            if request.method == "POST" and request.content_type != FORM:
                return JsonResponse({"error": error.code, "message": error.message}, status=error.status)
            return render(request, "web/call/refused.html", {"error": error}, status=error.status)

    return wrapper


@login_not_required
@csrf_exempt  # the token is signed; no session of the browser is read
@never_cache
@require_POST
@sensitive_post_parameters()
@answering
def receive(request: HttpRequest) -> HttpResponse:
    """Give a link for a call."""
    call = calls.read_call(_token(request))
    try:
        header_of(call.said.patient, call.software.facility)
    except calls.CallRefused as error:
        error.software_id = call.software.pk
        raise
    secret, expires = calls.issue(request, call)
    link = reverse("web:call_open", args=[secret])
    if request.content_type == FORM:
        response = HttpResponseRedirect(link)
        response.status_code = 303
        return response
    return JsonResponse({"url": calls.audience() + link, "expires": expires.isoformat(timespec="seconds")}, status=201)


def _token(request: HttpRequest) -> str:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        raise calls.CallRefused("too_long")
    if request.content_type == FORM:
        return request.POST.get("jwt", "")
    if request.content_type != "application/json":
        raise calls.CallRefused("media_type")
    try:
        body = json.loads(request.body)
    except RequestDataTooBig as error:
        raise calls.CallRefused("too_long") from error
    except (ValueError, RecursionError) as error:
        raise calls.CallRefused("unreadable") from error
    token = body.get("jwt") if isinstance(body, dict) else None
    if not isinstance(token, str):
        raise calls.CallRefused("unreadable")
    return token


@login_not_required
@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])  # not HEAD: what looks at a link before a person opens it must not use it up
@answering
def open_call(request: HttpRequest, secret: str) -> HttpResponse:
    """Open the patient of a call; asks first when somebody else is at work in this browser (then the form is sent here)."""
    if "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")):
        return HttpResponse(status=503)
    ticket = calls.waiting(secret)
    if request.method == "GET" and calls.standing(request, ticket.user) is calls.Standing.OTHER:
        return render(request, "web/call/other_person.html", {"ticket": ticket, "present": request.user})
    served = calls.serve(secret)
    header = header_of(served.patient, served.software.facility)
    try:
        patient_id = patient_of(served, header)
    except patients.IdentityConflict as error:
        return _conflict(request, served, header, error)
    except Refused as error:
        return _not_opened(request, served, error.reason)
    except PermissionDenied:
        return _not_opened(
            request, served, _("Ce patient n'est pas connu de votre structure, ou votre rôle ne permet pas de l'ouvrir.")
        )
    calls.open_session(request, served, patient_id)
    return HttpResponseRedirect(destination(served, patient_id))


def _not_opened(request: HttpRequest, served: calls.Served, reason: str) -> HttpResponse:
    return render(request, "web/call/not_opened.html", {"served": served, "reason": reason}, status=403)


def _conflict(
    request: HttpRequest, served: calls.Served, header: PatientSnapshot, error: patients.IdentityConflict
) -> HttpResponse:
    """Both identities side by side, what is known only for who may open it; nothing was changed and no session opens."""
    known = known_side(served.user, error.patient_id)
    rows = compared(side_of(header), side_of(known.snapshot) if known else None, error.fields)
    sides = {
        "left": _("Reçu de %(software)s") % {"software": served.software.name},
        "right": _("Connu dans OncoDCC") if known else "",
    }
    context = {
        "served": served,
        "rows": rows,
        "known": known,
        "reason": error.reason,
        "question": error.reconciliation_id,
        **sides,
    }
    return render(request, "web/call/conflict.html", context, status=409)
