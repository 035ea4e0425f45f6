"""In a real browser: an action asks for Pro Santé Connect, resumes by itself with what was typed; then the way out."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings

from dcc.accounts.models import PscSession, User
from dcc.accounts.psc import provider as client_side
from dcc.accounts.psc import vault
from dcc.accounts.tests.walk import PASSWORD, code_of, enrolled
from plugins.sandbox.psc.pages import PageHandler
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.provider import DISCOVERY, REALM, Client, Provider
from plugins.sandbox.psc.server import serve
from tests.fixtures import make_facility, make_user

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]
BOB = "810000000002"


@pytest.fixture
def bob(transactional_db: None) -> User:
    """A physician with his telephone."""
    return enrolled(make_user("bob", "medecin", make_facility(), family="BERNARD", given="Bob", national_id=BOB))


@pytest.fixture
def page(live_server: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    settings.ROOT_URLCONF = "tests.psc.urls"
    folders = [*settings.TEMPLATES[0]["DIRS"], settings.BASE_DIR / "tests/demo_plugin/templates"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": folders}]
    back, left = (live_server.url + reverse(f"accounts:{name}") for name in ("psc_callback", "psc_left"))
    provider = Provider("", Client("c", "s", (back,), (left,)), PEOPLE)
    server = serve(provider, 0, PageHandler)
    provider.issuer = f"http://localhost:{server.server_port}{REALM}"
    settings.DCC_PSC = replace(settings.DCC_PSC, discovery=provider.issuer + DISCOVERY, client_id="c", client_secret="s")
    client_side.forget()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = browser.new_context(base_url=live_server.url, reduced_motion="reduce").new_page()
        made.set_default_timeout(20_000)
        yield made
        browser.close()
        connections.close_all()
    server.shutdown()
    server.server_close()
    thread.join()
    client_side.forget()


def test_an_action_asks_for_it_resumes_and_one_leaves(page: Page, bob: User) -> None:
    """The content security policy lets the redirections to another site through, and the resumption needs no click."""
    page.goto("/compte/connexion/?next=/compte/securite/")
    page.get_by_label("Identifiant").fill("bob")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à 6 chiffres").fill(code_of(bob))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/securite/")
    page.goto("/plugins/demo/dmp/")
    page.get_by_role("link", name="Continuer avec Pro Santé Connect").click()
    page.get_by_role("button", name="Bob BERNARD").click()
    page.get_by_label("Commentaire du dépôt").fill("Dépôt du plan")
    vault.close(PscSession.objects.get())  # it dies while the person types
    page.get_by_role("button", name="Déposer").click()
    page.get_by_text("Votre saisie est gardée").wait_for()
    page.get_by_role("link", name="Continuer avec Pro Santé Connect").click()
    page.get_by_role("button", name="Bob BERNARD").click()
    page.get_by_text(f"Fait sous l’identité {BOB} : Dépôt du plan").wait_for()
    page.locator("header details summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Se déconnecter aussi de Pro Santé Connect").click()
    page.get_by_text("Vous êtes déconnecté d’OncoDCC et de Pro Santé Connect").wait_for()
