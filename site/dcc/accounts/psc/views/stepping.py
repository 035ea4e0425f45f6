"""When an action asks for a Pro Santé Connect session: why, and the resumption."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dcc.accounts import sessions
from dcc.accounts.psc import guard, vault
from dcc.accounts.views.entrance import destination


@never_cache
@require_GET
def step_up(request: HttpRequest) -> HttpResponse:
    """Why Pro Santé Connect is asked for, and the way to it."""
    kept = guard.kept_request(request)
    context = {"kept": kept, "level": sessions.level_of(request.session), "was": vault.row_of(request.session) is not None}
    return render(request, "accounts/psc/step_up.html", context)


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Go on where the person was: a reading is asked again, a form is sent again by its page."""
    kept = guard.kept_request(request)
    if kept is None:
        return HttpResponseRedirect(destination(request, ""))
    if kept.method == "GET":
        request.session.pop(guard.RESUME, None)
        return HttpResponseRedirect(kept.path)
    if not kept.shown:
        guard.show(request, kept)
    return render(request, "accounts/psc/resume.html", {"kept": kept})
