"""The operator's page and digest of INSi: how it fares, what waits, never about whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.events.models import Circuit
from plugins.ins.insi import operating
from plugins.ins.insi.envelope import ByTraits
from plugins.ins.insi.keeping import Outcome, keep
from plugins.ins.insi.transport import Endpoint, Reply
from tests.fixtures import sign_in

WHERE = Endpoint("https://insi.example/lps", "")
WHO = ByTraits("SECRETNAME", ("ZOE",), "F", "1975-12-31")


def _kept(outcome: Outcome, code: str = "", count: int = 1) -> None:
    for _ in range(count):
        keep(WHERE, WHO, Reply(200, "x", b"SECRETNAME"), asked_at=timezone.now(), outcome=outcome, code=code)


@pytest.fixture
def set_up(settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS = {"ins": {"insi": {"endpoint": WHERE.url, "certificate": "/absent.pem", "idam": "X"}}}


@pytest.fixture
def browser(client: Client, adrien: User) -> Client:
    sign_in(client, adrien)
    return client


@pytest.mark.usefixtures("set_up")
def test_calls_are_shown_without_identity(browser: Client) -> None:
    _kept(Outcome.ANSWERED, "00")
    _kept(Outcome.MALFORMED)
    page = browser.get(reverse("ins:insi")).content.decode()
    assert "insi.example" in page
    assert page.count("WS_INS2") == 2
    assert "SECRETNAME" not in page
    refused = browser.get(reverse("ins:insi") + "?issue=non_conforme&avant=x").content.decode()
    assert refused.count("WS_INS2") == 1


def test_older_calls_are_a_page_away(browser: Client) -> None:
    _kept(Outcome.ANSWERED, "01", count=operating.PAGE + 1)
    page: Any = browser.get(reverse("ins:insi"))
    assert page.content.decode().count("WS_INS2") == operating.PAGE
    older = browser.get(reverse("ins:insi"), {"avant": page.context["before"]}).content.decode()
    assert older.count("WS_INS2") == 1
    assert "n’est pas réglé" in older


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["alice", "edith", "rachel", "lea"])
def test_nobody_else(client: Client, request: pytest.FixtureRequest, who: str) -> None:
    sign_in(client, request.getfixturevalue(who))
    assert client.get(reverse("ins:insi")).status_code == 403


@pytest.mark.django_db
def test_the_digest_of_an_installation_without_insi(adrien: User) -> None:
    _kept(Outcome.MALFORMED)
    assert operating.digest(adrien.pk) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("set_up")
def test_the_digest_says_what_waits(adrien: User) -> None:
    assert operating.digest(adrien.pk) == []
    _kept(Outcome.MALFORMED)
    _kept(Outcome.FAULT, "siram_100/desir_550")
    Circuit.objects.create(address=WHERE.url, faults=5, open_until=timezone.now() + timedelta(minutes=1))
    words = " ".join(line.words for line in operating.digest(adrien.pk))
    assert [part in words for part in ("1 réponse d'INSi refusée", "desir_550", "en pause après 5 fautes")] == [True] * 3
    assert "SECRETNAME" not in words
