"""What ``static/js/session.js`` talks to: is the session still open, and signing in again without leaving the page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dcc.accounts import factors, sessions, signin
from dcc.accounts.forms import ReloginForm
from dcc.accounts.models import User
from dcc.accounts.signin import Step
from dcc.accounts.views.entrance import FORBIDDEN, entrance, refusal

CONFLICT = 409


@login_not_required
@never_cache
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """``{"open": false}``, or ``{"open": true, "user": id, "seconds": before it closes, "csrf": token}``."""
    user = signin.signed_in(request)
    return _opened(request, user) if user is not None else JsonResponse({"open": False})


def _opened(request: HttpRequest, user: User) -> HttpResponse:
    seconds = int(sessions.remaining(request.session))
    return JsonResponse({"open": True, "user": str(user.pk), "seconds": seconds, "csrf": get_token(request)})


@entrance
def relogin(request: HttpRequest) -> HttpResponse:
    """GET: the form, to be put in a dialog. POST: both factors at once; the answer is that of :func:`state`, or ``{"error"}``.

    403 when something was wrong (never saying what), 409 when another person than the one whose page it is signs in: what that
    page still has to save is not hers. 429 when too many tries were made.
    """
    if request.method != "POST":
        context = {"form": ReloginForm(auto_id="relogin_%s"), "psc": bool(settings.DCC_PSC.discovery)}
        return render(request, "accounts/relogin.html", context)
    form = ReloginForm(request.POST)
    user = None
    if form.is_valid():
        user = signin.check_password(request, form.cleaned_data["username"], form.cleaned_data["password"])
    if user is None or signin.next_step(user) is not Step.CODE:
        return _refused(_("Identifiant, mot de passe ou code incorrect"))
    if form.cleaned_data["user"] not in (None, user.pk):
        return _refused(_("Cette page a été ouverte par une autre personne : rechargez-la pour continuer"), CONFLICT)
    device = factors.check_code(user, form.cleaned_data["code"])
    if device is None:
        return _refused(refusal(user) if factors.wait_for(user) else _("Identifiant, mot de passe ou code incorrect"))
    signin.finish(request, user, device)
    return _opened(request, user)


def _refused(message: str, status: int = FORBIDDEN) -> HttpResponse:
    return JsonResponse({"error": message}, status=status)
