"""One's own security: password, recovery codes, authenticator. Each change asks again for something that only the person has."""

from __future__ import annotations

import time

import django_otp
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dcc.accounts import factors, open_sessions, signin
from dcc.accounts.forms import ChangePasswordForm, CodeForm
from dcc.accounts.models import User
from dcc.accounts.passwords import renewal
from dcc.accounts.views.entrance import FORBIDDEN, destination, refusal, show_codes

REPLACING = "dcc_replacing_until"
REPLACING_SECONDS = 600


def _person(request: HttpRequest) -> User:
    user = signin.signed_in(request)
    if user is None:
        raise PermissionDenied
    return User.objects.get(pk=user.pk)


@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """Where one stands, with the way to each change."""
    user = _person(request)
    context = {
        "codes_left": factors.recovery_codes_left(user),
        "password_until": renewal.valid_until(user),
        "sessions": open_sessions.opened(user, current=request.session.session_key),
    }
    return render(request, "accounts/security.html", context)


@never_cache
@require_POST
def close_sessions(request: HttpRequest) -> HttpResponse:
    """Close another session of one's own (``session``), or all the others."""
    key, name = request.session.session_key, request.POST.get("session", "")
    count = open_sessions.close(actor=(user := _person(request)), user=user, keep=key, name=name)
    closed = ngettext("%(n)s session fermée", "%(n)s sessions fermées", count) % {"n": count}
    messages.success(request, closed if count else _("Aucune autre session n'était ouverte"))
    return redirect("accounts:security")


@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the password, as one wishes or because another is asked for; other sessions of the account end."""
    user = _person(request)
    then = request.POST.get("next", request.GET.get("next", ""))
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        if signin.check_password(request, user.username, form.cleaned_data["current"]) is not None:
            signin.set_password(request, user, form.cleaned_data["password"])
            messages.success(request, _("Mot de passe changé"))
            return HttpResponseRedirect(destination(request, then)) if then else redirect("accounts:security")
        form.add_error("current", _("Mot de passe incorrect"))
    why = renewal.asked(request)
    context = {"form": form, "next": then, "why": renewal.WORDS[why] if why else ""}
    return render(request, "accounts/change_password.html", context)


@never_cache
@sensitive_post_parameters()
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, against a code."""
    user = _person(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factors.check_code(user, form.cleaned_data["code"]) is not None:
            return show_codes(request, factors.renew_recovery_codes(user), "")
        form.add_error("code", refusal(user))
    return render(request, "accounts/renew_codes.html", {"form": form})


@never_cache
@sensitive_post_parameters()
def replace_factor(request: HttpRequest) -> HttpResponse:
    """Another authenticator: first a code of the current one (or a recovery code), then a code of the new one."""
    user = _person(request)
    form = CodeForm(request.POST or None)
    allowed = request.session.get(REPLACING, 0) > time.time()
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if not allowed and factors.check_code(user, code) is not None:
            request.session[REPLACING] = time.time() + REPLACING_SECONDS
            return redirect("accounts:replace_factor")
        confirmed = factors.confirm_enrolment(user, code) if allowed else None
        if confirmed is not None:
            device, codes = confirmed
            del request.session[REPLACING]
            django_otp.login(request, device)
            return show_codes(request, codes, "")
        form.add_error("code", refusal(user))
    context = {"form": form, "enrolment": factors.begin_enrolment(user) if allowed else None}
    return render(request, "accounts/replace_factor.html", context)


@login_not_required
def refused(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends a person who may not enter its admin."""
    return render(request, "403.html", {"reason": _("Votre compte n'a pas accès à l'administration.")}, status=FORBIDDEN)
