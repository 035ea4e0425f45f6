"""A person at a desk: a browser window of their own, what they do in it, and what is kept of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

from dcc.accounts.models import User
from dcc.accounts.tests.walk import PASSWORD, code_of, forgive

SHOTS = Path(os.environ.get("DCC_SCREENSHOTS") or tempfile.mkdtemp(prefix="oncodcc-screenshots-"))
PATIENCE = 15_000
GRAVE = ("serious", "critical")


class Desk:
    """One person's browser window."""

    def __init__(self, context: BrowserContext, user: User) -> None:
        self.context, self.user = context, user
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors of the console count, but for the refusals of requests, which the pages show by themselves."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def sign_in(self) -> None:
        """Password, then the code of the telephone."""
        forgive(self.user)
        self.page.goto("/")
        self.page.get_by_label("Identifiant").fill(self.user.username)
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        self.page.get_by_role("button", name="Continuer").click()
        self.page.get_by_label("Code à 6 chiffres").fill(code_of(self.user))
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.get_by_role("heading", name="Fiches", level=1).wait_for()

    def shot(self, name: str, *, full_page: bool = False, accessible: bool = True) -> None:
        """Keep a picture of the page, and let axe read it."""
        self.page.wait_for_timeout(150)
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full_page)
        if accessible:
            self.check_accessibility(name)

    def check_accessibility(self, where: str) -> None:
        """No serious nor critical violation on the page as it stands."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        grave = [f"{v['id']} : {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in GRAVE]
        assert not grave, f"{where} : {grave}"

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait for something; Playwright's own waiting would need « eval », which the content security policy refuses."""
        for _ in range(PATIENCE // 100):
            if true():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(what)

    def saved(self) -> None:
        """Wait until everything that was typed is saved."""
        state = self.page.locator("#etat")
        self.until(lambda: state.get_attribute("data-state") == "saved", f"enregistrement : {state.inner_text()}")

    def field(self, path: str) -> Locator:
        """The field of a question."""
        return self.page.locator(f'.field[data-path="{path}"]')

    def row(self, group: str, number: int = 0) -> Locator:
        """A row of a group."""
        return self.page.locator(f'.group[data-group="{group}"] .row').nth(number)

    def close(self) -> None:
        """Leave; the window must have had no error."""
        self.context.close()
        assert not self.faults, self.faults
