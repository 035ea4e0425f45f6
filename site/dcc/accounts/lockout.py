"""What django-axes asks of us: where a request comes from, and what a locked-out person sees."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

TOO_MANY = 429


def client_ip(request: HttpRequest) -> str:
    """The address a request comes from, as seen by the outermost of our own proxies (``DCC_PROXY_COUNT``, 0 without proxy).

    Only the entries our proxies added are believed: the rest of ``X-Forwarded-For`` is written by whoever asks.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    count: int = settings.DCC_PROXY_COUNT
    return forwarded[-count] if count and len(forwarded) >= count else direct


def wants_data(request: HttpRequest) -> bool:
    """Whether a script asks (htmx, fetch), and not a person who follows a link or sends a form."""
    headers = request.headers
    if "HX-Request" in headers or headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    return headers.get("Sec-Fetch-Dest") == "empty" or "text/html" not in headers.get("Accept", "text/html")


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The answer after too many failures: it does not say whether the account exists."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    message = _too_many(minutes)
    if wants_data(request):
        return JsonResponse({"error": message}, status=TOO_MANY)
    return render(request, "accounts/locked.html", {"message": message}, status=TOO_MANY)


def _too_many(minutes: int) -> str:
    return _("Trop d'essais infructueux : réessayez dans %(minutes)s minutes.") % {"minutes": minutes}
