"""An FRCP is completed by the RCP of another region: two instances, two databases, Postfix and Dovecot between them.

Sent, locked, received, completed, validated, given back, replaced (issue 7, « Shown by » 4). Full figures only: each instance is
the whole demonstration.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dcc.accounts.demo import PASSWORD
from tests.database_copy import start_from_copy
from tests.faults.host import MANAGE, ROOT, wait_for
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.desk import SHOTS
from tests.mailservers import possible
from tests.proofs.recorder import Proof
from tests.two_regions.regions import B
from tests.two_regions.run import Instance, two_regions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.prove,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
    pytest.mark.skipif(bool(possible()), reason=possible() or "-"),
]
PATIENCE = 600.0


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[tuple[Instance, Instance]]:
    """Both regions, running; the second starts from what was prepared for the first."""
    with two_regions(tmp_path) as instances:
        here, there = instances
        start_from_copy(here.folder / "db.sqlite3")
        here.prepare()
        forget_what_scenes_started(here.folder / "db.sqlite3")
        shutil.copytree(here.folder, there.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("liste-blanche.xml", "run"))
        there.act("stage", there.region.key)
        for instance in instances:
            instance.start()
        for instance in instances:
            wait_for(instance.region.title, instance.answers, seconds=PATIENCE, every=0.5)
        yield instances


def forget_what_scenes_started(database: Path) -> None:
    """The documents of the scenes are not what is told here: their files are not made."""
    with contextlib.closing(sqlite3.connect(database)) as held, held:
        held.execute("DELETE FROM events_delivery")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def signed_in(browser: Browser, instance: Instance, name: str) -> Page:
    """Somebody at a desk of a region."""
    page = browser.new_context(
        base_url=instance.region.url, locale="fr-FR", viewport={"width": 1366, "height": 900}, reduced_motion="reduce"
    ).new_page()
    page.set_default_timeout(180_000)
    page.goto("/")
    page.get_by_label("Identifiant").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    said = subprocess.run(
        [sys.executable, MANAGE, "otp", name], env=instance.environ, cwd=ROOT, text=True, capture_output=True, check=True
    )
    page.get_by_label("Code à 6 chiffres").fill(said.stdout.split()[0])
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Documents", level=1).wait_for()
    return page


def shot(page: Page, path: str, name: str) -> str:
    """Keep a picture of a page; what it says."""
    page.goto(path)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"deux-regions-{name}.png", full_page=True)
    return page.inner_text("body")


def seen(instance: Instance, set_id: str, **wanted: Any) -> dict[str, Any]:
    """What a region has under a reference, once it is as wanted."""
    found: dict[str, Any] = {}

    def there() -> bool:
        found.clear()
        found.update(instance.act("look", set_id))
        return bool(found) and all(found[name] == value for name, value in wanted.items())

    wait_for(f"{instance.region.title} {wanted}", there, seconds=PATIENCE, every=1.0)
    return found


def test_an_frcp_goes_to_another_region_and_comes_back(
    regions: tuple[Instance, Instance], browser: Browser, proof: Proof
) -> None:
    here, there = regions
    at_a, at_b = signed_in(browser, here, "alice"), signed_in(browser, there, "alice")
    begun = time.monotonic()
    sent = here.act("send")
    page = f"/documents/{sent['document']}/"
    assert (sent["status"], sent["held_elsewhere"]) == ("complete", B.rcp[1])
    assert B.rcp[1] in shot(at_a, page, "1-confiee")

    received = seen(there, sent["set_id"])
    arrived = time.monotonic() - begun
    shot(at_b, f"/documents/{received['document']}/", "2-recue")
    shot(at_b, "/", "3-liste")

    validated = there.act("validate", sent["set_id"])
    assert validated["status"] == "valide"
    assert validated["version"] > sent["version"]
    shot(at_b, f"/documents/{received['document']}/", "4-validee")

    returned = seen(here, sent["set_id"], status="valide", held_elsewhere="")
    assert returned["version"] == validated["version"]
    assert returned["versions"][0] == sent["version"], "the former copy stays in the history"
    shot(at_a, page, "5-remplacee")
    figures = {
        "envoyée, verrouillée chez la source": f"version {sent['version']}, lecture seule : {sent['held_elsewhere']}",
        "reçue par la région B": f"en {arrived:.0f} s, statut « {received['status']} »",
        "validée par la région B": f"version {validated['version']}",
        "rendue et remplacée dans la région A": f"versions {returned['versions']}, statut « {returned['status']} »",
        "référence (setId), la même partout": "oui" if received["set_id"] == returned["set_id"] == sent["set_id"] else "non",
    }
    proof.record(issue=7, title="Une FRCP entre deux régions (deux instances, Postfix et Dovecot)", figures=figures)
