"""Every address of the platform asks for both factors, save those listed here (R-106, R-107)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from dcc.accounts.middleware import OURS
from dcc.accounts.models import User

OPEN = {
    "accounts:login",
    "accounts:code",
    "accounts:password",
    "accounts:enrol",
    "accounts:logout",
    "accounts:session",
    "accounts:relogin",
    "accounts:refused",
    "web:brand",
    "web:theme",
    "cms:logo",
    "admin/login/",
    "admin/logout/",
    "wagtailadmin_login",
    "wagtailadmin_logout",
}
"""All that answers without both factors: the entrance itself, the closing of a session, what dresses the entrance."""


def addresses(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{space}{pattern.name}" if pattern.name else route, pattern.callback


def test_every_other_address_asks_for_both_factors() -> None:
    found = list(addresses(get_resolver().url_patterns))
    assert len(found) > 100, "Wagtail's are there"
    exempt = {
        name for _, name, view in found if not getattr(view, "login_required", True) and view.__module__.split(".")[0] in OURS
    }
    assert exempt <= OPEN, "a view is open to everybody: guard it, or say why here"


@pytest.mark.django_db
def test_every_address_without_parameter_is_guarded_in_fact(client: Client, edith: User) -> None:
    """Asked for one by one, by nobody and then by somebody who only gave a password."""
    plain = [(route, name) for route, name, _ in addresses(get_resolver().url_patterns) if not re.search(r"[<(^]", route)]
    assert len(plain) > 50
    for _ in range(2):
        for route, name in plain:
            response = client.get(f"/{route}")
            if name not in OPEN:
                assert response.status_code == 302, route
                assert response["Location"].startswith(reverse("accounts:login")), route
        client.force_login(edith, backend="django.contrib.auth.backends.ModelBackend")
