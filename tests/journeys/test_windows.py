"""Pages in small windows, enlarged, without scripts, and after the session has ended: what one sees and what is not lost."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Route, expect

from dcc.accounts import open_sessions
from dcc.accounts.models import User
from dcc.accounts.tests.walk import PASSWORD, code_of, enrolled, forgive
from dcc.documents import api as documents
from dcc.web.tests.filled import filled_answers
from forms_config import api as forms
from tests.fixtures import make_patient
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import NEVER

pytestmark = needs_browser
TEXT, RECOURSE = "frcp.synthese.question", "frcp.motif.rcp_recours"
IDLE, LIFE = 1500, 25_000
"""Milliseconds after which the page of a document (``page.js``) saves a field one stays in, and asks for the news of others."""
WAITING = re.compile(r"\bwaiting\b")


@pytest.fixture
def alice(team: dict[str, User]) -> User:
    """Alice, with her authenticator."""
    return enrolled(team["alice"])


@pytest.fixture
def document_id(alice: User) -> UUID:
    """An FRCP of alice with an answer to each question."""
    facility = alice.memberships.get().facility
    assert facility is not None
    answers = filled_answers(forms.published_form("frcp_standard").schema)
    return documents.create_document(
        actor=alice, patient_id=make_patient(alice, facility), facility_id=facility.pk, document_type="frcp", answers=answers
    )


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("360", {"width": 360, "height": 740}),
        ("200", {"width": 1280, "height": 900, "zoom": 2}),
    ],
)
def test_nothing_is_cut_nor_covered(name: str, window: dict[str, float], alice: User, document_id: UUID, sit: Sit) -> None:
    """No scrolling sideways on any page (WCAG 1.4.10); what Tab reaches is not under a sticky head (WCAG 2.4.11)."""
    desk = sit(alice, **window)
    desk.sign_in()
    page, patient_id = desk.page, documents.open_document(alice, document_id).line.patient_id
    for view, args in (
        ("worklist", ()), ("patients", ()), ("patient_create", ()), ("import", ()), ("help", ()), ("patient", (patient_id,)),
        ("frcp_create", (patient_id,)), ("validation", (document_id,)), ("outputs", (document_id,)),
        ("attachments", (document_id,)), ("history", (document_id,)), ("preview", (document_id, "cda-n3")),
        ("document", (document_id,)),
    ):  # fmt: skip
        page.goto(reverse(f"web:{view}", args=args))
        desk.check_reflow(f"{view} ({name})")
        desk.shot(f"{view}-{name}", accessible=view in ("worklist", "document"))
    page.locator("#saisie h2").nth(4).focus()
    for _stop in range(40):
        page.keyboard.press("Tab")
        desk.check_seen(page.locator(":focus"), f"arrêt {_stop} ({name})")


def test_a_whole_page_is_typed_saved_and_validated_without_scripts(alice: User, document_id: UUID, sit: Sit) -> None:
    desk = sit(alice, java_script_enabled=False)
    desk.sign_in()
    page = desk.page
    page.goto(reverse("web:document", args=[document_id]))
    desk.field(TEXT).locator("textarea").fill("Saisi sans script")
    desk.field("frcp.decouverte.date").locator("input.date").fill("31/02/2026")
    page.get_by_role("button", name="Enregistrer").first.click()
    desk.field("frcp.decouverte.date").get_by_text("Cette date n'existe pas").first.wait_for()
    assert documents.open_document(alice, document_id).answers[TEXT] == "Saisi sans script"
    desk.shot("sans-script", accessible=False)
    desk.field("frcp.decouverte.date").locator("input.date").fill("28/02/2026")
    page.get_by_role("button", name="Terminer ma saisie").click()
    page.get_by_role("link", name="Valider").click()
    page.get_by_label("Je valide le contenu").check()
    page.get_by_role("button", name="Valider", exact=True).click()
    page.get_by_text("Document validé").wait_for()
    view = documents.open_document(alice, document_id)
    assert (view.line.status, view.answers["frcp.decouverte.date"]) == ("valide", "2026-02-28")


def test_what_is_answered_before_the_script_comes_is_saved(alice: User, document_id: UUID, sit: Sit) -> None:
    desk = sit(alice)
    desk.sign_in()
    before = documents.open_document(alice, document_id).answers
    late: list[Route] = []
    desk.page.route("**/js/form/page.js", lambda route: hold(late, route))
    desk.page.goto(reverse("web:document", args=[document_id]), wait_until="commit")
    desk.field(TEXT).locator("textarea").fill("Écrit aussitôt")
    desk.field(RECOURSE).get_by_text("Non", exact=True).click()
    desk.until(lambda: late, "the script is asked for")
    late.pop().continue_()
    desk.saved()
    after = documents.open_document(alice, document_id).answers
    assert {path: after[path] for path in after if after[path] != before[path]} == {TEXT: "Écrit aussitôt", RECOURSE: False}


def test_nothing_is_said_to_be_saved_while_words_wait(alice: User, document_id: UUID, sit: Sit) -> None:
    """The answer to a field comes while somebody types in the next."""
    desk = sit(alice)
    desk.pace({IDLE: NEVER})  # the first is saved once, when it is left
    desk.sign_in()
    desk.page.goto(reverse("web:document", args=[document_id]))
    late: list[Route] = []
    desk.page.route("**/saisie/", lambda route: hold(late, route))
    written, next_one = desk.field(TEXT), desk.field("frcp.decouverte.date")
    written.locator("textarea").fill("Écrit d'abord")
    written.locator("textarea").press("Tab")
    desk.until(lambda: late, "the first is being saved")
    next_one.locator("input.date").fill("28/02/2026")
    late.pop().continue_()
    expect(written).not_to_have_class(WAITING)
    expect(desk.page.locator("#etat")).to_have_attribute("data-state", "waiting")
    desk.page.unroute_all()
    next_one.locator("input.date").press("Tab")
    desk.saved()
    answers = documents.open_document(alice, document_id).answers
    assert (answers[TEXT], answers["frcp.decouverte.date"]) == ("Écrit d'abord", "2026-02-28")


def test_a_conflict_stays_until_somebody_chooses(alice: User, document_id: UUID, sit: Sit) -> None:
    """Neither who leaves the field, nor who types on there, nor the news of others decides between two values (R-025)."""
    one, two = sit(alice), sit(alice)
    two.pace({IDLE: NEVER, LIFE: 500})
    for desk in (one, two):
        desk.sign_in()
        desk.page.goto(reverse("web:document", args=[document_id]))
    mine, conflict = two.field(TEXT).locator("textarea"), two.field(TEXT).locator(".conflict")
    mine.fill("Mes mots")
    one.field(TEXT).locator("textarea").fill("Les siens")
    one.field(TEXT).locator("textarea").press("Tab")
    one.saved()
    mine.press("Alt+s")  # as after a pause: the field is saved, and not left
    expect(conflict).to_contain_text("Les siens")
    with two.page.expect_response("**/saisie/"):
        mine.press("Tab")
    mine.fill("Mes mots, et d'autres")
    mine.press("Tab")
    expect(conflict).to_contain_text("Mes mots, et d'autres")
    for _twice in range(2):  # the second was asked after the answer of the first
        with two.page.expect_response("**/presence/"):
            pass
    expect(mine).to_have_value("Mes mots, et d'autres")
    assert documents.open_document(alice, document_id).answers[TEXT] == "Les siens"
    conflict.get_by_role("button", name="Garder la mienne").click()
    expect(conflict).to_have_count(0)
    two.saved()
    assert documents.open_document(alice, document_id).answers[TEXT] == "Mes mots, et d'autres"


def hold(late: list[Route], route: Route) -> None:
    """Let a request wait until the test lets it go on."""
    late.append(route)


def expire(alice: User) -> str:
    """It was idle for too long."""
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    return PASSWORD


def close(alice: User) -> str:
    """An administrator closed it on the server."""
    assert open_sessions.close(actor=None, user=alice) == 1
    return PASSWORD


def change_password(alice: User) -> str:
    """Alice changed her password on another machine."""
    alice.set_password(f"{PASSWORD}-bis")
    alice.save()
    return f"{PASSWORD}-bis"


def test_a_session_that_ends_loses_no_typing(alice: User, document_id: UUID, sit: Sit) -> None:
    """Whatever ended it: the save is refused, she signs in again in place while the cursor stays, everything typed is saved."""
    desk = sit(alice)
    desk.pace({IDLE: NEVER})  # nothing is saved between what she types and the end
    desk.sign_in()
    page = desk.page
    page.goto(reverse("web:document", args=[document_id]))
    area = desk.field(TEXT).locator("textarea")
    for end in (expire, close, change_password):
        typed = f"Commencé avant la fin : {end.__name__}"
        area.fill(typed)
        password = end(alice)
        area.press("Tab")
        dialog = page.get_by_role("dialog", name="Session")
        dialog.wait_for()
        if end is expire:
            desk.shot("session-fermee")
        assert documents.open_document(alice, document_id).answers[TEXT] != typed
        forgive(alice)
        dialog.get_by_label("Mot de passe").fill(password)
        dialog.get_by_label("Code").fill(code_of(alice))
        dialog.get_by_role("button").last.click()
        expect(dialog).to_be_hidden()
        desk.saved()
        assert area.input_value() == typed
        assert documents.open_document(alice, document_id).answers[TEXT] == typed
