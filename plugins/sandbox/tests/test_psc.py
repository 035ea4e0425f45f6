"""The stand-in of Pro Santé Connect is strict, and shows its people."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from plugins.sandbox.psc.pages import PageHandler
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.provider import DISCOVERY, REALM, Client, Provider
from plugins.sandbox.psc.server import serve

BACK, LEFT, BOB = "http://localhost:1/retour/", "http://localhost:1/parti/", "810000000002"
VERIFIER = "v" * 64
ASKED = {
    "client_id": "c",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid scope_all",
    "acr_values": "eidas1",
    "state": "s" * 43,
    "nonce": "n" * 43,
    "code_challenge_method": "S256",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    provider = Provider("", Client("c", "secret", (BACK,), (LEFT,)), PEOPLE)
    server = serve(provider, 0, PageHandler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}{REALM}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield provider.issuer
    server.shutdown()
    server.server_close()
    thread.join()


def _post(address: str, path: str, data: dict[str, str], **options: Any) -> requests.Response:
    at = f"{address}/protocol/openid-connect/{path}"
    return requests.post(at, data=data, timeout=30, allow_redirects=False, **options)


def _code(address: str, **changes: str) -> dict[str, str]:
    response = _post(address, "auth", {**ASKED, "person": BOB, **changes})
    assert response.status_code == 303
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def _exchange(address: str, code: str, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return _post(address, "token", {**form, "client_id": "c", "client_secret": "secret", **changes})


def test_its_documents(address: str) -> None:
    found = requests.get(address + DISCOVERY, timeout=30).json()
    assert found["issuer"] == address
    keys = requests.get(found["jwks_uri"], timeout=30).json()["keys"]
    assert [key["alg"] for key in keys] == ["RS256", "ES256"]
    assert not any("d" in key for key in keys)
    assert requests.get(f"{address}/nowhere", timeout=30).status_code == 404


def test_its_people_are_shown(address: str) -> None:
    page = requests.get(f"{address}/protocol/openid-connect/auth", params=ASKED, timeout=30).text
    assert "Choisir un professionnel" in page
    assert all(f'value="{identifier}"' in page for identifier in PEOPLE)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_client_that_is_not_the_declared_one_is_not_answered(address: str, name: str) -> None:
    response = _post(address, "auth", {**ASKED, "person": BOB, name: "http://elsewhere.invalid/"})
    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_type", "token"),
        ("scope", "openid"),
        ("acr_values", "eidas3"),
        ("state", "short"),
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
    ],
)
def test_a_request_that_is_not_whole_is_refused(address: str, name: str, value: str) -> None:
    answer = _code(address, **{name: value})
    assert (answer["error"], answer["error_description"]) == ("invalid_request", name)


def test_somebody_who_gives_up(address: str) -> None:
    assert _code(address, person="")["error"] == "access_denied"


def test_a_code_serves_once_to_whom_it_was_made_for(address: str) -> None:
    assert _exchange(address, _code(address)["code"], client_secret="other").status_code == 401
    assert _exchange(address, _code(address)["code"], code_verifier="w" * 64).json()["error"] == "invalid_grant"
    assert _exchange(address, _code(address)["code"], redirect_uri="http://x").json()["error"] == "invalid_grant"
    code = _code(address)["code"]
    tokens = _exchange(address, code).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = f"{address}/protocol/openid-connect/userinfo"
    assert requests.get(userinfo, headers=bearer, timeout=30).json()["SubjectNameID"] == BOB
    assert _exchange(address, code).json()["error"] == "invalid_grant"
    assert requests.get(userinfo, headers=bearer, timeout=30).status_code == 401, "a replayed code voids what it gave"


def test_a_refresh_token_serves_once(address: str) -> None:
    first = _exchange(address, _code(address)["code"]).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": first}
    basic = requests.auth.HTTPBasicAuth("c", "secret")
    assert _post(address, "token", form, auth=basic).json()["refresh_token"] != first
    assert _post(address, "token", form, auth=basic).json()["error"] == "invalid_grant"
    assert _post(address, "token", {"grant_type": "password"}, auth=basic).json()["error"] == "unsupported_grant_type"


def test_the_browser_keeps_its_session_until_it_is_ended(address: str) -> None:
    browser = requests.Session()
    at = f"{address}/protocol/openid-connect"
    browser.post(f"{at}/auth", data={**ASKED, "person": BOB}, timeout=30, allow_redirects=False)
    assert "BERNARD" in browser.get(f"{address}/", timeout=30).text
    first = browser.get(f"{at}/auth", params=ASKED, timeout=30).text
    assert first.index(BOB) < first.index("810000000001")
    assert "Session fermée" in browser.post(f"{address}/fin", timeout=30).text
    assert "Aucune session" in browser.get(f"{address}/", timeout=30).text


def test_leaving_goes_back_where_it_was_declared(address: str) -> None:
    hint = _exchange(address, _code(address)["code"]).json()["id_token"]
    left = _post(address, "logout", {"id_token_hint": hint, "post_logout_redirect_uri": LEFT, "state": "z"})
    assert left.headers["Location"] == f"{LEFT}?state=z"
    assert _post(address, "logout", {"id_token_hint": hint, "post_logout_redirect_uri": BACK}).status_code == 400
    assert _post(address, "logout", {"id_token_hint": "x"}).status_code == 400
