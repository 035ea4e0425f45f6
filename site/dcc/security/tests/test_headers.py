"""The headers of every answer: one table, tried on every address as somebody who enters nearly everywhere, and as nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, resolve
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.security.api import camera_allowed
from dcc.security.headers import CAMERA_PAGES, HEADERS, KEPT
from dcc.security.middleware import HeadersMiddleware
from tests.addresses import addresses, path_of
from tests.fixtures import sign_in

EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "SAMEORIGIN",
}
DIRECTIVES = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:", "blob:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "frame-src": {"'self'"},
    "object-src": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'self'"},
    "base-uri": {"'none'"},
    "manifest-src": {"'none'"},
    "worker-src": {"'none'"},
}

TRUSTED_BY_SIGNATURE = frozenset({"accounts:psc_back_channel", "web:call"})
"""Sent by programs, each proved by its signature. REST framework, for Wagtail, asks for the token itself."""


@pytest.fixture
def _as_in_production(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def answers(client: Client, begins: str = "", but: str = "?") -> Iterator[tuple[str, str, Any]]:
    """Each address asked for over TLS; ``begins`` and ``but`` choose by the beginning of the route."""
    for route, name, _view in addresses():
        if route.startswith(begins) and not route.startswith(but):
            yield route, name, client.get(path_of(route), secure=True)


def policy_of(response: Any) -> dict[str, set[str]]:
    """The policy of contents, directive by directive, nonces left out: they change at each answer."""
    assert "Content-Security-Policy-Report-Only" not in response
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: {source for source in sources if not source.startswith("'nonce-")} for name, *sources in parts}


def wrong(name: str, response: Any) -> list[str]:
    """What an answer lacks."""
    found = [f"{header} {response.get(header)}" for header, value in EXPECTED.items() if response.get(header) != value]
    found += ["policy"] if policy_of(response) != DIRECTIVES else []
    found += ["camera"] if "camera=()" not in response["Permissions-Policy"] and name not in CAMERA_PAGES else []
    kept = "no-store" not in response["Cache-Control"] and name not in KEPT
    found += ["kept: " + response["Cache-Control"]] if kept else []
    for cookie in response.cookies.values():
        found += [] if cookie["secure"] and cookie["samesite"] == "Lax" else [f"cookie {cookie.key}"]
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_in_production")
def test_every_answer_has_the_headers_of_the_table(client: Client, alice: User, adrien: User) -> None:
    client.raise_request_exception = False
    for person, begins, but in ((None, "", "?"), (alice, "", "admin/"), (adrien, "admin/", "?")):
        if person:
            sign_in(client, person)
        found = {route: problems for route, name, answer in answers(client, begins, but) if (problems := wrong(name, answer))}
        assert found == {}, person


def test_the_settings_hold_no_weaker_policy() -> None:
    """No page may loosen it: ours is enforced, and nothing exempts a view from it."""
    assert not getattr(django_settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
    assert "EXCLUDE_URL_PREFIXES" not in django_settings.CONTENT_SECURITY_POLICY
    marks = ("_csp_exempt", "_csp_replace", "_csp_update", "_csp_config", "xframe_options_exempt", "csrf_exempt")
    exempt = {name for route, name, view in addresses() if any(getattr(view, mark, None) for mark in marks)}
    assert {name for name in exempt if not name.startswith("wagtailadmin_api:")} == TRUSTED_BY_SIGNATURE


def test_who_may_use_the_camera_is_in_the_table() -> None:
    assert {name for _, name, view in addresses() if getattr(view, "camera_allowed", False)} == CAMERA_PAGES


def test_a_page_that_scans_gets_the_camera_and_nothing_else() -> None:
    @camera_allowed
    def scan(request: object) -> HttpResponse:
        return HttpResponse()

    def served(request: Any) -> HttpResponse:
        request.resolver_match = ResolverMatch(scan, (), {})
        return scan(request)

    response = HeadersMiddleware(served)(RequestFactory().get("/"))
    assert response["Permissions-Policy"] == HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")


def test_an_answer_keeps_what_it_says_itself() -> None:
    response = HeadersMiddleware(lambda _: HttpResponse(headers={"Cache-Control": "max-age=300"}))(RequestFactory().get("/"))
    assert response["Cache-Control"] == "max-age=300"
    assert response["X-Robots-Tag"] == HEADERS["X-Robots-Tag"]


def test_the_paths_of_the_addresses_lead_to_them() -> None:
    """Otherwise the tests that ask for every address would ask for nothing."""
    for route, _name, view in addresses():
        assert resolve(path_of(route)).func is view or route.startswith("admin/"), route
