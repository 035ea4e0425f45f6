"""« Accès au DMP », by the ways one comes to it: signed in by Pro Santé Connect, by password and code, from a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.accounts.psc import vault
from dcc.web.tests.calling import register
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import live, opening, views
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import reached
from tests.fixtures import make_patient, sign_in
from tests.psc.conftest import Psc, _server, psc  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
ACCESS, OPEN, CLOSE, STATE = (reverse(f"dmp:{name}") for name in ("access", "open", "close", "state"))
STEP_UP, RESUME = reverse("accounts:psc_step_up"), reverse("accounts:psc_resume")
BOB = "810000000002"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _reached(settings: Settings, running_dmp: RunningDmp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with reached(settings, running_dmp):
        yield


@pytest.fixture
def browser(client: Client, psc: Psc, bob: User) -> Client:  # noqa: F811  (the fixture)
    """Bob, signed in by Pro Santé Connect."""
    psc.sign_in(client, BOB)
    assert get_user(client) == bob
    return client


def asked(client: Client, **said: str) -> Opening:
    """Ask on the page; what waits does not run, as the transaction of a test never ends."""
    response: Any = client.post(OPEN, {"channel": "MOBILE", **said})
    assert response["Location"] == ACCESS
    return Opening.objects.latest("asked_at")


def words(client: Client, url: str = ACCESS) -> str:
    return client.get(url).content.decode()


def test_opening_with_digits(browser: Client, bob: User) -> None:
    page = words(browser, f"{ACCESS}?suite=/documents/")
    assert "Accès fermé" in page
    assert 'name="suite" value="/documents/"' in page
    row = asked(browser, suite="/documents/")
    page = words(browser)
    assert '<p id="acces-dit" class="visually-hidden" role="status"></p>' in page
    assert page.count("acces-dit") == 1
    assert f"</span>{row.digits}</p>" in page
    assert "every 2s" in page
    assert browser.get(f"{STATE}?vu={row.pk}", headers=HTMX).status_code == 204, "nothing moves while it waits"
    opening.wait(row)
    found: Any = browser.get(f"{STATE}?vu={row.pk}", headers=HTMX)
    assert found.status_code == views.STOP_ASKING
    assert "Accès ouvert" in found.content.decode()
    assert 'href="/documents/"' in found.content.decode()
    assert '<p id="acces-dit" hx-swap-oob="innerHTML">Accès ouvert jusqu’à' in found.content.decode()
    assert 'role="status"' not in found.content.decode(), "what is put in place of itself would be said twice, or not at all"
    caller = live.caller_of(bob)
    assert caller is not None
    assert caller.structure, "of the situation that Pro Santé Connect told"


def test_closing(browser: Client, bob: User) -> None:
    opening.wait(asked(browser))
    response: Any = browser.post(CLOSE, follow=True)
    assert "Accès au DMP fermé" in response.content.decode()
    assert live.caller_of(bob) is None


def test_giving_up(browser: Client) -> None:
    row = asked(browser)
    assert "Ouverture abandonnée" in browser.post(CLOSE, follow=True).content.decode()
    opening.wait(row)
    assert TrustSession.objects.get().ended_why == "abandonnee"
    assert "Accès fermé" in words(browser)


def test_a_refusal_says_what_to_do(browser: Client, running_dmp: RunningDmp) -> None:
    running_dmp.feel(phone="refus")
    opening.wait(asked(browser))
    page = words(browser)
    assert "La demande a été refusée sur votre téléphone" in page
    assert "demandez de nouveau l’ouverture" in page
    assert OPEN in page


def test_signing_out_closes_it(browser: Client, bob: User) -> None:
    opening.wait(asked(browser))
    browser.post(reverse("accounts:logout"), {"only": "here"})
    assert live.caller_of(bob) is None
    assert TrustSession.objects.get().ended_why == "psc"


def test_by_password_and_code_pro_sante_connect_is_asked_then_the_page_resumes(
    client: Client,
    psc: Psc,  # noqa: F811  (the fixture)
    bob: User,
) -> None:
    sign_in(client, bob)
    assert client.get(f"{ACCESS}?suite=/documents/")["Location"] == STEP_UP
    assert psc.sign_in(client, BOB)["Location"] == RESUME
    assert client.get(RESUME)["Location"] == f"{ACCESS}?suite=/documents/"
    assert "Accès fermé" in words(client)


def test_an_opening_asked_by_password_and_code_resumes_as_a_form(client: Client, psc: Psc, bob: User) -> None:  # noqa: F811
    sign_in(client, bob)
    assert client.post(OPEN, {"channel": "CARD"})["Location"] == STEP_UP
    assert not Opening.objects.exists()
    psc.sign_in(client, BOB)
    assert f'<form method="post" action="{OPEN}" data-resume>' in words(client, RESUME)
    assert asked(client, channel="CARD").channel == "CARD"


def test_from_a_call_pro_sante_connect_is_asked_and_the_access_opens(
    client: Client,
    psc: Psc,  # noqa: F811  (the fixture)
    bob: User,
    facility: Facility,
) -> None:
    page = reverse("web:patient", args=[make_patient(bob, facility)])
    assert client.get(register(facility).link(bob))["Location"] == page
    assert client.get(f"{ACCESS}?suite={page}")["Location"] == STEP_UP, "and not the page that is out of reach of the call"
    assert live.caller_of(bob) is None
    psc.sign_in(client, BOB)
    assert client.get(RESUME)["Location"] == f"{ACCESS}?suite={page}"
    opening.wait(asked(client, suite=page))
    assert live.caller_of(bob) is not None
    assert f'href="{page}"' in words(client)


def test_when_pro_sante_connect_has_ended_it_is_asked_again(browser: Client, bob: User) -> None:
    opening.wait(asked(browser))
    row = vault.row_of(browser.session)
    assert row is not None
    vault.close(row)
    assert live.caller_of(bob) is None, "nothing is deposited in it any more"
    assert browser.get(ACCESS)["Location"] == STEP_UP


@pytest.mark.parametrize("suite", ["https://ailleurs.fr/", "//ailleurs.fr/", "javascript:alert(1)", "/" + "x" * 400])
def test_the_page_goes_on_nowhere_else(browser: Client, suite: str) -> None:
    assert asked(browser, suite=suite).then == ""


def test_somebody_else_sees_nothing_of_it(browser: Client, alice: User) -> None:
    row = asked(browser)
    other = Client()
    sign_in(other, alice)
    found = other.get(f"{STATE}?vu={row.pk}", headers=HTMX).content.decode()
    assert "Accès fermé" in found
    assert f"</span>{row.digits}</p>" not in found


def test_without_a_proxy_the_page_says_so(browser: Client, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "dmp": {}}
    assert "pas encore reliée au DMP" in words(browser)
    assert "n’est pas configuré" in browser.post(OPEN, follow=True).content.decode()
