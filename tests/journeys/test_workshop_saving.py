"""What an editor saves holds every gesture, also the one whose answer is still on its way; what is not done is never sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Request, Route

from dcc.accounts.models import User
from forms_config.models import FormDefinition
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.workshop import Workshop, seated

pytestmark = needs_browser
LABEL = "frcp.motif.commentaire_motif"


class Slow:
    """The workshop's page, whose gestures are answered when the test says; ``sent`` counts the forms sent."""

    def __init__(self, shop: Workshop) -> None:
        self.shop, self.sent = shop, 0
        self.held: list[Route] = []
        shop.page.route("**/atelier/geste/", self._hold)
        shop.page.on("request", self._count)

    def _hold(self, route: Route) -> None:
        self.held.append(route)

    def _count(self, request: Request) -> None:
        self.sent += request.is_navigation_request() and request.method == "POST"

    def moved(self) -> list[str]:
        """Move the second section up and press the button at once: the order that is meant."""
        first, second, *others = [section["key"] for section in self.shop.draft()["sections"]]
        self.shop.at(f"up:section:{second}").click()
        self.shop.page.get_by_role("button", name="Enregistrer le brouillon").click()
        self.shop.said("Geste en cours : l'envoi suit")
        self.shop.desk.until(lambda: self.held, "the gesture is asked")
        assert self.sent == 0
        return [second, first, *others]

    def answer(self, how: Callable[[Route], Any]) -> None:
        """Let the answer of the gesture come."""
        how(self.held.pop())


@pytest.fixture
def shop(people: dict[str, User], sit: Sit) -> Workshop:
    """Edith before the standard form."""
    shop = Workshop(seated(sit, people["edith"]))
    shop.open(stored())
    return shop


def stored() -> FormDefinition:
    """The form as it was saved last."""
    definition = FormDefinition.objects.get(key="frcp_standard")
    return definition.get_latest_revision_as_object() if definition.latest_revision_id else definition


def sections() -> list[str]:
    """The sections of the draft that is saved."""
    return [section["key"] for section in stored().draft["sections"]]


def test_a_save_waits_for_the_gesture(shop: Workshop) -> None:
    slow = Slow(shop)
    wanted = slow.moved()
    with shop.page.expect_event("domcontentloaded"):
        slow.answer(Route.continue_)
    shop.page.locator(".messages .success").wait_for()
    assert sections() == wanted
    assert slow.sent == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda route: route.fulfill(status=422, json={"error": "Cette rubrique ne bouge pas"}), "Cette rubrique ne bouge pas"),
        (lambda route: route.fulfill(status=502, body="Bad Gateway"), "Le serveur n'a pas répondu (502)"),
        (lambda route: route.abort(), "Failed to fetch"),
    ],
    ids=["refused", "no answer", "no network"],
)
def test_nothing_is_sent_after_a_gesture_that_failed(how: Callable[[Route], Any], said: str, shop: Workshop) -> None:
    """It is said, the page stays, and the editor may go on from there."""
    before = sections()
    slow = Slow(shop)
    wanted = slow.moved()
    slow.answer(how)
    problem = shop.page.locator("[data-error]")
    shop.desk.until(lambda: said in problem.inner_text(), said)
    assert problem.inner_text().startswith("Rien n'est envoyé, un geste n'a pas abouti : ")
    assert (slow.sent, sections()) == (0, before)
    shop.page.unroute_all()
    shop.at(f"up:section:{wanted[0]}").click()
    shop.desk.until(lambda: not problem.inner_text(), "the refusal of a former gesture is no longer said")
    shop.said("Rubrique déplacée")
    shop.saved()
    assert sections() == wanted


def test_words_being_typed_are_saved_by_the_shortcut(shop: Workshop) -> None:
    """Control+S leaves the cursor where it is: the words were not confirmed by leaving the field."""
    shop.select(LABEL)
    shop.at("label").fill("Pourquoi cette RCP")
    with shop.page.expect_event("domcontentloaded"):
        shop.page.keyboard.press("Control+s")
    shop.page.locator(".messages .success").wait_for()
    questions = [question for section in stored().draft["sections"] for question in section["questions"]]
    assert [question["label"] for question in questions if question["key"] == LABEL] == ["Pourquoi cette RCP"]
