"""Every address of the platform asks for both factors, save those listed here (R-106, R-107)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.middleware import OURS
from dcc.accounts.models import User
from tests.addresses import addresses

OPEN = {
    "accounts:login",
    "accounts:code",
    "accounts:mail_code",
    "accounts:password",
    "accounts:enrol",
    "accounts:logout",
    "accounts:session",
    "accounts:relogin",
    "accounts:refused",
    "accounts:psc_start",
    "accounts:psc_callback",
    "accounts:psc_situation",
    "accounts:psc_waiting",
    "accounts:psc_leave",
    "accounts:psc_way_out",
    "accounts:psc_left",
    "accounts:psc_back_channel",
    "web:brand",
    "web:theme",
    "web:call",
    "web:call_open",
    "cms:logo",
    "admin/login/",
    "admin/logout/",
    "wagtailadmin_login",
    "wagtailadmin_logout",
}
"""All that answers without both factors: the entrance itself, the closing of a session, what dresses the entrance;
contextual calls, which prove by a signature and open by a link who asks."""


def test_every_other_address_asks_for_both_factors() -> None:
    found = list(addresses())
    assert len(found) > 100, "Wagtail's are there"
    exempt = {
        name for _, name, view in found if not getattr(view, "login_required", True) and view.__module__.split(".")[0] in OURS
    }
    assert exempt <= OPEN, "a view is open to everybody: guard it, or say why here"


@pytest.mark.django_db
def test_every_address_without_parameter_is_guarded_in_fact(client: Client, edith: User) -> None:
    """Asked for one by one, by nobody and then by somebody who only gave a password."""
    plain = [(route, name) for route, name, _ in addresses() if not re.search(r"[<(^]", route)]
    assert len(plain) > 50
    for _ in range(2):
        for route, name in plain:
            response = client.get(f"/{route}")
            if name not in OPEN:
                assert response.status_code == 302, route
                assert response["Location"].startswith(reverse("accounts:login")), route
        client.force_login(edith, backend="django.contrib.auth.backends.ModelBackend")
