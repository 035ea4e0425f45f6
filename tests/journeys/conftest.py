"""The stage of the stories: a live server, Chromium, people with their telephones, and what an installation starts with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.cms.api import set_up_configuration
from dcc.documents import api as documents
from forms_config.api import ensure_default_forms
from rcp_directory import api as directory
from tests.fixtures import make_facility, make_patient, make_user
from tests.journeys.desk import Desk
from tests.mailservers import possible
from tests.two_regions.desk import prepared_regions
from tests.two_regions.run import Instance

CHROMIUM = shutil.which("chromium")
needs_browser = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]
needs_two_regions = [
    pytest.mark.browser,
    pytest.mark.prove,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
    pytest.mark.skipif(bool(possible()), reason=possible() or "-"),
]
"""Of a story told with two whole instances: full figures only."""
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

Sit = Callable[..., Desk]
"""``sit(user, width=…, height=…, zoom=…)``: a window of one's own."""


@pytest.fixture
def team(transactional_db: None, configuration: None) -> dict[str, User]:
    """Alice and bob, physicians of one establishment; bob has his authenticator, alice signs in for the first time."""
    facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    bob = make_user("bob", "medecin", facility, family="BERNARD", given="Bob", national_id="810000000002")
    return {"alice": alice, "bob": enrolled(bob)}


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """Two editors, and a physician whose region is set up, with one RCP of the breast."""
    list(set_up_configuration())
    network, centre = directory.Named("5201", "ONCOPL", "Onco Pays de la Loire"), directory.Named("520114", "3C49", "3C 49")
    directory.record_rcp(national_id="27011113", denomination="Sénologie", network=network, centre=centre)
    facility = make_facility()
    return {
        "edith": make_user("edith", "editeur", None, family="EYMARD", given="Édith"),
        "emile": make_user("emile", "editeur", None, family="ESNAULT", given="Émile"),
        "alice": make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001"),
    }


def start_pps(author: User, physician: User, make_valid: Callable[[User, User, UUID], object]) -> UUID:
    """The PPS, just started, of an FRCP that ``make_valid`` fills and validates."""
    ensure_default_forms("pps")
    facility = author.memberships.get().facility
    assert facility is not None
    patient_id = make_patient(author, facility)
    frcp_id = documents.create_document(actor=author, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    make_valid(author, physician, frcp_id)
    return documents.create_following(actor=author, reference_id=frcp_id)


@pytest.fixture
def flags() -> list[str]:
    """How the browser is started; a test of the camera gives it a film."""
    return FLAGS


@pytest.fixture
def sit(live_server: Any, monkeypatch: pytest.MonkeyPatch, flags: list[str]) -> Iterator[Sit]:
    """Windows in a browser of this test."""
    # Playwright runs an event loop in this thread; Django would take the tests' own queries for asynchronous ones.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    cache.clear()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        desks: list[Desk] = []

        def open_window(user: User, *, width: int = 1366, height: int = 900, zoom: float = 1, **options: Any) -> Desk:
            context = browser.new_context(
                base_url=live_server.url,
                viewport={"width": round(width / zoom), "height": round(height / zoom)},
                device_scale_factor=zoom,
                locale="fr-FR",
                timezone_id="Europe/Paris",
                # Of the window, not of the browser: Playwright tells each window that motion is welcome, and a click on a
                # sticky head that still glides with a smooth scroll falls beside it.
                reduced_motion="reduce",
                **options,
            )
            desks.append(Desk(context, user, scripts=bool(options.get("java_script_enabled", True))))
            return desks[-1]

        yield open_window
        try:
            for desk in desks:
                desk.close()
        finally:
            browser.close()
            # While Playwright's loop runs, Django's connections are others than those that the end of the test closes.
            connections.close_all()


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[tuple[Instance, Instance]]:
    """Both regions of the demonstration with mail servers between them, prepared and running."""
    with prepared_regions(tmp_path) as instances:
        yield instances


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium, for who signs in on another server than the test's."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
