"""What the provider signs is checked here, whole: mozilla-django-oidc checks neither audience nor issuer nor level by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from django.conf import settings

from dcc.accounts.psc import provider
from dcc.accounts.psc.refusals import Refused

ALGORITHMS: Mapping[str, str] = {"RS256": "RSA", "ES256": "EC"}
"""Signatures that are taken, with the type of their key: a public key never serves as the secret of an HMAC."""
LIMIT = 32_768
"""Characters of one token."""

_MISSING: Mapping[str, str] = {"iss": "issuer", "aud": "audience", "exp": "expired", "iat": "future"}
_REASONS: Sequence[tuple[type[jwt.PyJWTError], str]] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "future"),
    (jwt.InvalidIssuedAtError, "future"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.PyJWTError, "token"),
)


def decoded(token: object, *, require: Sequence[str] = ("iss", "aud", "exp", "iat")) -> dict[str, Any]:
    """The claims of a token of the provider for this client.

    Checked: size, algorithm, key (published by the provider), signature, issuer, audience, expiry, date; ``require`` names the
    claims that must be there. Raises :class:`Refused`.
    """
    if not isinstance(token, str) or not token or len(token) > LIMIT:
        raise Refused("token")
    key, algorithm = _key_of(token)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=settings.DCC_PSC.client_id,
            issuer=provider.metadata()["issuer"],
            leeway=settings.DCC_PSC.leeway,
            options={"require": list(require)},
        )
    except jwt.MissingRequiredClaimError as error:
        raise Refused(_MISSING.get(error.claim, "token")) from error
    except jwt.PyJWTError as error:
        raise Refused(next(code for kind, code in _REASONS if isinstance(error, kind))) from error
    if claims.get("azp", settings.DCC_PSC.client_id) != settings.DCC_PSC.client_id:
        raise Refused("audience")
    if isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise Refused("audience")
    return claims


def _key_of(token: str) -> tuple[jwt.PyJWK, str]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Refused("token") from error
    algorithm, kid = str(header.get("alg")), str(header.get("kid") or "")
    if algorithm not in ALGORITHMS:
        raise Refused("algorithm")
    for again in (False, True):  # an unknown key: they may have been renewed a moment ago
        key = _matching(provider.signing_keys(again=again), kid, algorithm)
        if key is not None:
            return key, algorithm
    raise Refused("key")


def _matching(keys: Sequence[Mapping[str, Any]], kid: str, algorithm: str) -> jwt.PyJWK | None:
    fitting = [
        key
        for key in keys
        if key.get("kty") == ALGORITHMS[algorithm] and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    ]
    named = [key for key in fitting if key.get("kid") == kid] if kid else fitting[:1]
    if not named:
        return None
    try:
        return jwt.PyJWK(dict(named[0]), algorithm)
    except jwt.PyJWTError:
        return None
