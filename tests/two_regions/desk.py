"""Both regions prepared and running, and people at their desks in a browser: what the stories of two regions share."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from dcc.accounts.demo import PASSWORD
from tests.database_copy import start_from_copy
from tests.faults.host import MANAGE, ROOT, wait_for
from tests.journeys.desk import SHOTS
from tests.two_regions.run import Instance, two_regions

PATIENCE = 600.0
PAGE_PATIENCE = 180_000


@contextlib.contextmanager
def prepared_regions(home: Path) -> Iterator[tuple[Instance, Instance]]:
    """Both regions, running; the second starts from what was prepared for the first."""
    with two_regions(home) as instances:
        here, there = instances
        start_from_copy(here.folder / "db.sqlite3")
        here.prepare()
        here.leave()
        _forget_what_was_started(here.folder / "db.sqlite3")
        shutil.copytree(here.folder, there.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("liste-blanche.xml", "run"))
        there.act("stage", there.region.key)
        for instance in instances:
            instance.start()
        for instance in instances:
            wait_for(instance.region.title, instance.answers, seconds=PATIENCE, every=0.5)
        yield instances


def _forget_what_was_started(database: Path) -> None:
    """The documents of the scenes are not what is told here: their files are not made. Each region reads a box of its own."""
    with contextlib.closing(sqlite3.connect(database)) as held, held:
        held.execute("DELETE FROM events_delivery")
        held.execute("DELETE FROM mss_inboundbox")


def signed_in(browser: Browser, instance: Instance, name: str) -> Page:
    """Somebody at a desk of a region."""
    page = browser.new_context(
        base_url=instance.region.url, locale="fr-FR", viewport={"width": 1366, "height": 900}, reduced_motion="reduce"
    ).new_page()
    page.set_default_timeout(PAGE_PATIENCE)
    page.goto("/")
    page.get_by_label("Identifiant").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    said = subprocess.run(
        [sys.executable, MANAGE, "otp", name], env=instance.environ, cwd=ROOT, text=True, capture_output=True, check=True
    )
    page.get_by_label("Code à 6 chiffres").fill(said.stdout.split()[0])
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("button", name="Se connecter").wait_for(state="detached")
    if "/engagements/" in page.url:  # the demonstration accepts the conditions for some of its people only
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Accepter").click()
        page.get_by_role("button", name="Accepter").wait_for(state="detached")
    return page


def shot(page: Page, path: str, name: str) -> str:
    """Keep a picture of a page; what it says."""
    page.goto(path)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"deux-regions-{name}.png", full_page=True)
    return page.inner_text("body")


def until(instance: Instance, *words: str, right: Callable[[dict[str, Any]], bool], what: str = "") -> dict[str, Any]:
    """What a region answers to a verb, once it is right."""
    found: dict[str, Any] = {}

    def there() -> bool:
        found.clear()
        found.update(instance.act(*words))
        return right(found)

    wait_for(f"{instance.region.title} {' '.join(words)} {what}", there, seconds=PATIENCE, every=1.0)
    return found


def seen(instance: Instance, set_id: str, **wanted: Any) -> dict[str, Any]:
    """What a region has under a reference, once it is as wanted."""

    def right(found: dict[str, Any]) -> bool:
        return bool(found) and all(found[name] == value for name, value in wanted.items())

    return until(instance, "look", set_id, right=right, what=str(wanted))
