"""The gate of the terms of use: who has not accepted what is asked reads (if the region grants it) and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dcc.accounts import signin
from dcc.accounts.lockout import wants_data
from dcc.accounts.middleware import is_open
from dcc.accounts.models import User
from dcc.trust import memory
from dcc.trust.gate import Address, Kind, Verdict, verdict
from dcc.trust.models import TermsSettings
from dcc.trust.views.answering import answer_from, shown

HEADER = "X-DCC-Terms"
CONFLICT = 409
ACCEPT = "dcc_accept"
"""Field that the page of a held form adds to it: the terms are accepted and the form goes on in one go."""


class TermsMiddleware:
    """Comes after the one that asks for both factors: it looks only at people who are signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Callable[..., Any], *_: Any) -> HttpResponseBase | None:
        """Serve, ask or hold, as the table of :mod:`dcc.trust.gate` says."""
        user = signin.signed_in(request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        address = Address(name, request.method or "GET", wants_data(request), is_open(view_func))
        if user is None or address.kind is Kind.FREE or not memory.is_due(request, user):
            return None
        request.terms_due = True  # type: ignore[attr-defined]  # carried by the request, as Django's own middleware does
        match verdict(address.kind, reading=TermsSettings.load().reading, later=memory.is_later(request, user)):
            case Verdict.ASK:
                return redirect(reverse("trust:ask") + "?" + urlencode({"next": request.get_full_path()}))
            case Verdict.HOLD:
                return _held_data(request) if address.script else _held_form(request, user)
        return None


def _held_data(request: HttpRequest) -> HttpResponse:
    """The 409 that ``static/js/session.js`` waits for: it asks in place, then sends again what it carried."""
    words = _("Conditions d'utilisation à accepter : rien n'est encore enregistré, votre saisie reste dans la page.")
    body = {"code": "terms", "error": words, "terms": reverse("trust:dialog")}
    return JsonResponse(body, status=CONFLICT, headers={HEADER: "due", "Cache-Control": "no-store"})


def _held_form(request: HttpRequest, user: User) -> HttpResponse | None:
    """A page that keeps what was sent, in the browser that sent it, until the terms are accepted; then the form goes on."""
    if ACCEPT in request.POST and answer_from(request, user) and not memory.is_due(request, user):
        request.terms_due = False  # type: ignore[attr-defined]  # as above
        return None
    request.terms_due = False  # type: ignore[attr-defined]  # this page says it by itself
    ours = {ACCEPT, "version", "sha256", "csrfmiddlewaretoken"}
    kept = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
    context = {**shown(request, user), "kept": kept, "has_files": bool(request.FILES), "accept": ACCEPT}
    response = render(request, "trust/held.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    return response
