"""Leaving, here or at Pro Santé Connect too; and the message by which it says that somebody left there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from dcc.accounts.psc import leaving
from dcc.accounts.psc.refusals import Refused
from dcc.accounts.views.entrance import entrance


@entrance
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the session here, then go and close it there: by a page, since a form may not lead to another site."""
    if leaving.leave(request, back=request.build_absolute_uri(reverse("accounts:psc_left"))):
        return render(request, "accounts/psc/leaving.html")
    messages.warning(
        request, _("Vous êtes déconnecté d’OncoDCC. Pro Santé Connect n’a pas pu être prévenu : fermez le navigateur.")
    )
    return redirect("accounts:login")


@entrance
@require_GET
def way_out(request: HttpRequest) -> HttpResponse:
    """To Pro Santé Connect, which closes its session."""
    return HttpResponseRedirect(leaving.way_out(request) or reverse("accounts:login"))


@entrance
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """Back from there."""
    state = request.session.pop(leaving.LEFT, "")
    if state and constant_time_compare(state, request.GET.get("state", "")):
        messages.success(request, _("Vous êtes déconnecté d’OncoDCC et de Pro Santé Connect"))
    return redirect("accounts:login")


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """In the window that a page opened to sign in again: it can be closed."""
    return render(request, "accounts/psc/back.html")


@login_not_required
@csrf_exempt  # the provider calls, without cookie; what it sends is signed
@never_cache
@require_POST
def back_channel(request: HttpRequest) -> HttpResponse:
    """Pro Santé Connect tells that somebody left there: 200 when it was obeyed, 400 when it is not a message of it."""
    try:
        leaving.obey(request.POST.get("logout_token", ""))
    except Refused as refused:
        return JsonResponse({"error": "invalid_request", "error_description": refused.code}, status=400)
    return HttpResponse()
