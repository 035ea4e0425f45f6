"""How far a contextual session goes: the pages of its one patient. Elsewhere, a page offers to sign in fully and then goes there.

The table says of each page what it is about; what it does not name is closed. The rights of the person keep to the same patient
besides (``Rights.only_patient``): this is the wall one sees, that is the one behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dcc.accounts.calls import api as calls
from dcc.documents import api as documents
from dcc.web.views.guards import problem

FREE = frozenset(
    {
        "web:help",
        "web:theme",
        "web:brand",
        "web:codes",
        "web:favourite",
        "web:people",
        "web:call",
        "web:call_open",
        "accounts:login",
        "accounts:code",
        "accounts:password",
        "accounts:enrol",
        "accounts:logout",
        "accounts:session",
        "accounts:relogin",
        "accounts:refused",
    }
)
"""Pages of no patient that a contextual session needs: lists of codes, directory of professionals, help, signing in and out."""

FREE_BY_NAME = ("accounts:psc_", "trust:")
"""Beginnings of names that are free too: Pro Santé Connect, by which one signs in fully; the terms of use, asked of everybody."""


class ContextualScopeMiddleware:
    """Keeps contextual sessions to their patient; other sessions pass untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        """Nothing for a page within reach; else the page that offers to sign in fully."""
        if not request.user.is_authenticated:
            return None
        call = calls.call_of(request.session)
        if call is None or getattr(view_func, "asks_for_psc", False) or _within(request, call, view_kwargs):
            return None  # a view that asks for Pro Santé Connect runs in a full session, or not at all
        return beyond(request, call)


def _within(request: HttpRequest, call: calls.OpenCall, kwargs: Mapping[str, Any]) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in FREE or name.startswith(FREE_BY_NAME):
        return True
    if "patient_id" in kwargs:
        return bool(kwargs["patient_id"] == call.patient_id)
    if "document_id" in kwargs:
        return documents.patient_of(kwargs["document_id"]) == call.patient_id
    return False


def beyond(request: HttpRequest, call: calls.OpenCall) -> HttpResponse:
    """What is shown instead of a page out of reach; nothing says whether that page exists."""
    message = _("Cette session, ouverte depuis %(software)s, est limitée à un patient : le reste demande une connexion complète.")
    message %= {"software": call.software}
    if calls.wants_data(request):
        return problem(message, 403)
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    context = {"call": call, "wanted": wanted, "message": message}
    return render(request, "web/call/beyond.html", context, status=403)
