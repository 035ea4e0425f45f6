"""A page of a browser on the live server, and a Pro Santé Connect that sends people back to it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings

from dcc.accounts.psc import provider as client_side
from plugins.sandbox.psc.pages import PageHandler
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.provider import DISCOVERY, REALM, Client, Provider
from plugins.sandbox.psc.server import serve
from tests.journeys.desk import PATIENCE

CHROMIUM = shutil.which("chromium")


@contextmanager
def browsed(live_server: Any, settings: Settings) -> Iterator[Page]:
    """The page; the caller allows Django's queries beside Playwright's loop (``DJANGO_ALLOW_ASYNC_UNSAFE``)."""
    back, left = (live_server.url + reverse(f"accounts:{name}") for name in ("psc_callback", "psc_left"))
    provider = Provider("", Client("c", "s", (back,), (left,)), PEOPLE)
    server = serve(provider, 0, PageHandler)
    provider.issuer = f"http://localhost:{server.server_port}{REALM}"
    settings.DCC_PSC = replace(settings.DCC_PSC, discovery=provider.issuer + DISCOVERY, client_id="c", client_secret="s")
    client_side.forget()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = browser.new_context(base_url=live_server.url, reduced_motion="reduce", locale="fr-FR").new_page()
        made.set_default_timeout(PATIENCE)
        yield made
        browser.close()
        connections.close_all()
    server.shutdown()
    server.server_close()
    thread.join()
    client_side.forget()
