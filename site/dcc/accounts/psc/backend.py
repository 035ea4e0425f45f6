"""The client of Pro Santé Connect: mozilla-django-oidc's code flow, with the checks that it leaves to its user."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from requests.auth import HTTPBasicAuth

from dcc.accounts.models import User
from dcc.accounts.psc import provider, tokens
from dcc.accounts.psc.claims import Proof, professional_of
from dcc.accounts.psc.refusals import Refused

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = 60


class PscBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # mozilla-django-oidc ships no types
    """Who comes back from Pro Santé Connect. Looked up by national identifier, never by e-mail, and never created here.

    Listed in ``AUTHENTICATION_BACKENDS`` for the sessions it opened; a username and a password never reach it.
    """

    def __init__(self) -> None:
        """Nothing is fetched: Django makes one of us at each request."""
        self.UserModel = get_user_model()
        self.OIDC_RP_CLIENT_ID = settings.DCC_PSC.client_id
        self.OIDC_RP_CLIENT_SECRET = settings.DCC_PSC.client_secret
        self.claims: dict[str, Any] = {}
        self.received: dict[str, Any] = {}
        self.id_claims: dict[str, Any] = {}

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        """The settings of the library that its code flow reads; ours are in ``DCC_PSC``."""
        ours = {"OIDC_AUTHENTICATION_CALLBACK_URL": "accounts:psc_callback"}
        return ours[attr] if attr in ours else OIDCAuthenticationBackend.get_settings(attr, *args)

    def authenticate(self, request: HttpRequest, *, nonce: str, code_verifier: str) -> User | None:
        """Complete the flow that came back with ``code``: the known user, or nobody. Raises :class:`Refused`."""
        user: User | None = super().authenticate(request, nonce=nonce, code_verifier=code_verifier)
        return user

    def proof(self) -> Proof:
        """What the completed flow gave. Raises :class:`Refused` ``identity``."""
        try:
            professional = professional_of(self.claims)
        except LookupError as error:
            raise Refused("identity") from error
        sid = self.id_claims.get("sid") or self.received.get("session_state") or ""
        return Proof(professional, str(self.id_claims["sub"]), str(sid)[:255], self.received)

    def get_user(self, user_id: object) -> Any:
        """As for a password: not a closed account."""
        return ModelBackend.get_user(self, user_id)

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Exchange the code. Raises :class:`Refused`."""
        self.received = token_answer(payload)
        return self.received

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The claims of the id_token, all checked. Raises :class:`Refused`."""
        claims = tokens.decoded(token, require=("iss", "aud", "exp", "iat", "sub"))
        if not constant_time_compare(str(claims.get("nonce", "")), kwargs.get("nonce") or "-"):
            raise Refused("nonce")
        if claims.get("acr") not in settings.DCC_PSC.accepted_acr:
            raise Refused("acr")
        self.id_claims = claims
        return claims

    def store_tokens(self, access_token: str, id_token: str) -> None:
        """Nowhere in the clear: the session's vault keeps them sealed."""

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The detailed identity, in JSON or signed, of the very person of the id_token. Raises :class:`Refused`."""
        url = provider.endpoint("userinfo_endpoint")
        response = provider.call("GET", url, headers={"Authorization": f"Bearer {access_token}"})
        if response.status_code != 200:
            raise Refused("unreachable" if response.status_code >= 500 else "provider")
        signed = response.headers.get("content-type", "").lower().startswith("application/jwt")
        claims = tokens.decoded(response.text, require=("iss", "aud")) if signed else provider.parsed(response)
        if not isinstance(claims, dict):
            raise Refused("provider")
        if not payload["sub"] or claims.get("sub") != payload["sub"]:
            raise Refused("subject")
        return claims

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User | None:
        """The user of the practitioner of that national identifier, if there is one."""
        self.claims = self.get_userinfo(access_token, id_token, payload)
        identifier = self.proof().professional.national_id
        return User.objects.filter(practitioner__national_id=identifier).select_related("practitioner").first()


def token_answer(payload: dict[str, Any]) -> dict[str, Any]:
    """Ask the token endpoint, proving that we are the client. Raises :class:`Refused` (``code``: grant refused)."""
    url = provider.endpoint("token_endpoint")
    data, auth = _with_client(payload, url)
    response = provider.call("POST", url, data=data, auth=auth, headers={"Accept": "application/json"})
    if response.status_code >= 500:
        raise Refused("unreachable")
    answer = provider.parsed(response)
    if not isinstance(answer, dict):
        raise Refused("provider")
    if response.status_code != 200:
        raise Refused("code" if answer.get("error") == "invalid_grant" else "provider")
    if not isinstance(answer.get("access_token"), str) or not answer["access_token"]:
        raise Refused("provider")
    return answer


def _with_client(payload: dict[str, Any], url: str) -> tuple[dict[str, Any], HTTPBasicAuth | None]:
    psc = settings.DCC_PSC
    data = {key: value for key, value in payload.items() if key != "client_secret"} | {"client_id": psc.client_id}
    if psc.method == "client_secret_basic":
        del data["client_id"]
        return data, HTTPBasicAuth(psc.client_id, psc.client_secret)
    if psc.method == "client_secret_post":
        return data | {"client_secret": psc.client_secret}, None
    if psc.method == "private_key_jwt":
        return data | {"client_assertion_type": ASSERTION, "client_assertion": _assertion(url)}, None
    return data, None  # tls_client_auth: the certificate says it


def _assertion(url: str) -> str:
    """The signed statement by which the client proves itself (RFC 7523)."""
    psc, now = settings.DCC_PSC, int(time.time())
    claims = {"iss": psc.client_id, "sub": psc.client_id, "aud": url, "iat": now, "exp": now + ASSERTION_LIFE}
    algorithm = "ES256" if "BEGIN EC" in psc.private_key else "RS256"
    headers = {"kid": psc.key_id} if psc.key_id else None
    return jwt.encode(claims | {"jti": secrets.token_urlsafe(16)}, psc.private_key, algorithm, headers=headers)
