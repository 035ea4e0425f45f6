"""In a real browser: the session dies under the page, nothing typed is lost, both factors are given in place, saves go again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Page, sync_playwright

from dcc.accounts.invitations import invite
from dcc.accounts.models import Facility, User
from dcc.accounts.tests import pages
from dcc.accounts.tests.walk import CHOSEN, PASSWORD, code_of, enrolled, forgive
from tests.fixtures import make_facility, make_user
from tests.journeys.desk import LATER, PATIENCE

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]
SAVE = "value => window.dccSession.save('/save/', {body: new URLSearchParams({value})}).then(r => r.json())"


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    facility: Facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    bob = make_user("bob", "medecin", facility, family="BERNARD", given="Bob", national_id="810000000002")
    return {"alice": enrolled(alice), "bob": enrolled(bob)}


@pytest.fixture
def browser_page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    # Playwright runs an event loop in this thread; Django would take the tests' own queries for asynchronous ones.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    pages.SAVED.clear()
    with override_settings(ROOT_URLCONF="dcc.accounts.tests.pages"), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(base_url=live_server.url, reduced_motion="reduce").new_page()
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()
        # While Playwright's loop runs, Django's connections are others than those that the end of the test closes.
        connections.close_all()


def sign_in(page: Page, user: User) -> None:
    page.goto("/compte/connexion/?next=/page/")
    page.get_by_label("Identifiant").fill(user.username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à 6 chiffres").fill(code_of(user))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/page/")
    forgive(user)


def wait_until(page: Page, expression: str) -> None:
    """Playwright's own waiting needs « eval », which the content security policy refuses."""
    for _ in range(PATIENCE // 100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def answer_dialog(page: Page, user: User, password: str = PASSWORD) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Identifiant").fill(user.username)
    dialog.get_by_label("Mot de passe").fill(password)
    dialog.get_by_label("Code à 6 chiffres").fill(code_of(user))
    dialog.get_by_role("button", name="Se reconnecter").click()


def test_saves_wait_for_the_session_and_go_again_in_order(browser_page: Page, people: dict[str, User]) -> None:
    page, alice = browser_page, people["alice"]
    sign_in(page, alice)
    page.evaluate(SAVE, "avant")
    page.fill("#value", "en cours de frappe")
    Session.objects.all().delete()
    page.evaluate(f"window.results = Promise.all(['un', 'deux', 'trois'].map({SAVE})); undefined")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert page.evaluate("document.documentElement.dataset.session") == "closed"
    assert page.evaluate("window.dccSession.pending") == 3
    assert dialog.get_by_label("Identifiant").input_value() == "alice"
    page.keyboard.press("Escape")
    assert dialog.is_visible(), "the dialog cannot be dismissed with saves behind it"
    answer_dialog(page, alice, password="faux")
    dialog.get_by_text("incorrect").wait_for()
    answer_dialog(page, alice)
    dialog.wait_for(state="detached")
    page.evaluate("window.results")
    assert [("alice", v) for v in ("avant", "un", "deux", "trois")] == pages.SAVED
    assert page.input_value("#value") == "en cours de frappe"
    assert page.evaluate("window.dccSession.pending") == 0
    page.click("#send")
    page.wait_for_url("**/save/")
    assert pages.SAVED[-1] == ("alice", "en cours de frappe"), "the plain form carries the new token"


def test_a_plain_form_waits_for_the_session_too(browser_page: Page, people: dict[str, User]) -> None:
    page, alice = browser_page, people["alice"]
    sign_in(page, alice)
    page.fill("#value", "tapé lentement")
    page.wait_for_load_state("networkidle")  # its first question was answered, by the clock of before
    page.evaluate(LATER, settings.DCC_SESSION_IDLE.total_seconds())
    Session.objects.all().delete()
    page.click("#send")
    page.get_by_role("dialog").wait_for()
    answer_dialog(page, alice)
    page.wait_for_url("**/save/")
    assert pages.SAVED == [("alice", "tapé lentement")]


def come_back(page: Page) -> None:
    """From another tab: the window has the focus again."""
    with page.expect_response("**/compte/session/"):
        page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_only_the_same_person_reopens_the_page_there_or_in_another_tab(browser_page: Page, people: dict[str, User]) -> None:
    page = browser_page
    sign_in(page, people["alice"])
    Session.objects.all().delete()
    page.evaluate(f"window.result = ({SAVE})('de alice'); undefined")
    page.get_by_role("dialog").wait_for()
    answer_dialog(page, people["bob"])
    page.get_by_text("ouverte par une autre personne").wait_for()
    other = page.context.new_page()
    sign_in(other, people["bob"])
    come_back(page)
    come_back(page)  # the answer of the first was read
    assert page.get_by_role("dialog").is_visible()
    assert pages.SAVED == []
    other.goto("about:blank")  # none of its requests comes in between and sets the cookies again
    page.context.clear_cookies()
    sign_in(other, people["alice"])
    come_back(page)
    page.get_by_role("dialog").wait_for(state="detached")
    page.evaluate("window.result")
    assert pages.SAVED == [("alice", "de alice")]


def test_a_token_renewed_by_another_tab_loses_nothing(browser_page: Page, people: dict[str, User]) -> None:
    page, alice = browser_page, people["alice"]
    sign_in(page, alice)
    other = page.context.new_page()
    other.goto("/page/")
    other.evaluate("fetch('/compte/deconnexion/', {method: 'POST', headers: {'X-CSRFToken': window.dccSession.csrf()}})")
    sign_in(other, alice)
    page.evaluate(SAVE, "avec l'ancien jeton")
    assert pages.SAVED == [("alice", "avec l'ancien jeton")]


def test_an_invited_person_enrols_and_keeps_the_codes(browser_page: Page, people: dict[str, User]) -> None:
    page, bob = browser_page, people["bob"]
    page.goto("/compte/connexion/")
    page.get_by_label("Identifiant").fill("bob")
    page.get_by_label("Mot de passe").fill(invite(actor=None, user=bob))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Le même").fill(CHOSEN)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("img", name="QR code").wait_for()
    page.get_by_role("textbox").fill(code_of(bob, confirmed=False))
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("heading", name="Vos codes de secours").wait_for()
    page.wait_for_load_state()
    shown = page.locator("code").all_text_contents()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    kept = download.value.path().read_text(encoding="utf-8").split()
    assert len(shown) == 10
    assert set(shown) <= set(kept)
    page.goto("about:blank")  # no request of the open page comes in between and sets its cookies again
    page.context.clear_cookies()
    page.goto("/compte/connexion/?next=/page/")
    page.get_by_label("Identifiant").fill("bob")
    page.get_by_label("Mot de passe").fill(CHOSEN)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("code de secours").fill(shown[0])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/page/")


def test_a_cut_network_loses_nothing(browser_page: Page, people: dict[str, User]) -> None:
    page = browser_page
    sign_in(page, people["alice"])
    page.evaluate("window.told = []; document.addEventListener('dcc:session', e => window.told.push(e.detail.state))")
    page.context.set_offline(True)
    page.evaluate(f"window.result = ({SAVE})('hors ligne'); undefined")
    wait_until(page, "window.told.includes('offline')")
    page.context.set_offline(False)
    wait_until(page, "window.told.includes('saved')")
    assert pages.SAVED == [("alice", "hors ligne")]
    assert page.evaluate("window.told") == ["offline", "online", "saved"]
