"""Puts the headers of :mod:`dcc.security.headers` on every answer, those of static files and of errors included."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dcc.security.headers import HEADERS, permissions

Next = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """First of all: what the others answer by themselves gets the headers too."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        match = request.resolver_match
        if match is not None and getattr(match.func, "camera_allowed", False):
            response["Permissions-Policy"] = permissions(camera=True)
        return response
