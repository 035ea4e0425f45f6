"""In a real browser: terms are published under a page that is being filled in; nothing typed is lost, all goes once accepted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from dcc.accounts.models import User
from dcc.accounts.tests import pages
from dcc.accounts.tests.test_browser import CHROMIUM, browser_page, people, sign_in, wait_until
from dcc.trust.api import publish_default_terms
from dcc.trust.models import Acceptance

__all__ = ["browser_page", "people"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]
SAVE = "() => { window.dccSession.save('/save/', {body: new URLSearchParams({value: 'tapé'})}); }"


def test_terms_published_while_somebody_types(browser_page: Page, people: dict[str, User]) -> None:
    page = browser_page
    sign_in(page, people["alice"])
    publish_default_terms()
    page.evaluate(SAVE)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Plus tard").click()
    waiting = page.get_by_text("Votre saisie n’est pas enregistrée")
    waiting.wait_for()
    assert page.evaluate("window.dccSession.pending") == 1
    assert not pages.SAVED
    page.get_by_role("button", name="Les lire").click()
    dialog.get_by_role("button", name="Accepter et enregistrer").click()
    dialog.get_by_text("Cochez la case").wait_for()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Accepter et enregistrer").click()
    wait_until(page, "window.dccSession.pending === 0")
    assert pages.SAVED == [("alice", "tapé")]
    assert Acceptance.objects.get().user == people["alice"]


def test_a_plain_form_goes_on_once_the_terms_are_accepted(browser_page: Page, people: dict[str, User]) -> None:
    page = browser_page
    sign_in(page, people["alice"])
    publish_default_terms()
    page.get_by_label("Valeur").fill("deux\u00a0lignes « ici »")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_role("heading", name="Votre envoi attend").wait_for()
    assert not pages.SAVED
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Accepter et envoyer").click()
    page.get_by_text("saved").wait_for()
    assert pages.SAVED == [("alice", "deux\u00a0lignes « ici »")]
