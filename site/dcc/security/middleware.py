"""What stands before every view: the headers of each answer, and the limits of costly gestures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from dcc.accounts.lockout import client_ip
from dcc.security.counting import counter
from dcc.security.headers import HEADERS, permissions
from dcc.security.limits import By, Limit, limits_of
from dcc.security.refusing import too_often
from dcc.security.uploads import MEGABYTE, heaviest

Next = Callable[[HttpRequest], HttpResponse]


def too_heavy(request: HttpRequest) -> bool:
    """Whether a request says that it carries more than any door takes; a body without length is not read at all (WSGI)."""
    said: str = request.META.get("CONTENT_LENGTH") or "0"
    return said.isascii() and said.isdecimal() and int(said[:18]) > heaviest()


def too_heavy_page() -> HttpResponse:
    """The refusal, before anything of the body is read."""
    limit = f"{heaviest() / MEGABYTE:.0f}"
    return HttpResponse(render_to_string("413.html", {"limit": limit}), status=413)


class HeadersMiddleware:
    """The table of :mod:`dcc.security.headers`. First of all: static files get it too."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = too_heavy_page() if too_heavy(request) else self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        match = request.resolver_match
        if match is not None and getattr(match.func, "camera_allowed", False):
            response["Permissions-Policy"] = permissions(camera=True)
        return response


class LimitsMiddleware:
    """Refuses what comes too often (:mod:`dcc.security.limits`). Last: it counts persons, and its page needs all the others."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """Nothing, or the refusal."""
        match = request.resolver_match
        if not settings.DCC_RATE_LIMIT_PERCENT or match is None:
            return None
        for limit in limits_of(match.view_name, request.method or "GET"):
            seconds = counter.hit(limit, _who(request, limit))
            if seconds:
                return too_often(request, limit, seconds)
        return None


def _who(request: HttpRequest, limit: Limit) -> str:
    return client_ip(request) if limit.by is By.ADDRESS or not request.user.is_authenticated else str(request.user.pk)
