"""The same way in, against a certified provider (npm ``oidc-provider``, Node), which owes nothing to our reading of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm
from pytest_django import Settings

from dcc.accounts import sessions
from dcc.accounts.models import PscSession, User
from dcc.accounts.psc import provider as client_side
from dcc.accounts.psc import refreshing, vault
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.provider import DISCOVERY
from tests.psc.conftest import CALLBACK, LEFT, SITE, START

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
ALICE, BOB = "810000000001", "810000000002"
SECRET, SECURITY = "secret-de-test", "/compte/securite/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _client(name: str, **more: Any) -> dict[str, Any]:
    return {
        "client_id": name,
        "client_secret": SECRET,
        "redirect_uris": [f"{SITE}{CALLBACK}"],
        "post_logout_redirect_uris": [f"{SITE}{LEFT}"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
        **more,
    }


CLIENTS = [
    _client("psc-rs256", id_token_signed_response_alg="RS256"),
    _client("psc-es256", id_token_signed_response_alg="ES256"),
    _client("psc-signed-userinfo", userinfo_signed_response_alg="RS256"),
    _client("psc-basic", token_endpoint_auth_method="client_secret_basic"),
    _client(
        "psc-key",
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="RS256",
        jwks={"keys": [{**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "use": "sig", "alg": "RS256"}]},
    ),
]


@dataclass(frozen=True, slots=True)
class Certified:
    """The provider, and a browser that goes through it."""

    address: str
    settings: Settings

    def use(self, name: str, **more: Any) -> None:
        """Be another client of it."""
        known = replace(self.settings.DCC_PSC, discovery=self.address + DISCOVERY, client_id=name, client_secret=SECRET)
        self.settings.DCC_PSC = replace(known, **more)
        client_side.forget()

    def answer(self, client: Client, person: str, browser: requests.Session, **query: str) -> str:
        """Leave, prove who one is there; the address that leads back."""
        location = client.get(START, query)["Location"]
        for _ in range(6):
            if location.startswith(SITE):
                return location.removeprefix(SITE)
            params = {"person": person} if "/interaction/" in location else None
            response = browser.get(location, params=params, timeout=30, allow_redirects=False)
            assert response.is_redirect, response.text[:500]
            location = urljoin(location, response.headers["Location"])
        raise AssertionError(location)

    def sign_in(self, client: Client, person: str = BOB, **query: str) -> Any:
        """The whole way."""
        with requests.Session() as browser:
            return client.get(self.answer(client, person, browser, **query))


@pytest.fixture(scope="module")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("le fournisseur certifié n'est pas installé : .ci/install test")
    config = tmp_path_factory.mktemp("psc") / "config.json"
    config.write_text(json.dumps({"clients": CLIENTS, "people": PEOPLE, "seconds": 120}))
    with subprocess.Popen(
        [node, str(HERE / "provider.mjs"), str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def certified(_process: str, settings: Settings) -> Iterator[Certified]:
    """Pro Santé Connect is on, played by the certified provider."""
    made = Certified(_process, settings)
    made.use("psc-rs256")
    yield made
    client_side.forget()


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("psc-rs256", {}),
        ("psc-es256", {}),
        pytest.param("psc-signed-userinfo", {}, marks=pytest.mark.prove),
        pytest.param("psc-basic", {"method": "client_secret_basic"}, marks=pytest.mark.prove),
        pytest.param("psc-key", {"method": "private_key_jwt"}, marks=pytest.mark.prove),
    ],
)
def test_a_physician_enters(client: Client, certified: Certified, bob: User, name: str, more: dict[str, str]) -> None:
    if name == "psc-key":
        more = {**more, "private_key": KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()}
    certified.use(name, **more)
    assert certified.sign_in(client, next=SECURITY)["Location"] == SECURITY
    assert client.get(SECURITY).status_code == 200
    assert sessions.level_of(client.session) is sessions.Level.PSC


@pytest.mark.prove
def test_several_situations(client: Client, certified: Certified, alice: User) -> None:
    page = reverse("accounts:psc_situation")
    assert certified.sign_in(client, ALICE)["Location"] == page
    assert client.post(page, {"situation": "0-0"}).status_code == 302
    assert client.get(SECURITY).status_code == 200


def test_keys_are_renewed(client: Client, certified: Certified, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert certified.sign_in(client).status_code == 302
    requests.post(f"{certified.address}/control/rotate", timeout=30)
    monkeypatch.setattr(client_side, "KEY_PAUSE", 0)
    assert certified.sign_in(Client()).status_code == 302


def test_tokens_are_refreshed_then_void(client: Client, certified: Certified, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    certified.sign_in(client)
    row = PscSession.objects.get()
    before = vault.tokens_of(row)
    monkeypatch.setattr(refreshing, "MARGIN", 3600)
    monkeypatch.setattr(refreshing, "_good", lambda tokens: bool(before) and tokens != before)
    after = refreshing.live_tokens(row)
    assert before is not None
    assert after is not None
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"], "it serves once"
    vault.renew(row, {"refresh_token": before["refresh_token"]})
    monkeypatch.setattr(refreshing, "_good", lambda _tokens: False)
    assert refreshing.live_tokens(row) is None
    row.refresh_from_db()
    assert row.vault == "", "the provider refused it: the session is over"


def test_leaving_there_too(client: Client, certified: Certified, bob: User) -> None:
    with requests.Session() as browser:
        client.get(certified.answer(client, BOB, browser))
        client.post(reverse("accounts:psc_leave"))
        page = browser.get(client.get(reverse("accounts:psc_way_out"))["Location"], timeout=30)
        secret = page.text.partition('name="xsrf" value="')[2].partition('"')[0]
        form = {"xsrf": secret, "logout": "yes"}
        back = browser.post(f"{certified.address}/session/end/confirm", data=form, timeout=30, allow_redirects=False)
    assert back.headers["Location"].startswith(f"{SITE}{LEFT}?state=")
    response: Any = client.get(back.headers["Location"].removeprefix(SITE), follow=True)
    assert "déconnecté d’OncoDCC et de Pro Santé Connect" in response.content.decode()


@pytest.mark.prove
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"accepted_acr": ("eidas3",)}, "acr"),
        ({"client_secret": "wrong"}, "provider"),
        ({"leeway": -300}, "future"),
    ],
)
def test_what_does_not_fit_is_refused(client: Client, certified: Certified, bob: User, change: dict[str, Any], code: str) -> None:
    certified.settings.DCC_PSC = replace(certified.settings.DCC_PSC, **change)
    assert f"psc-{code}" in certified.sign_in(client).content.decode()
    assert client.get(SECURITY).status_code == 302
