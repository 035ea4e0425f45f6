"""The terms that are asked, and the person's answer: the page, the dialog in place, and what both share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from dcc.accounts import signin
from dcc.accounts.models import User
from dcc.accounts.sessions import level_of
from dcc.accounts.views.entrance import destination
from dcc.trust import memory
from dcc.trust.due import Reason
from dcc.trust.standing import asked_of
from dcc.trust.terms import TermsChanged, accept_terms, refuse_terms
from dcc.trust.wording import blocks

WHY: Mapping[Reason, Any] = {
    Reason.FIRST: gettext_lazy("C'est votre premier accès : ces conditions sont à lire et à accepter."),
    Reason.ROLE: gettext_lazy("Votre rôle a changé : ces conditions vous concernent désormais."),
    Reason.VERSION: gettext_lazy("Ces conditions ont changé depuis que vous les avez acceptées."),
    Reason.ANNIVERSARY: gettext_lazy("Ces conditions sont à relire et à accepter de nouveau, au moins une fois par an."),
}
"""What the person reads of the reason."""
UNREAD = gettext_lazy("Cochez la case pour dire que vous avez lu ces conditions.")


def person(request: HttpRequest) -> User:
    """Who is signed in; raises ``PermissionDenied`` for nobody."""
    user = signin.signed_in(request)
    if user is None:
        raise PermissionDenied
    return user


def shown(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the templates show of the first terms asked; ``asked`` is nothing when none are."""
    waiting = asked_of(user)
    asked = waiting[0] if waiting else None
    if asked is None or asked.standing.reason is None:
        return {"asked": None}
    told = asked.version.change_summary if asked.standing.reason is Reason.VERSION else ""
    return {
        "asked": asked,
        "version": asked.version,
        "blocks": blocks(asked.version.body),
        "why": WHY[asked.standing.reason],
        "changes": told,
        "others": len(waiting) - 1,
    }


def accept(request: HttpRequest, user: User) -> None:
    """Accept the version that a form says was read; raises :class:`TermsChanged`."""
    number = request.POST.get("version", "")
    accept_terms(
        actor=user,
        version_id=int(number) if number.isdecimal() else 0,
        sha256=request.POST.get("sha256", ""),
        level=level_of(request.session),
    )


def answer_from(request: HttpRequest, user: User) -> bool:
    """As :func:`accept`; a message says why when that cannot be. Answers whether it was accepted."""
    try:
        accept(request, user)
    except TermsChanged as error:
        messages.warning(request, str(error))
        return False
    return True


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """The terms that are asked: read, then accept, refuse, or later."""
    user = person(request)
    then = request.POST.get("next", request.GET.get("next", ""))
    if request.method == "POST" and not _answered(request, user):
        return redirect(destination(request, then))
    context = shown(request, user)
    if context["asked"] is None:
        return redirect(destination(request, then))
    unread = request.method == "POST" and request.POST.get("answer") == "accept" and "read" not in request.POST
    return render(request, "trust/ask.html", {**context, "next": then, "unread": UNREAD if unread else ""})


def _answered(request: HttpRequest, user: User) -> bool:
    """Take the answer; whether the page is to be shown again (accepted: perhaps other terms are asked)."""
    if request.POST.get("answer") == "accept":
        if "read" in request.POST and answer_from(request, user):
            messages.success(request, _("Conditions acceptées ; la copie est dans « Mes engagements »"))
        return True
    _put_off(request, user)
    return False


def _put_off(request: HttpRequest, user: User) -> None:
    number = request.POST.get("version", "")
    if request.POST.get("answer") == "refuse" and number.isdecimal():
        try:
            refuse_terms(actor=user, version_id=int(number), level=level_of(request.session))
        except TermsChanged as error:
            messages.warning(request, str(error))
            return
    memory.put_off(request, user)


@never_cache
def dialog(request: HttpRequest) -> HttpResponse:
    """For ``static/js/session.js``. GET: the terms, to be put in a dialog (204 when none are asked). POST: ``{"due": bool}``."""
    user = person(request)
    if request.method == "POST":
        return JsonResponse({"error": _said(request, user), "due": bool(asked_of(user))})
    context = shown(request, user)
    if context["asked"] is None:
        return HttpResponse(status=204)
    return render(request, "trust/dialog.html", context)


def _said(request: HttpRequest, user: User) -> Any:
    """Take the answer of a dialog; the words of the problem, if any."""
    if request.POST.get("answer") != "accept":
        _put_off(request, user)
        return ""
    if "read" not in request.POST:
        return UNREAD
    try:
        accept(request, user)
    except TermsChanged as error:
        return str(error)
    return ""
