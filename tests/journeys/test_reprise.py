"""What the FRCP proposes to its PPS is decided with the keyboard, one key for each; axe reads the page."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.documents import api as documents
from dcc.web.tests.told import tell_all
from tests.journeys.conftest import Sit, needs_browser, start_pps

pytestmark = needs_browser
NEXT = "() => document.activeElement.closest('[data-item]')?.querySelector('legend').innerText ?? ''"


@pytest.fixture
def alice(team: dict[str, User]) -> User:
    """Alice, with her authenticator."""
    return enrolled(team["alice"])


@pytest.fixture
def pps_id(alice: User, team: dict[str, User]) -> UUID:
    """The PPS of an FRCP that tells much, just started."""
    return start_pps(alice, team["bob"], tell_all)


def test_one_key_decides_and_leads_to_the_next(alice: User, pps_id: UUID, sit: Sit) -> None:
    desk = sit(alice)
    desk.sign_in()
    page = desk.page
    page.goto(reverse("web:adjudication", args=[pps_id]))
    count = page.locator("[data-item]").count()
    desk.shot("reprise")
    page.locator("[data-item] input[type=radio]").first.focus()
    first = page.evaluate(NEXT)
    page.keyboard.press("g")
    second = page.evaluate(NEXT)
    page.keyboard.press("i")
    assert (first, second) == ("Traitements", "Traitements")
    desk.check_seen(page.locator("[data-item] input:focus"), "l'élément suivant")
    desk.check_reflow("reprise")
    assert page.locator("#reste").inner_text().strip() != f"{count} éléments à décider"
    page.locator("textarea").first.wait_for(state="attached")
    comment = page.locator("[data-item]", has_text="Vit seule")
    comment.locator("input[type=radio]").first.focus()
    page.keyboard.press("m")
    page.keyboard.type(" près de sa fille. ")
    page.keyboard.press("g")  # a letter typed in a field is a letter
    page.get_by_role("button", name="Enregistrer mes décisions").last.click()
    page.get_by_text("éléments gardés").wait_for()
    desk.check_accessibility("reprise-suite")
    view = documents.open_document(alice, pps_id)
    assert len(view.answers["pps.traitements"]) == 1
    assert view.answers["pps.patient.commentaire"].endswith("g")
