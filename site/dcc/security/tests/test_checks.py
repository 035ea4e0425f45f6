"""What production refuses, and the report of the settings in force."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.management import call_command
from pytest_django import Settings

from dcc.security.checks import RULES, check_production

GOOD: dict[str, Any] = {
    "SECRET_KEY": "".join(chr(33 + n % 90) for n in range(64)),
    "ALLOWED_HOSTS": ["dcc.example"],
    "DCC_DEMO": False,
    "DCC_TEST_IDENTITIES": False,
    "DCC_RATE_LIMIT_PERCENT": 100,
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
}
WRONG: list[tuple[str, str, Any]] = [
    ("E001", "SECRET_KEY", "court"),
    ("E001", "SECRET_KEY", "a" * 80),
    ("E002", "DEBUG", True),
    ("E003", "ALLOWED_HOSTS", []),
    ("E003", "ALLOWED_HOSTS", ["*"]),
    ("E003", "ALLOWED_HOSTS", [".example"]),
    ("E004", "DCC_DEMO", True),
    ("E005", "DCC_TEST_IDENTITIES", True),
    ("E006", "INSTALLED_APPS", [*django_settings.INSTALLED_APPS, "plugins.sandbox"]),
    ("E007", "DCC_RATE_LIMIT_PERCENT", 0),
    ("E008", "MIDDLEWARE", django_settings.MIDDLEWARE[1:]),
    ("E009", "SESSION_COOKIE_NAME", "sessionid"),
    ("E010", "DEFAULT_EXCEPTION_REPORTER", "django.views.debug.ExceptionReporter"),
    ("E011", "CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"]}}),
]


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setattr(django_settings, name, value)
    apps = [app for app in django_settings.INSTALLED_APPS if not app.startswith("plugins.sandbox")]
    monkeypatch.setattr(django_settings, "INSTALLED_APPS", apps)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(("number", "name", "value"), WRONG, ids=[f"{number}-{name}" for number, name, _ in WRONG])
def test_production_refuses(number: str, name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_production() == []
    if number == "E010":
        monkeypatch.setitem(django_settings.LOGGING["formatters"], "line", {"format": "{message}", "style": "{"})
    monkeypatch.setattr(django_settings, name, value)
    assert [error.id for error in check_production()] == [f"security.{number}"]


def test_each_rule_is_tried() -> None:
    assert {number for number, _, _ in WRONG} == RULES.keys()


def test_the_rules_are_asked_for_deployment_only() -> None:
    def numbers(deploy: bool) -> set[str]:
        found = {str(message.id) for message in run_checks(include_deployment_checks=deploy)}
        return {number for number in found if number.startswith("security.E")}

    assert numbers(False) & {f"security.{number}" for number in RULES} == set()
    assert "security.E005" in numbers(True)


def test_the_report_tells_what_holds_and_no_secret(settings: Settings) -> None:
    settings.DCC_BUNDLE_KEY = "cle-de-signature-secrete"
    settings.DCC_RATE_LIMIT_PERCENT = 50
    out = io.StringIO()
    call_command("security_report", stdout=out)
    text = out.getvalue()
    assert "| Limites | recherches de patients | 60 / 1 min, 1000 / 60 min |" in text
    assert "| Fichiers | pièces jointes | PDF, JPEG, PNG, TIFF, 10 Mo au plus |" in text
    assert "NON TENU : Les identités de test sont acceptées" in text
    assert "| Secrets | DCC_BUNDLE_KEY | donné, 24 caractères |" in text
    assert settings.DCC_BUNDLE_KEY not in text
    assert settings.SECRET_KEY not in text
    out = io.StringIO()
    call_command("security_report", "--json", stdout=out)
    assert len(json.loads(out.getvalue())) == len(text.splitlines()) - 2
