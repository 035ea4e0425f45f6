"""In a real browser: an action asks for Pro Santé Connect, resumes by itself with what was typed; then the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from dcc.accounts.models import PscSession, User
from dcc.accounts.psc import vault
from dcc.accounts.tests.walk import PASSWORD, code_of, enrolled
from tests.fixtures import make_facility, make_user
from tests.psc.browsing import CHROMIUM, browsed

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
    with browsed(live_server, settings) as made:
        yield made


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
