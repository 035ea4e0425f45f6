"""A person at a desk: a browser window of their own, what they do in it, and what is kept of it."""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
from base64 import b32decode
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import TOTP
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from dcc.accounts.invitations import invite
from dcc.accounts.models import User
from dcc.accounts.tests.walk import CHOSEN, PASSWORD, code_of, forgive

SHOTS = Path(os.environ.get("DCC_SCREENSHOTS") or tempfile.mkdtemp(prefix="oncodcc-screenshots-"))
PATIENCE = 45_000
"""Milliseconds; on a busy machine the first page of a server just started takes a good part of them."""
expect.set_options(timeout=PATIENCE)  # its own five seconds are not enough there
NEVER = 2_000_000_000
"""Milliseconds that no test lasts."""
GRAVE = ("serious", "critical")
ANY = ("minor", "moderate", *GRAVE)
DRAWN = """() => Promise.race([
  document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))),
  new Promise(done => setTimeout(() => done(true), 1000)),  // a window in the background draws nothing
])"""
COVERED = """element => {
  const box = element.getBoundingClientRect(), x = box.left + Math.min(box.width / 2, 40);
  return ![box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3].some(y => {
    const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.contains(element) && !top.contains(document.body));
  });
}"""
LATER = "seconds => { const now = Date.now; Date.now = () => now() + seconds * 1000; }"
"""By the page's clock, so many seconds pass."""
PACE = """(() => {
  const wanted = WANTED;
  for (const name of ["setTimeout", "setInterval"]) {
    const real = window[name];
    window[name] = (act, delay, ...more) => real(act, wanted[delay] ?? delay, ...more);
  }
})()"""
TOO_WIDE = """() => [...document.body.querySelectorAll("*")]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
  .filter(e => !e.closest(".table-scroll, .visually-hidden, pre, svg")).slice(0, 3).map(e => e.outerHTML.slice(0, 160))"""


class Desk:
    """One person's browser window."""

    def __init__(self, context: BrowserContext, user: User, *, scripts: bool = True) -> None:
        self.context, self.user, self.scripts, self.password = context, user, scripts, PASSWORD
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors of the console count, but for the refusals of requests, which the pages show by themselves."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def pace(self, delays: Mapping[int, int]) -> None:
        """What the pages opened from now on do after so many milliseconds, they do after so many others.

        Of what a test does meanwhile nobody knows how long it takes on a busy machine.
        """
        self.context.add_init_script(PACE.replace("WANTED", json.dumps(delays)))

    def give_password(self, password: str = "") -> None:
        """The first page of signing in, with the person's own password unless another is said."""
        self.page.goto("/")
        self.page.get_by_label("Identifiant").fill(self.user.username)
        self.page.get_by_label("Mot de passe").fill(password or self.password)
        self.page.get_by_role("button", name="Continuer").click()

    def sign_in(self) -> None:
        """Password, then the code of the telephone."""
        forgive(self.user)
        self.give_password()
        self.page.get_by_label("Code à 6 chiffres").fill(code_of(self.user))
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.get_by_role("heading", name="Documents", level=1).wait_for()

    def enrol(self) -> None:
        """The first time: an own password, the telephone photographs the code shown, the recovery codes are kept."""
        self.give_password(invite(actor=None, user=self.user))
        self.password = CHOSEN
        self.page.get_by_label("Nouveau mot de passe").fill(self.password)
        self.page.get_by_label("Le même, une seconde fois").fill(self.password)
        self.page.get_by_role("button", name="Continuer").click()
        self.page.locator("figure.qr svg").wait_for()
        self.shot("inscription")
        self.page.get_by_label("Code à 6 chiffres").fill(self._photographed_code())
        self.page.get_by_role("button", name="Vérifier le code").click()
        self.page.get_by_role("heading", name="Vos codes de secours").wait_for()
        self.page.get_by_role("link", name="Je les ai gardés, continuer").click()
        self.page.get_by_role("heading", name="Documents", level=1).wait_for()

    def _photographed_code(self) -> str:
        """What a telephone shows that only saw the picture on the screen."""
        picture = Image.open(io.BytesIO(self.page.locator("figure.qr svg").screenshot()))
        (found,) = zxingcpp.read_barcodes(picture)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(found.text).query).items()}
        secret = asked["secret"]
        totp = TOTP(b32decode(secret + "=" * (-len(secret) % 8)), int(asked["period"]), 0, int(asked["digits"]))
        totp.time = time.time()
        return f"{totp.token():06d}"

    def shot(self, name: str, *, full_page: bool = False, accessible: bool = True) -> None:
        """Keep a picture of the page, once it is whole and its letters are there, and let axe read it."""
        self.page.wait_for_load_state()
        if self.scripts:  # without scripts no timer ever fires, and nothing would answer
            self.page.evaluate(DRAWN)
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full_page, animations="disabled")
        if accessible:
            self.check_accessibility(name)

    def check_accessibility(self, where: str, impacts: Collection[str] = GRAVE) -> None:
        """No violation of these impacts on the page as it stands: serious and critical ones unless said."""
        self.page.wait_for_load_state()
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        grave = [f"{v['id']} : {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in impacts]
        assert not grave, f"{where} : {grave}"

    def check_reflow(self, where: str) -> None:
        """Nothing wider than the window: one scrolls down, never sideways (WCAG 1.4.10)."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (where, self.page.evaluate(TOO_WIDE))
        assert not self.page.evaluate(TOO_WIDE), f"{where} : {self.page.evaluate(TOO_WIDE)}"

    def check_seen(self, element: Locator, what: str) -> None:
        """An element that was reached is on screen and not wholly under a sticky head (WCAG 2.4.11)."""
        self.until(lambda: not element.evaluate(COVERED), f"{what} : recouvert, {element.evaluate('e => e.outerHTML')[:200]}")

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait for something; Playwright's own waiting would need « eval », which the content security policy refuses."""
        for _ in range(PATIENCE // 50):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(what)

    def follow(self, way: Locator) -> None:
        """Press what leads to another page, until that page is there: what is looked for next may stand on this one too.

        This one is whole before: its own end is not taken for the next one's.
        """
        self.page.wait_for_load_state()
        with self.page.expect_event("domcontentloaded"):
            way.click()

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
