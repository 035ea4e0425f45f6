"""In a browser, by keyboard: the notice of the first page, two digits, the telephone, the documents that leave; then the hour."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.events.api import drain
from plugins.dmp.models import Opening, TrustSession
from tests.dmp.fixtures import RunningDmp
from tests.dmp.test_waiting import InSession, filled_id, stage, state, transport, waiting_id  # noqa: F401  (fixtures)
from tests.faults.host import wait_for
from tests.journeys.keyboard import tab_to
from tests.psc.browsing import CHROMIUM, browsed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]
PICTURES = os.environ.get("DCC_PICTURES", "")
"""A folder for pictures of each step, to look at."""


@pytest.fixture
def page(live_server: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser, and Pro Santé Connect."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    with browsed(live_server, settings) as made:
        yield made


def look(page: Page, name: str) -> None:
    """No serious finding of axe, nothing wider than the window; a picture where one is wanted."""
    page.wait_for_load_state()
    found = [f"{one['id']}: {one['nodes'][0]['html'][:100]}" for one in Axe().run(page).response["violations"]]
    assert found == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name}: wider than the window"
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def press(page: Page, wanted: Locator) -> None:
    """Reach something with Tab alone, and press it."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def confirm(running_dmp: RunningDmp) -> None:
    """The telephone: she recognises the digits."""
    demands = running_dmp.service.proxy.demands
    wait_for("a demand to the proxy", lambda: demands, every=0.05)
    (demand,) = list(demands.values())
    assert demand.digits == Opening.objects.get().digits
    demand.answer(accepted=True)


def test_from_the_notice_to_the_deposit(
    page: Page,
    bob: User,
    waiting_id: UUID,  # noqa: F811  (the fixture)
    transport: InSession,  # noqa: F811
    running_dmp: RunningDmp,
) -> None:
    running_dmp.feel(phone="page")
    page.goto("/compte/psc/connexion/?next=/")
    page.get_by_role("button", name="Bob BERNARD").click()
    notice = page.get_by_role("complementary", name="Annonces")
    expect(notice.get_by_text("1 document attend votre connexion au DMP.")).to_be_visible()
    expect(page.locator("body")).to_be_focused()
    look(page, "1-accueil")
    page.set_viewport_size({"width": 360, "height": 740})
    look(page, "2-accueil-360")
    press(page, notice.get_by_role("link", name="Ouvrir l’accès"))
    expect(page.get_by_role("heading", name="1 document attend votre connexion")).to_be_visible()
    look(page, "3-acces-360")
    page.set_viewport_size({"width": 1280, "height": 800})
    look(page, "4-acces")
    press(page, page.get_by_role("button", name="Ouvrir l’accès"))
    expect(page.get_by_role("heading", name="Confirmez votre identité")).to_be_visible()
    expect(page.locator(".digits")).to_contain_text(Opening.objects.get().digits)
    tab_to(page, page.get_by_role("button", name="Abandonner"))
    look(page, "5-chiffres")
    page.set_viewport_size({"width": 360, "height": 740})
    look(page, "6-chiffres-360")
    page.set_viewport_size({"width": 1280, "height": 800})
    confirm(running_dmp)
    expect(page.get_by_role("heading", name="Accès ouvert")).to_be_visible()
    expect(page.get_by_text("Rien n’attend votre connexion")).to_be_visible()
    look(page, "7-ouvert")
    drain()
    assert state(waiting_id) == ("envoyee", "")
    press(page, page.get_by_role("link", name="Revenir à votre travail"))
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    expect(page.get_by_text("attend votre connexion")).to_have_count(0)
    TrustSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page.goto(reverse("dmp:access"))
    expect(page.get_by_role("heading", name="Accès fermé")).to_be_visible()
    expect(page.get_by_text("Votre accès précédent a pris fin à")).to_be_visible()
    look(page, "8-expire")
