"""A protocol is inserted and dated in the open page: remarks and syntheses follow by themselves, the calendar has its days."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from tests.fixtures import validate
from tests.journeys.conftest import Sit, needs_browser, start_pps

pytestmark = needs_browser
GROUP = "pps.traitements"


@pytest.fixture
def alice(team: dict[str, User]) -> User:
    """Alice, with her authenticator."""
    return enrolled(team["alice"])


@pytest.fixture
def pps_id(alice: User, team: dict[str, User]) -> UUID:
    """A PPS just started."""
    return start_pps(alice, team["bob"], validate)


def test_the_panel_follows_what_is_typed(alice: User, pps_id: UUID, sit: Sit) -> None:
    desk = sit(alice)
    desk.sign_in()
    page = desk.page
    page.goto(reverse("web:document", args=[pps_id]))
    panel = page.locator("#soins")
    panel.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator(f'button[value="add:{GROUP}"]').click()
    row = page.locator(f'.row[id^="f-{GROUP}/"]')
    row.locator(f'select[name$="{GROUP}.type"]').select_option(label="intervention chirurgicale")
    row.locator(f'input[name$="{GROUP}.debut_prevu"]').fill("05/01/2026")
    page.keyboard.press("Tab")
    remark = panel.get_by_role("link", name="à confirmer")
    remark.wait_for()
    remark.focus()
    row.locator(f'input[name$="{GROUP}.debut"]').fill("06/01/2026")
    page.keyboard.press("Tab")
    panel.get_by_role("rowheader", name="Intervention chirurgicale").wait_for()
    assert remark.count() == 0
    desk.shot("pps-syntheses")
    panel.get_by_role("link", name="Voir le calendrier").press("Enter")
    page.get_by_role("heading", name="janvier 2026").wait_for()
    desk.shot("pps-calendrier", full_page=True)
    page.set_viewport_size({"width": 360, "height": 800})
    desk.check_reflow("calendrier")
    desk.shot("pps-calendrier-360", full_page=True)
