"""From the password to the session: one page per step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dcc.accounts import factors, mailing, sessions, signin
from dcc.accounts.devices import RecoveryDevice
from dcc.accounts.forms import CodeForm, LoginForm, NewPasswordForm
from dcc.accounts.inside import inside
from dcc.accounts.models import User
from dcc.accounts.psc import vault
from dcc.accounts.psc.leaving import CLOSED
from dcc.accounts.signin import Step

Page = Callable[[HttpRequest], HttpResponse]
FORBIDDEN = 403


def entrance(view: Page) -> Page:
    """A page open to everybody, never cached, whose fields never reach a report of errors."""
    guarded = sensitive_post_parameters()(csrf_protect(never_cache(view)))
    return login_not_required(wraps(view)(guarded))


def step(expected: Step) -> Callable[[Callable[[HttpRequest, User], HttpResponse]], Page]:
    """A page for who gave the right password and has this step before him; anybody else goes where he belongs."""

    def decorate(view: Callable[[HttpRequest, User], HttpResponse]) -> Page:
        def page(request: HttpRequest) -> HttpResponse:
            user = signin.pending_user(request)
            if user is None:
                return redirect("accounts:login")
            if signin.next_step(user) is not expected:
                return go_on(request, user)
            return view(request, user)

        return entrance(page)

    return decorate


def go_on(request: HttpRequest, user: User) -> HttpResponse:
    """To the page of the next step; an account that may neither enter nor enrol asks for an invitation."""
    following = signin.next_step(user)
    if following is Step.REFUSED:
        request.session.flush()
        return render(request, "accounts/invitation.html", status=FORBIDDEN)
    return redirect(f"accounts:{following.value}")


def destination(request: HttpRequest, wanted: str) -> str:
    """``wanted`` when it is a page of this site, else the home page."""
    return inside(request, wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)


@entrance
def login(request: HttpRequest) -> HttpResponse:
    """First factor."""
    then = request.POST.get("next", request.GET.get("next", ""))
    if signin.signed_in(request) is not None and sessions.level_of(request.session) is not sessions.Level.CONTEXTUAL:
        return HttpResponseRedirect(destination(request, then))
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = signin.check_password(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if user is not None:
            signin.begin(request, user, then=then)
            return go_on(request, user)
        form.add_error(None, _("Identifiant ou mot de passe incorrect"))
    context = {"form": form, "next": then, "psc": bool(settings.DCC_PSC.discovery), "closed": request.session.pop(CLOSED, False)}
    return render(request, "accounts/login.html", context)


@step(Step.CODE)
def code(request: HttpRequest, user: User) -> HttpResponse:
    """Second factor."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = factors.check_code(user, form.cleaned_data["code"])
        if device is not None:
            then = signin.finish(request, user, device)
            if isinstance(device, RecoveryDevice):
                _warn_of_codes_left(request, user)
            return HttpResponseRedirect(destination(request, then))
        signin.count_code(request, user)
        if signin.pending_user(request) is None:
            messages.error(request, _("Trop de codes incorrects : recommencez avec votre mot de passe"))
            return redirect("accounts:login")
        form.add_error("code", refusal(user))
    mailed_to = mailing.shown_address(user) if mailing.is_allowed(user) else ""
    if mailed_to:
        form.fields["code"].label = _("Code de l’application, code de secours ou code reçu par courriel")
    return render(request, "accounts/code.html", {"form": form, "mailed_to": mailed_to})


@step(Step.CODE)
def mail_code(request: HttpRequest, user: User) -> HttpResponse:
    """Send a code to the person's address, where the region allows it."""
    if request.method == "POST":
        try:
            mailing.send_code(user)
            messages.info(request, _("Code envoyé à %(address)s : saisissez-le ici") % {"address": mailing.shown_address(user)})
        except mailing.NotSent as error:
            messages.error(request, str(error))
    return redirect("accounts:code")


def refusal(user: User) -> str:
    """Why a code was refused, without saying whether it was wrong, used or too early."""
    seconds = factors.wait_for(user)
    if not seconds:
        return _("Code refusé")
    return ngettext("Code refusé : attendez %(n)s seconde", "Code refusé : attendez %(n)s secondes", seconds) % {"n": seconds}


def _warn_of_codes_left(request: HttpRequest, user: User) -> None:
    left = factors.recovery_codes_left(user)
    message = ngettext("Il vous reste %(n)s code de secours", "Il vous reste %(n)s codes de secours", left) % {"n": left}
    messages.warning(request, message)


@step(Step.PASSWORD)
def password(request: HttpRequest, user: User) -> HttpResponse:
    """An invited person replaces the one-time password by her own."""
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        signin.set_password(request, user, form.cleaned_data["password"])
        user.refresh_from_db()
        return go_on(request, user)
    return render(request, "accounts/password.html", {"form": form})


@step(Step.ENROL)
def enrol(request: HttpRequest, user: User) -> HttpResponse:
    """An invited person ties her authenticator: a code of it is asked before it counts."""
    form = CodeForm(request.POST or None)
    form.fields["code"].label = _("Code à 6 chiffres affiché par l'application")
    if request.method == "POST" and form.is_valid():
        confirmed = factors.confirm_enrolment(user, form.cleaned_data["code"])
        if confirmed is not None:
            device, codes = confirmed
            then = signin.finish(request, user, device)
            return show_codes(request, codes, then)
        form.add_error("code", refusal(user))
    context = {"form": form, "enrolment": factors.begin_enrolment(user)}
    return render(request, "accounts/enrol.html", context)


def show_codes(request: HttpRequest, codes: Sequence[str], then: str) -> HttpResponse:
    """Recovery codes, shown this once: the answer to the form that made them, kept nowhere."""
    text = quote(_("Codes de secours OncoDCC (chacun sert une fois)") + "\n\n" + "\n".join(codes) + "\n")
    context = {"codes": codes, "next": destination(request, then), "download": f"data:text/plain;charset=utf-8,{text}"}
    return render(request, "accounts/recovery_codes.html", context)


@entrance
def to_entrance(request: HttpRequest) -> HttpResponse:
    """Where Wagtail's own sign-in page was."""
    query = request.GET.urlencode(safe="/")
    return redirect(resolve_url("accounts:login") + (f"?{query}" if query else ""))


@entrance
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Close the session; one of Pro Santé Connect asks first whether to leave there too."""
    if request.POST.get("only") != "here" and vault.is_live(request):
        return render(request, "accounts/psc/leave.html")
    signin.end(request)
    return redirect("accounts:login")
