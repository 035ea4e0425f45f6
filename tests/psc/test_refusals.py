"""Forged, stale or foreign proofs: each is refused on a page that says why, with its status, and written in the journal.

The forger is the provider itself, changed in one thing; its keys are real, so that only that thing is wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.accounts.psc import provider as client_side
from dcc.accounts.psc.refusals import REFUSALS, Refused
from dcc.audit import api as audit
from plugins.sandbox.psc.provider import Provider
from tests.broken_servers import broken_server
from tests.psc.conftest import CALLBACK, Psc

pytestmark = pytest.mark.django_db
BOB = "810000000002"
Claims = dict[str, Any]


def _is_out(client: Client, response: Any, code: str) -> None:
    page = response.content.decode()
    assert f"psc-{code}" in page, page[:2000]
    assert response.status_code == REFUSALS[code].status
    assert str(REFUSALS[code].what).split("’")[0] in page
    assert client.get("/compte/securite/").status_code == 302
    assert audit.traces()[0].facts | {"ip": ""} == {"ip": "", "way": "psc", "reason": code}


CLAIMS: Mapping[str, tuple[str, Callable[[Claims], Any]]] = {
    "nonce": ("nonce", lambda c: c.update(nonce="x" * 43)),
    "no nonce": ("nonce", lambda c: c.pop("nonce")),
    "audience": ("audience", lambda c: c.update(aud="another-service")),
    "no audience": ("audience", lambda c: c.pop("aud")),
    "several audiences without azp": ("audience", lambda c: (c.update(aud=[c["aud"], "other"]), c.pop("azp"))),
    "authorised party": ("audience", lambda c: c.update(azp="another-service")),
    "issuer": ("issuer", lambda c: c.update(iss="https://elsewhere.invalid/auth/realms/esante-wallet")),
    "no issuer": ("issuer", lambda c: c.pop("iss")),
    "acr": ("acr", lambda c: c.update(acr="eidas0")),
    "no acr": ("acr", lambda c: c.pop("acr")),
    "older acr": ("acr", lambda c: c.update(acr="eidas3")),
    "expired": ("expired", lambda c: c.update(exp=int(time.time()) - 60)),
    "no expiry": ("expired", lambda c: c.pop("exp")),
    "issued in the future": ("future", lambda c: c.update(iat=int(time.time()) + 600)),
    "no date": ("future", lambda c: c.pop("iat")),
    "no subject": ("token", lambda c: c.pop("sub")),
    "another subject": ("subject", lambda c: c.update(sub="f:0c1d7d3e-0000-4000-8000-000000000001:810000000001")),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_that_are_wrong(client: Client, psc: Psc, bob: User, name: str) -> None:
    code, change = CLAIMS[name]
    sound = psc.provider.id_claims

    def forged(*args: Any) -> Claims:
        claims = sound(*args)
        change(claims)
        return claims

    psc.provider.id_claims = forged  # type: ignore[assignment, method-assign]  # the fixture puts it back
    _is_out(client, psc.sign_in(client, BOB), code)


def _none(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, "", "none", headers={"kid": provider.keys.name("RS256")})


def _secret_is_the_public_key(provider: Provider, claims: Claims) -> str:
    """The confusion of algorithms: an HMAC whose secret is the published key. PyJWT refuses to make one, so by hand."""
    import base64
    import hashlib
    import hmac
    import json

    key = provider.keys.private("RS256").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "JWT", "kid": provider.keys.name("RS256")}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = base64.urlsafe_b64encode(hmac.new(key, b".".join(parts), hashlib.sha256).digest()).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def _another_key(provider: Provider, claims: Claims) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, "RS256", headers={"kid": provider.keys.name("RS256")})


def _unknown_key(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, provider.keys.private("RS256"), "RS256", headers={"kid": "unknown"})


def _tampered(provider: Provider, claims: Claims) -> str:
    head, _body, signature = provider.keys.sign(claims, "RS256").split(".")
    body = provider.keys.sign({**claims, "sub": "another"}, "RS256").split(".")[1]
    return f"{head}.{body}.{signature}"


SIGNATURES: Mapping[str, tuple[str, Callable[[Provider, Claims], str]]] = {
    "none": ("algorithm", _none),
    "HS256 with the public key": ("algorithm", _secret_is_the_public_key),
    "PS256": ("algorithm", lambda p, c: jwt.encode(c, p.keys.private("RS256"), "PS256", headers={"kid": p.keys.name("RS256")})),
    "another key": ("signature", _another_key),
    "unknown key": ("key", _unknown_key),
    "another content": ("signature", _tampered),
    "not a token": ("token", lambda p, c: "abc"),
    "empty": ("token", lambda p, c: ""),
    "huge": ("token", lambda p, c: "a" * 40_000),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_that_are_wrong(client: Client, psc: Psc, bob: User, name: str) -> None:
    code, sign = SIGNATURES[name]
    psc.provider.signed = lambda claims: sign(psc.provider, dict(claims))  # type: ignore[method-assign]
    _is_out(client, psc.sign_in(client, BOB), code)


USERINFO: Mapping[str, tuple[str, Callable[[Claims], Any]]] = {
    "of another": ("subject", lambda c: c.update(sub="f:other")),
    "of nobody": ("subject", lambda c: c.pop("sub")),
    "without identifier": ("identity", lambda c: (c.update(SubjectNameID=""), c.pop("preferred_username"))),
    "without activity": ("situation", lambda c: c.update(SubjectRefPro={"codeCivilite": "M", "exercices": []})),
}


@pytest.mark.parametrize("name", USERINFO)
def test_userinfo_that_is_wrong(client: Client, psc: Psc, bob: User, name: str) -> None:
    code, change = USERINFO[name]
    claims = dict(psc.provider.people[BOB])
    change(claims)
    psc.provider.userinfo_of = lambda person: claims  # type: ignore[method-assign]
    _is_out(client, psc.sign_in(client, BOB), code)


class TestTheReturn:
    """What the browser brings back."""

    def test_under_a_state_of_nobody(self, client: Client, psc: Psc, bob: User) -> None:
        asked = psc.leave(client)
        _is_out(client, psc.come_back(client, {**asked, "state": "z" * 43}, BOB), "state")

    def test_in_another_browser(self, client: Client, psc: Psc, bob: User) -> None:
        asked = psc.leave(Client())
        _is_out(client, psc.come_back(client, asked, BOB), "state")

    def test_twice(self, client: Client, psc: Psc, bob: User) -> None:
        asked = psc.leave(client)
        address = psc.provider.choose(asked, BOB).removeprefix("http://testserver")
        assert client.get(address).status_code == 302
        client.post(reverse("accounts:logout"), {"only": "here"})
        _is_out(client, client.get(address), "state")

    def test_with_a_code_that_served(self, client: Client, psc: Psc, bob: User) -> None:
        asked = psc.leave(client)
        address = psc.provider.choose(asked, BOB)
        code = dict(part.split("=") for part in address.partition("?")[2].split("&"))["code"]
        psc.provider._codes[code].code_used = True
        _is_out(client, client.get(address.removeprefix("http://testserver")), "code")

    def test_of_another_person_with_her_code(self, client: Client, psc: Psc, bob: User) -> None:
        """A code injected in one's own flow: PKCE."""
        stolen = dict(part.split("=") for part in psc.provider.choose(psc.leave(Client()), BOB).partition("?")[2].split("&"))
        asked = psc.leave(client)
        _is_out(client, client.get(CALLBACK, {"code": stolen["code"], "state": asked["state"]}), "code")

    def test_without_a_code(self, client: Client, psc: Psc, bob: User) -> None:
        _is_out(client, client.get(CALLBACK, {"state": psc.leave(client)["state"]}), "state")

    def test_with_a_refusal(self, client: Client, psc: Psc, bob: User) -> None:
        _is_out(client, client.get(CALLBACK, {"state": psc.leave(client)["state"], "error": "access_denied"}), "cancelled")

    def test_from_another_issuer(self, client: Client, psc: Psc, bob: User) -> None:
        """Mix-up of providers (RFC 9207)."""
        answer = {"state": psc.leave(client)["state"], "code": "x", "iss": "https://elsewhere.invalid"}
        _is_out(client, client.get(CALLBACK, answer), "issuer")

    def test_after_too_long(self, client: Client, psc: Psc, bob: User) -> None:
        asked = psc.leave(client)
        session = client.session
        session["oidc_states"][asked["state"]]["added_on"] -= 601
        session.save()
        _is_out(client, psc.come_back(client, asked, BOB), "state")


def test_a_closed_account(client: Client, psc: Psc, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    _is_out(client, psc.sign_in(client, BOB), "closed")


def test_the_provider_is_away(client: Client, psc: Psc, settings: Settings) -> None:
    settings.DCC_PSC = type(settings.DCC_PSC)(discovery="http://127.0.0.1:9/x/.well-known/wallet-openid-configuration")
    client_side.forget()
    _is_out(client, client.get(reverse("accounts:psc_start")), "unreachable")
    page = client.get(reverse("accounts:psc_start")).content.decode()
    assert f'href="{reverse("accounts:login")}"' in page, "the local mode is offered"


def test_without_settings_there_is_no_such_way(client: Client) -> None:
    assert client.get(reverse("accounts:psc_start")).status_code == 404
    assert "Pro Santé Connect" not in client.get(reverse("accounts:login")).content.decode()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
@pytest.mark.parametrize("signed_userinfo", [False, True])
def test_what_is_sound_enters(client: Client, psc: Psc, bob: User, algorithm: str, signed_userinfo: bool) -> None:
    psc.provider.algorithm, psc.provider.signed_userinfo = algorithm, signed_userinfo
    assert psc.sign_in(client, BOB).status_code == 302
    assert client.get("/compte/securite/").status_code == 200


def test_keys_are_renewed(client: Client, psc: Psc, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new key is fetched when a token first names it; forged names fetch nothing for a while."""
    assert psc.sign_in(client, BOB).status_code == 302
    psc.provider.keys.rotate()
    monkeypatch.setattr(client_side, "KEY_PAUSE", 0)
    assert psc.sign_in(Client(), BOB).status_code == 302
    monkeypatch.setattr(client_side, "KEY_PAUSE", 30)
    psc.provider.keys.rotate()
    _is_out(Client(), psc.sign_in(Client(), BOB), "key")


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        (b"Content-Length: 400\r\n\r\n{", 0),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", 0),
        (b"Content-Length: 400\r\n\r\n" + b" " * 400, 0.2),
    ],
    ids=["truncated", "broken chunks", "trickled"],
)
def test_a_provider_that_breaks_off_is_one_that_does_not_answer(said: bytes, pause: float, settings: Settings) -> None:
    settings.DCC_PSC = replace(settings.DCC_PSC, timeout=1)
    with broken_server(b"HTTP/1.1 200 OK\r\n" + said, pause) as address, pytest.raises(Refused) as refused:
        client_side.call("GET", f"{address}/.well-known/openid-configuration")
    assert refused.value.code == "unreachable"
