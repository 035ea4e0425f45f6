"""Receiving a call: is it signed by a software of ours, fresh, new, for somebody of that establishment who gave two factors?"""

from __future__ import annotations

import time
from dataclasses import dataclass

import jwt
from django.conf import settings

from dcc.accounts.calls.claims import Said, read_claims, two_factors
from dcc.accounts.calls.models import CallingKey, CallingSoftware
from dcc.accounts.calls.refusals import CallRefused
from dcc.accounts.models import Practitioner, User
from dcc.accounts.policies import Action
from dcc.accounts.queries import rights

TYPE = "dcc-call+jwt"
LONGEST = 8_000
"""Characters of a call."""
LEEWAY = 10
"""Seconds by which the clock of a software may differ from ours."""
REQUIRED = ["iss", "aud", "iat", "exp", "jti", "sub", "finess", "auth_time", "patient"]

_REASONS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.InvalidSignatureError, "signature"),
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "unknown_software"),
    (jwt.MissingRequiredClaimError, "claims"),
    (jwt.InvalidAlgorithmError, "algorithm"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose sender and whose person are known."""

    software: CallingSoftware
    user: User
    said: Said


def audience() -> str:
    """What ``aud`` must be: the address of this platform."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def read_call(token: str) -> Call:
    """The call of a token; raises ``CallRefused`` with the code of what is wrong. Nothing is kept yet (:func:`tickets.issue`)."""
    if len(token) > LONGEST:
        raise CallRefused("too_long")
    key = _key(token)
    try:
        return _call(token, key)
    except CallRefused as error:
        error.software_id = key.software_id
        raise


def _call(token: str, key: CallingKey) -> Call:
    said = _verified(token, key)
    _check_fresh(said)
    software = key.software
    if said.finess != software.facility.finess:
        raise CallRefused("other_facility")
    if not two_factors(said, software.accepted_acr.split()):
        raise CallRefused("weak")
    return Call(software, _person(said, software), said)


def _key(token: str) -> CallingKey:
    """The registered key that the token names, before anything it says is believed."""
    try:
        header = jwt.get_unverified_header(token)
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise CallRefused("unreadable") from error
    if header.get("typ") != TYPE:
        raise CallRefused("not_a_call")
    software = CallingSoftware.objects.filter(code=issuer, active=True).first() if isinstance(issuer, str) else None
    if software is None:
        raise CallRefused("unknown_software")
    keys = software.keys.filter(active=True).select_related("software__facility")
    key = keys.filter(kid=header["kid"]).first() if isinstance(header.get("kid"), str) else None
    if key is None:
        raise CallRefused("unknown_key")
    if header.get("alg") != key.algorithm:  # « none », or HS256 with our public key as its secret
        raise CallRefused("algorithm")
    return key


def _verified(token: str, key: CallingKey) -> Said:
    try:
        claims = jwt.decode(
            token,
            key.public_key,
            algorithms=[key.algorithm],
            audience=audience(),
            issuer=key.software.code,
            leeway=LEEWAY,
            options={"require": REQUIRED, "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        code = next((code for kind, code in _REASONS if isinstance(error, kind)), "unreadable")
        detail = f"(« {error.claim} »)" if isinstance(error, jwt.MissingRequiredClaimError) else ""
        raise CallRefused(code, detail) from error
    return read_claims(claims)


def _check_fresh(said: Said) -> None:
    if not 0 < said.expires_at - said.issued_at <= settings.DCC_CALL_SECONDS:
        raise CallRefused("too_long_lived", f"({settings.DCC_CALL_SECONDS} s au plus)")
    if said.authenticated_at > said.issued_at + LEEWAY:
        raise CallRefused("claims", "(« auth_time »)")
    if time.time() - said.authenticated_at > settings.DCC_SESSION_ABSOLUTE.total_seconds():
        raise CallRefused("stale")


def _person(said: Said, software: CallingSoftware) -> User:
    practitioner = Practitioner.objects.filter(national_id=said.national_id).select_related("user").first()
    user = getattr(practitioner, "user", None)
    if not isinstance(user, User) or not user.is_active:
        raise CallRefused("unknown_person")
    if software.facility_id not in rights(user).facilities(Action.OPEN_PATIENT):
        raise CallRefused("no_membership")
    return user
