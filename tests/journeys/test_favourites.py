"""Favourites with the keyboard alone: one is kept from a form, found again, inserted, undone, joined with its sheet."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.documents import api as documents
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.favourites.models import Favourite
from forms_config.favourites.tests.conftest import pdf as pdf
from forms_config.terminology import api as terminology
from tests.fixtures import make_patient, make_user
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import NEVER, Desk

pytestmark = needs_browser
GROUP = "frcp.propositions"
TEXT = "4 cycles EC puis 12 paclitaxel"
STOPS = 80
UNDO = 20_000
"""How long an insertion may be undone (``favourites.js``), in milliseconds."""


@pytest.fixture(autouse=True)
def _in_memory(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture
def alice(team: dict[str, User]) -> User:
    """Alice, with her authenticator."""
    return enrolled(team["alice"])


@pytest.fixture
def document_id(alice: User) -> UUID:
    """A document of alice with one proposal, dated."""
    facility = alice.memberships.get().facility
    assert facility is not None
    document_id = documents.create_document(
        actor=alice, patient_id=make_patient(alice, facility), facility_id=facility.pk, document_type="frcp"
    )
    values = {
        "frcp.propositions.intention": 1,
        "frcp.propositions.sequence": 1,
        "frcp.propositions.type": terminology.concepts("jdv-type-traitement-frcp-cisis")[4].value,
        "frcp.propositions.precision": TEXT,
        "frcp.propositions.debut": "2026-12-01",
    }
    documents.add_row(actor=alice, document_id=document_id, group_key=GROUP, values=values)
    return document_id


def tab_to(desk: Desk, selector: str) -> None:
    """Tab until an element is reached."""
    for _ in range(STOPS):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} : jamais atteint au clavier")


def test_kept_then_inserted_and_undone_with_the_keyboard_alone(alice: User, document_id: UUID, pdf: bytes, sit: Sit) -> None:
    edith = make_user("edith", "editeur", None, family="EYMARD", given="Édith")
    sheet = bank.SheetContent("EC-paclitaxel", "fr", "2026-01", date(2040, 1, 1), "EC-paclitaxel et vous", "ec.pdf", pdf)
    bank.save_sheet(actor=edith, sheet=sheet)
    desk = sit(alice)
    desk.pace({UNDO: NEVER})  # what is said of an insertion is read, and pressed, while it is said
    desk.sign_in()
    page, keys = desk.page, desk.page.keyboard
    page.goto(reverse("web:document", args=[document_id]))
    keep_by_keyboard(desk)
    (favourite,) = Favourite.objects.all()
    assert (favourite.name, favourite.rows[0]["frcp.propositions.precision"]) == ("Sein EC-T", TEXT)
    assert "frcp.propositions.debut" not in favourite.rows[0]

    keys.press("Alt+f")
    page.locator(".favourites [role=option]").first.wait_for()
    keys.type("ec")
    page.locator(".favourites [role=option]", has_text="Sein EC-T").wait_for()
    desk.shot("favori-recherche")
    keys.press("Enter")
    desk.row(GROUP, 1).locator(":focus").wait_for()
    page.get_by_text("« Sein EC-T » inséré").wait_for()
    desk.shot("favori-insere")
    assert len(documents.open_document(alice, document_id).answers[GROUP]) == 2

    tab_to_sheet(desk)
    keys.press("Enter")
    page.get_by_text("est jointe").wait_for()
    assert [line.title for line in documents.open_document(alice, document_id).attachments] == [
        "EC-paclitaxel et vous (français, version 2026-01)"
    ]
    keys.press("Alt+z")
    page.get_by_text("Insertion annulée").wait_for()
    assert len(documents.open_document(alice, document_id).answers[GROUP]) == 1
    assert forms.published_form("frcp_standard").schema.by_key[GROUP].favourites


def keep_by_keyboard(desk: Desk) -> None:
    """« Enregistrer comme favori »: rows chosen, texts read again, a name, a sheet."""
    page, keys = desk.page, desk.page.keyboard
    keys.press("Alt+f")
    page.locator(".favourites .nothing").wait_for()
    keys.press("Escape")
    tab_to(desk, "button.keep")
    keys.press("Enter")
    page.get_by_role("heading", name="Enregistrer comme favori").wait_for()
    page.wait_for_load_state()
    desk.shot("favori-garder", full_page=True)
    tab_to(desk, "[name=confirmed]")
    keys.press("Space")
    tab_to(desk, "[name=name]")
    keys.type("Sein EC-T")
    tab_to(desk, "[name=sheet]")
    keys.press("ArrowDown")
    tab_to(desk, "button.primary")
    keys.press("Enter")
    page.get_by_text("est gardé dans vos favoris").wait_for()
    page.wait_for_load_state()  # the script of that page reads the keys


def tab_to_sheet(desk: Desk) -> None:
    """The message is the last thing of the page: one goes back to it from the top."""
    desk.page.evaluate("document.querySelector('.skip').focus()")
    for _ in range(STOPS):
        desk.page.keyboard.press("Shift+Tab")
        if "Joindre la fiche" in desk.page.evaluate("document.activeElement.textContent.slice(0, 200)"):
            return
    raise AssertionError("la fiche d'effets n'est pas atteinte au clavier")


@pytest.mark.parametrize("page", ["shelf", "favourite", "choose"])
def test_the_pages_are_readable_by_all(alice: User, document_id: UUID, page: str, sit: Sit) -> None:
    """No serious finding of axe, nothing wider than a telephone."""
    content = bank.Content("FEC", "frcp", GROUP, [{"frcp.propositions.precision": TEXT}], protocol="FEC 100")
    schema = forms.published_form("frcp_standard").schema
    favourite_id = bank.save_favourite(actor=alice, content=content, schema=schema, confirmed=[TEXT])
    desk = sit(alice, width=360, height=740)
    desk.sign_in()
    address = {
        "shelf": reverse("web:bank"),
        "favourite": reverse("web:bank_favourite", args=[favourite_id]),
        "choose": reverse("web:favourite_choose", args=[document_id]) + f"?groupe={GROUP}",
    }[page]
    desk.page.goto(address)
    desk.shot(f"favoris-{page}-360", full_page=True)
    desk.check_reflow(page)
