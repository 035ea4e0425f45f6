"""No weaker way in: every address, Wagtail's admin, settings that would open a side door, pages that scripts cannot enter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zxingcpp
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from dcc.accounts import factors
from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled, enter, give_password
from tests.fixtures import sign_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/pages/", "/admin/account/", "/admin/api/main/pages/", "/admin/sprite/", "/admin/nimporte/"]
)
def test_wagtail_is_behind_both_factors(client: Client, edith: User, path: str) -> None:
    assert client.get(path)["Location"].startswith(reverse("accounts:login"))
    client.force_login(edith, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path)["Location"].startswith(reverse("accounts:login")), "a password alone"
    assert client.get(path, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 401


@pytest.mark.django_db
def test_wagtail_has_no_entrance_of_its_own(client: Client, edith: User) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/compte/connexion/?next=/admin/"
    assert client.post("/admin/login/", {"username": "edith", "password": "Mot-de-passe-de-test-1"}).status_code in (
        301,
        302,
        403,
        405,
    )
    assert client.get("/admin/password_reset/").status_code in (302, 404)
    enter(client, enrolled(edith))
    assert client.get("/admin/password_reset/").status_code == 404
    account = client.get("/admin/account/")
    assert account.status_code == 200
    assert 'type="password"' not in account.content.decode()
    assert client.post("/admin/logout/")["Location"] == reverse("accounts:login")
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_who_enters_wagtail(client: Client, request: pytest.FixtureRequest) -> None:
    for person, welcome in (("edith", True), ("adrien", True), ("alice", False), ("sonia", False), ("lea", False)):
        sign_in(client, request.getfixturevalue(person))
        response = client.get("/admin/", follow=True)
        assert response.status_code == (200 if welcome else 403), person


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("AUTHENTICATION_BACKENDS", ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.RemoteUserBackend"], 1),
        (
            "AUTHENTICATION_BACKENDS",
            ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.AllowAllUsersModelBackend"],
            1,
        ),
        ("AUTHENTICATION_BACKENDS", ["django.contrib.auth.backends.ModelBackend"], 2),
        ("AXES_ENABLED", False, 2),
        ("MIDDLEWARE", [m for m in django_settings.MIDDLEWARE if "TwoFactor" not in m], 3),
        ("MIDDLEWARE", sorted(django_settings.MIDDLEWARE, key=lambda m: "TwoFactor" not in m), 3),
        ("INSTALLED_APPS", [*django_settings.INSTALLED_APPS, "django_otp.plugins.otp_static"], 4),
        ("INSTALLED_APPS", [*django_settings.INSTALLED_APPS, "django_otp.plugins.otp_email"], 4),
        ("INSTALLED_APPS", [*django_settings.INSTALLED_APPS, "django_otp.plugins.otp_totp"], 4),
        ("INSTALLED_APPS", [*django_settings.INSTALLED_APPS, "otp_yubikey"], 4),
        ("WAGTAIL_PASSWORD_RESET_ENABLED", True, 5),
        ("WAGTAIL_PASSWORD_MANAGEMENT_ENABLED", True, 5),
        ("WAGTAILUSERS_PASSWORD_ENABLED", True, 5),
        ("AXES_LOCKOUT_PARAMETERS", ["ip_address"], 6),
        ("DCC_SECRETS_KEY", "trop-courte", 8),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.signed_cookies", 9),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.cache", 9),
        ("AUTH_PASSWORD_VALIDATORS", [], 10),
        ("AUTH_PASSWORD_VALIDATORS", [v for v in django_settings.AUTH_PASSWORD_VALIDATORS if "Leaked" not in v["NAME"]], 10),
        ("AUTH_PASSWORD_VALIDATORS", [{**v, "OPTIONS": {}} for v in django_settings.AUTH_PASSWORD_VALIDATORS], 10),
        ("DCC_SECRETS_FORMER_KEYS", ["x" * 32, "trop-courte"], 8),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_side_door_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch, name: str, value: object, number: int) -> None:
    from dcc.accounts.checks import check_entrances

    assert check_entrances() == []
    monkeypatch.setattr(django_settings, name, value, raising=False)
    assert [error.id for error in check_entrances()] == [f"accounts.E{number:03}"]


@pytest.mark.parametrize(
    ("allowed", "server", "errors"), [(True, "dummy", ["accounts.E007"]), (True, "smtp", []), (False, "dummy", [])]
)
def test_a_code_by_mail_needs_a_mail_server(settings: Settings, allowed: bool, server: str, errors: list[str]) -> None:
    from dcc.accounts.checks import check_entrances

    settings.DCC_EMAIL_CODE, settings.EMAIL_BACKEND = allowed, f"django.core.mail.backends.{server}.EmailBackend"
    assert [error.id for error in check_entrances()] == errors


def test_the_checks_run_at_start(settings: Settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.RemoteUserBackend"]
    assert "accounts.E001" in {message.id for message in run_checks()}


@pytest.mark.django_db
def test_the_pages_of_the_entrance_need_no_inline_script_nor_style(client: Client, alice: User, settings: Settings) -> None:
    from dcc.accounts.invitations import invite

    enrolled(alice)
    pages = [client.get(reverse("accounts:login")).content]
    give_password(client, "alice")
    pages += [client.get(reverse("accounts:code")).content, client.get(reverse("accounts:relogin")).content]
    enter(client, alice)
    own = ("security", "change_password", "renew_codes", "replace_factor", "refused")
    pages += [client.get(reverse(f"accounts:{name}")).content for name in own]
    other = Client()
    give_password(other, "alice", invite(actor=None, user=alice))
    pages.append(other.get(reverse("accounts:password")).content)
    User.objects.filter(pk=alice.pk).update(one_time_password=False)
    pages.append(other.get(reverse("accounts:enrol")).content)
    assert b"QR code" in pages[-1]
    for page in map(bytes.decode, pages):
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", page)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    response = client.get(reverse("accounts:login"))
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_the_qr_code_says_what_it_should() -> None:
    """Drawn from its SVG path and read by an independent decoder."""
    text = "otpauth://totp/OncoDCC:alice?secret=MZXW6YTBOI&algorithm=SHA1&digits=6&period=30&issuer=OncoDCC"
    svg = factors.qr_svg(text)
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]  # it is there, or the test fails
    image = Image.new("L", (size, size), 255)
    for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", svg):
        image.putpixel((int(x), int(y)), 0)
    (found,) = zxingcpp.read_barcodes(image.resize((6 * size, 6 * size), Image.Resampling.NEAREST))
    assert found.text == text


def test_the_script_of_sessions_is_whole() -> None:
    """What the templates and the script say to each other has the same names on both sides."""
    root = Path(django_settings.BASE_DIR)
    script = (root / "themes/static/js/session.js").read_text(encoding="utf-8")
    fragment = (root / "themes/templates/accounts/relogin.html").read_text(encoding="utf-8")
    for name in ("data-relogin-error", "data-silent", "relogin-title"):
        assert name in fragment
    for name in ("X-DCC-Session", "X-DCC-Background", "relogin-title", "data-relogin-error", "dataset.silent"):
        assert name in script
