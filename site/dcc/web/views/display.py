"""What the pages look like: the region's colours, the theme of this browser, the help page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from dcc.contracts.notices import HelpPage
from dcc.contracts.registry import current
from dcc.web import policy
from dcc.web.branding import region, stylesheet
from dcc.web.context import THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 3600


@login_not_required
@cache_control(max_age=300, public=True)
@require_GET
def brand(request: HttpRequest) -> HttpResponse:
    """The region's stylesheet."""
    return HttpResponse(stylesheet(region().colour), content_type="text/css; charset=utf-8")


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme chosen on this browser, and go back; no choice means the system's."""
    response = HttpResponseRedirect(back_url(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def back_url(request: HttpRequest) -> str:
    """Where the form came from (``next``), when it is on this site; else the first page."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("web:help")


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """How the pages are used: shortcuts, statuses, who may do what."""
    pages = current().all(HelpPage)
    return render(request, "web/help.html", {"tables": policy.tables(), "meanings": policy.MEANINGS, "pages": pages})
