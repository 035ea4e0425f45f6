"""Pages of refusal: a wrong token loses nothing that was typed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_SECRET = re.compile(r"csrfmiddlewaretoken|password|mot_de_passe|secret|otp|token", re.IGNORECASE)
MOST_VALUES = 5_000


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale (signed in again, page left open for days): show what was typed, ready to be sent again.

    Only when the browser says that the form came from this site: a form forged elsewhere is refused and nothing more.
    """
    kept = _posted(request) if _from_here(request) else []
    files = [file.name for file in request.FILES.values() if not isinstance(file, list)] if kept else []
    context = {"kept": kept, "files": files, "action": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)


def _from_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, values in request.POST.lists() if not _SECRET.search(name) for value in values]
    return [(name, str(value)) for name, value in pairs[:MOST_VALUES]]
