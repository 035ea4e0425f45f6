"""The protocol, without HTTP: discovery, authorisation, token, userinfo, logout. Strict: what PSC would refuse is refused.

Tests change what it answers by overriding :meth:`Provider.id_claims`, :meth:`Provider.signed` or :meth:`Provider.userinfo_of`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from plugins.sandbox.psc.keys import Keys

CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS = 60, 120, 1800
REALM = "/auth/realms/esante-wallet"
DISCOVERY = "/.well-known/wallet-openid-configuration"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Client:
    """The one client that the stand-in knows."""

    client_id: str
    secret: str
    redirect_uris: tuple[str, ...]
    logged_out_uris: tuple[str, ...] = ()
    back_channel_uri: str = ""


class Rejected(Exception):
    """A request that Pro Santé Connect would not take: an OAuth error code, and words for whoever develops."""

    def __init__(self, error: str, words: str = "") -> None:
        super().__init__(f"{error}: {words}")
        self.error, self.words = error, words


@dataclass(slots=True)
class _Grant:
    """What a person agreed to, from the code to the last refresh."""

    person: str
    sid: str
    nonce: str
    acr: str
    redirect_uri: str
    challenge: str
    made_at: float = field(default_factory=time.time)
    code_used: bool = False
    access: dict[str, float] = field(default_factory=dict)
    refresh: str = ""


class Provider:
    """Everything in memory; ``people`` are userinfo claims by national identifier."""

    def __init__(self, issuer: str, client: Client, people: Mapping[str, Mapping[str, Any]]) -> None:
        self.issuer, self.client, self.people = issuer, client, people
        self.keys = Keys()
        self.algorithm = "RS256"
        self.access_seconds = ACCESS_SECONDS
        self.signed_userinfo = False
        self._codes: dict[str, _Grant] = {}

    # Documents ------------------------------------------------------------------------------------------------------------
    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        at = f"{self.issuer}/protocol/openid-connect"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{at}/auth",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/certs",
            "end_session_endpoint": f"{at}/logout",
            "response_types_supported": ["code"],
            "acr_values_supported": ["eidas1"],
            "scopes_supported": ["openid", "scope_all"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    # Authorisation --------------------------------------------------------------------------------------------------------
    def check_authorization(self, asked: Mapping[str, str]) -> None:
        """Raises :class:`Rejected`; ``invalid_client`` and ``invalid_redirect_uri`` are shown here, never sent back."""
        if asked.get("client_id") != self.client.client_id:
            raise Rejected("invalid_client", "client_id inconnu")
        if asked.get("redirect_uri") not in self.client.redirect_uris:
            raise Rejected("invalid_redirect_uri", "redirect_uri non déclarée")
        wrong = [
            name
            for name, right in (
                ("response_type", asked.get("response_type") == "code"),
                ("scope", {"openid", "scope_all"} <= set(asked.get("scope", "").split())),
                ("acr_values", asked.get("acr_values") == "eidas1"),
                ("state", len(asked.get("state", "")) >= 22),
                ("nonce", len(asked.get("nonce", "")) >= 22),
                ("code_challenge_method", asked.get("code_challenge_method") == "S256"),
                ("code_challenge", len(asked.get("code_challenge", "")) == 43),
            )
            if not right
        ]
        if wrong:
            raise Rejected("invalid_request", ", ".join(wrong))

    def choose(self, asked: Mapping[str, str], person: str, *, sid: str = "") -> str:
        """Somebody proved who she is: the address to send her back to. Raises :class:`Rejected`, ``KeyError`` for a stranger."""
        self.check_authorization(asked)
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Grant(
            person=str(self.people[person]["SubjectNameID"]),
            sid=sid or secrets.token_urlsafe(16),
            nonce=asked["nonce"],
            acr=asked["acr_values"],
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
        )
        return self.back(asked, code=code)

    def back(self, asked: Mapping[str, str], **answer: str) -> str:
        """The client's address with an answer."""
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked.get('state', ''), 'iss': self.issuer})}"

    # Tokens ---------------------------------------------------------------------------------------------------------------
    def token(self, posted: Mapping[str, str], *, client: tuple[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint. Raises :class:`Rejected`."""
        if client != (self.client.client_id, self.client.secret):
            raise Rejected("invalid_client")
        if posted.get("grant_type") == "authorization_code":
            return self._issued(self._code_grant(posted))
        if posted.get("grant_type") == "refresh_token":
            return self._issued(self._refresh_grant(posted.get("refresh_token", "")))
        raise Rejected("unsupported_grant_type")

    def _code_grant(self, posted: Mapping[str, str]) -> _Grant:
        grant = self._codes.get(posted.get("code", ""))
        if grant is None:
            raise Rejected("invalid_grant", "code inconnu")
        if grant.code_used:  # replayed: what it gave is void
            grant.access.clear()
            grant.refresh = ""
            raise Rejected("invalid_grant", "code déjà utilisé")
        grant.code_used = True
        digest = hashlib.sha256(posted.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != grant.challenge:
            raise Rejected("invalid_grant", "code_verifier")
        if posted.get("redirect_uri") != grant.redirect_uri or grant.made_at + CODE_SECONDS < time.time():
            raise Rejected("invalid_grant", "redirect_uri ou délai")
        return grant

    def _refresh_grant(self, token: str) -> _Grant:
        grant = next((g for g in self._codes.values() if token and g.refresh == token), None)
        if grant is None:
            raise Rejected("invalid_grant", "refresh_token")
        return grant

    def _issued(self, grant: _Grant) -> dict[str, Any]:
        access = secrets.token_urlsafe(32)
        grant.access[access] = time.time() + self.access_seconds
        grant.refresh = secrets.token_urlsafe(32)
        return {
            "access_token": access,
            "expires_in": self.access_seconds,
            "refresh_token": grant.refresh,
            "refresh_expires_in": REFRESH_SECONDS,
            "token_type": "Bearer",
            "id_token": self.signed(self.id_claims(grant.person, grant.nonce, grant.acr, grant.sid)),
            "session_state": grant.sid,
            "scope": "openid scope_all",
        }

    def id_claims(self, person: str, nonce: str, acr: str, sid: str) -> dict[str, Any]:
        """What the id_token says."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": self.people[person]["sub"],
            "aud": self.client.client_id,
            "azp": self.client.client_id,
            "iat": now,
            "exp": now + self.access_seconds,
            "auth_time": now,
            "nonce": nonce,
            "acr": acr,
            "sid": sid,
            "typ": "ID",
        }

    def signed(self, claims: Mapping[str, Any]) -> str:
        """A token of the provider."""
        return self.keys.sign(claims, self.algorithm)

    # Userinfo -------------------------------------------------------------------------------------------------------------
    def userinfo(self, access: str) -> Mapping[str, Any]:
        """The claims of whoever the access token is for. Raises :class:`Rejected` ``invalid_token``."""
        grant = next((g for g in self._codes.values() if g.access.get(access, 0) > time.time()), None)
        if grant is None:
            raise Rejected("invalid_token")
        return self.userinfo_of(grant.person)

    def userinfo_of(self, person: str) -> Mapping[str, Any]:
        """The claims of a person."""
        return self.people[person]

    # Logout ---------------------------------------------------------------------------------------------------------------
    def end_session(self, asked: Mapping[str, str]) -> str:
        """End the session that ``id_token_hint`` names; the address to go back to, or nothing. Raises :class:`Rejected`."""
        import jwt

        try:
            hint = jwt.decode(asked.get("id_token_hint", ""), options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise Rejected("invalid_request", "id_token_hint") from error
        self.forget(str(hint.get("sid", "")))
        back = asked.get("post_logout_redirect_uri", "")
        if not back:
            return ""
        if back not in self.client.logged_out_uris:
            raise Rejected("invalid_request", "post_logout_redirect_uri non déclarée")
        return f"{back}?{urlencode({'state': asked.get('state', '')})}"

    def forget(self, sid: str) -> list[str]:
        """End a session: its tokens are void. The people it was of."""
        ended = [grant for grant in self._codes.values() if grant.sid == sid]
        for grant in ended:
            grant.access.clear()
            grant.refresh = ""
        return [grant.person for grant in ended]

    def logout_token(self, *, sub: str = "", sid: str = "") -> str:
        """What the back channel tells the client (OpenID Connect Back-Channel Logout 1.0)."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "events": {LOGOUT_EVENT: {}},
        }
        claims |= {name: value for name, value in (("sub", sub), ("sid", sid)) if value}
        return self.keys.sign(claims, self.algorithm, kind="logout+jwt")
