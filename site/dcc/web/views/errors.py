"""Pages of refusal: a wrong token loses nothing that was typed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcc.accounts.api import refused_for
from dcc.security.api import kept_fields, kept_files


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale (signed in again, page left open for days): show what was typed, ready to be sent again.

    Only when the browser says that the form came from this site: a form forged elsewhere is refused and nothing more.
    """
    refused_for(request, "csrf")
    kept = kept_fields(request) if _from_here(request) else []
    files = kept_files(request) if kept else []
    context = {"kept": kept, "files": files, "action": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)


def _from_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()
