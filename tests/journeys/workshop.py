"""The workshop's page as an editor holds it: what they press, what it says, and the draft it holds."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator

from dcc.accounts.models import User
from forms_config.models import FormDefinition
from tests.fixtures import sign_in
from tests.journeys.conftest import Sit
from tests.journeys.desk import Desk


def seated(sit: Sit, user: User, **window: Any) -> Desk:
    """A window in which somebody signed in already."""
    client = Client()
    sign_in(client, user)
    desk = sit(user, **window)
    desk.page.goto("/")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": urljoin(desk.page.url, "/")}
    desk.context.add_cookies([cookie])  # type: ignore[list-item]  # Playwright's typed dictionary
    return desk


class Workshop:
    """The editor before the workshop's page."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    def open(self, definition: FormDefinition) -> None:
        """The edit page of a form."""
        self.page.goto(reverse(FormDefinition.snippet_viewset.get_url_name("edit"), args=[definition.pk]))
        self.page.locator("[data-workshop]").wait_for()

    def at(self, name: str) -> Locator:
        """What carries a name that survives each gesture."""
        return self.page.locator(f'[data-focus="{name}"]')

    def said(self, words: str) -> None:
        """Wait until the workshop says what was done."""
        error = self.page.locator("[data-error]")
        self.desk.until(lambda: words in self.page.locator("[data-said]").inner_text() or error.inner_text(), words)
        assert not error.inner_text(), error.inner_text()

    def select(self, key: str) -> None:
        """Show a question."""
        self.at(f"question:{key}").click()
        self.desk.until(lambda: self.at("label").count() and self.at(f"question:{key}").get_attribute("aria-current"), key)

    def focused(self) -> str:
        """The name of what the keyboard is on."""
        return str(self.page.evaluate("document.activeElement.dataset.focus || ''"))

    def draft(self) -> dict[str, Any]:
        """The draft that the page holds."""
        return dict(json.loads(self.page.locator("[data-workshop-draft]").input_value()))

    def saved(self) -> None:
        """Save the draft, as the button does."""
        self.send(self.page.get_by_role("button", name="Enregistrer le brouillon"))

    def send(self, button: Locator) -> None:
        """Press a button that sends the form, and read the success on the page that answers."""
        self.desk.follow(button)
        self.page.locator(".messages .success").wait_for()


def order(draft: dict[str, Any], section_key: str) -> list[str]:
    """The questions of a section, in the order of a draft."""
    [section] = [section for section in draft["sections"] if section["key"] == section_key]
    return [question["key"] for question in section["questions"]]


def drag(shop: Workshop) -> list[str]:
    """The third question of a section is dropped on its first, and comes before it: the order that is meant.

    Both are in sight: scrolling between press and move would make the browser take another row.
    """
    before = order(shop.draft(), "frcp.motif")
    dragged = before[2]
    rows = shop.page.locator("[data-drag=question]")
    source, target = (rows.and_(shop.page.locator(f'[data-key="{key}"]')) for key in (dragged, before[0]))
    target.scroll_into_view_if_needed()
    source.drag_to(target)
    shop.said("Question déplacée")
    wanted = [dragged, *(key for key in before if key != dragged)]
    assert order(shop.draft(), "frcp.motif") == wanted
    return wanted
