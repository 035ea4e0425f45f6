"""A provider on loopback, and a browser that goes through it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.psc import provider as client_side
from plugins.sandbox.psc import provider as sandbox
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.server import serve

START, CALLBACK = (reverse(f"accounts:{name}") for name in ("psc_start", "psc_callback"))
SITE = "http://testserver"
LEFT = reverse("accounts:psc_left")
CLIENT = sandbox.Client("oncodcc-test", "secret-de-test", (f"{SITE}{CALLBACK}",), (f"{SITE}{LEFT}",))


@dataclass(frozen=True, slots=True)
class Psc:
    """The provider, and what a person does with it."""

    provider: sandbox.Provider

    def leave(self, client: Client, **query: str) -> dict[str, str]:
        """Click the button: what the provider is asked."""
        response: Any = client.get(START, query)
        assert response.status_code == 302, response.content.decode()
        address = urlsplit(response["Location"])
        assert response["Location"].startswith(self.provider.discovery()["authorization_endpoint"])
        return dict(parse_qsl(address.query))

    def come_back(self, client: Client, asked: dict[str, str], person: str) -> Any:
        """Prove who one is there, and come back."""
        return client.get(self.provider.choose(asked, person).removeprefix(SITE))

    def sign_in(self, client: Client, person: str, **query: str) -> Any:
        """The whole way."""
        return self.come_back(client, self.leave(client, **query), person)


@pytest.fixture(scope="session")
def _server() -> Iterator[sandbox.Provider]:
    made = sandbox.Provider("", CLIENT, PEOPLE)
    server = serve(made, 0)
    made.issuer = f"http://127.0.0.1:{server.server_port}{sandbox.REALM}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def psc(_server: sandbox.Provider, settings: Settings) -> Iterator[Psc]:
    """Pro Santé Connect is on, and answers."""
    settings.DCC_PSC = replace(
        settings.DCC_PSC,
        discovery=_server.issuer + sandbox.DISCOVERY,
        client_id=CLIENT.client_id,
        client_secret=CLIENT.secret,
    )
    client_side.forget()
    kept = {**vars(_server), "_codes": {}}
    _server._codes = {}
    yield Psc(_server)
    for name in set(vars(_server)) - set(kept):
        delattr(_server, name)
    vars(_server).update(kept)
    client_side.forget()
