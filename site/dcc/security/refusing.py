"""The refusal of a request that comes too often: a page in French that keeps what was typed, or data for a script."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts.lockout import TOO_MANY, wants_data
from dcc.security.limits import Limit

_SECRET = re.compile(r"csrfmiddlewaretoken|password|mot_de_passe|secret|otp|token|^code", re.IGNORECASE)
MOST_VALUES = 5_000


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, to be sent again: names and values, secrets left out."""
    pairs = [(name, value) for name, values in request.POST.lists() if not _SECRET.search(name) for value in values]
    return [(name, str(value)) for name, value in pairs[:MOST_VALUES]]


def kept_files(request: HttpRequest) -> list[str]:
    """Names of the files a form sent: a page cannot send them again, they have to be chosen again."""
    return [file.name or "" for files in request.FILES.lists() for file in files[1]]


def too_often(request: HttpRequest, limit: Limit, seconds: int) -> HttpResponse:
    """The answer 429, with ``Retry-After``."""
    wait = _waiting(seconds)
    message = _("Trop de demandes en peu de temps (%(what)s). Réessayez dans %(wait)s.") % {"what": limit.what, "wait": wait}
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    if wants_data(request):
        return JsonResponse({"error": message}, status=TOO_MANY, headers=headers)
    sent = request.method == "POST"
    context = {
        "what": limit.what,
        "wait": wait,
        "sent": sent,
        "kept": kept_fields(request) if sent else [],
        "files": kept_files(request) if sent else [],
        "action": request.get_full_path(),
    }
    response = render(request, "429.html", context, status=TOO_MANY)
    for name, value in headers.items():
        response[name] = value
    return response


def _waiting(seconds: int) -> str:
    if seconds < 90:
        return ngettext("%(n)s seconde", "%(n)s secondes", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
