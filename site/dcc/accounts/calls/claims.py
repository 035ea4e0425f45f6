"""What a call says, read from the claims of its token once the signature is known to be good. Pure.

The claims, with examples, are in ``docs/contextual-call.md``. No means of signing in weaker than ours may come in this way
(R-107): the software asserts two factors of different kinds (``amr``, RFC 8176), or a level that was accepted for it (``acr``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dcc.accounts.calls.refusals import CallRefused

FACTORS: Mapping[str, str] = {
    "pwd": "knowledge",
    "pin": "knowledge",
    "otp": "possession",
    "hwk": "possession",
    "swk": "possession",
    "sc": "possession",
    "face": "inherence",
    "fpt": "inherence",
    "iris": "inherence",
    "retina": "inherence",
    "vbm": "inherence",
}
"""Kind of factor by ``amr`` value (RFC 8176). What proves nothing by itself, or is weaker than ours, is left out: ``sms``,
``tel``, ``geo``, ``kba``, ``wia``, ``user``, ``rba``."""

TARGETS = ("patient", "frcp", "document")
_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}\Z", re.ASCII)
_NATIONAL_ID = re.compile(r"[0-9A-Za-z]{9,20}\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
_FINESS = re.compile(r"[0-9AB]{9}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """The claims of a call, checked for their shape only; ``patient`` is for the pages to read."""

    jti: str
    national_id: str
    finess: str
    issued_at: int
    expires_at: int
    authenticated_at: int
    amr: tuple[str, ...]
    acr: str
    patient: Mapping[str, Any]
    target: str
    document: str


def read_claims(claims: Mapping[str, Any]) -> Said:
    """What the claims say; raises ``CallRefused("claims")`` naming the claim at fault."""
    target = _text(claims, "target", default="patient")
    if target not in TARGETS:
        raise _wrong("target")
    return Said(
        jti=_matching(claims, "jti", _JTI),
        national_id=_matching(claims, "sub", _NATIONAL_ID),
        finess=_matching(claims, "finess", _FINESS),
        issued_at=_number(claims, "iat"),
        expires_at=_number(claims, "exp"),
        authenticated_at=_number(claims, "auth_time"),
        amr=_words(claims, "amr"),
        acr=_text(claims, "acr", default=""),
        patient=_mapping(claims, "patient"),
        target=target,
        document=_matching(claims, "document", _UUID) if target == "document" else "",
    )


def two_factors(said: Said, accepted_acr: Collection[str]) -> bool:
    """Whether the software says that the person gave two factors of different kinds, or reached a level accepted for it."""
    if said.acr and said.acr in accepted_acr:
        return True
    kinds = {FACTORS[method] for method in said.amr if method in FACTORS}
    return len(kinds) > 1


def _wrong(name: str) -> CallRefused:
    return CallRefused("claims", f"(« {name} »)")


def _text(claims: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = claims.get(name, default)
    if not isinstance(value, str) or len(value) > 120:
        raise _wrong(name)
    return value


def _matching(claims: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = _text(claims, name)
    if not pattern.match(value):
        raise _wrong(name)
    return value


def _number(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise _wrong(name)
    return int(value)


def _words(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = claims.get(name, [])
    if not isinstance(value, list) or len(value) > 20 or not all(isinstance(word, str) for word in value):
        raise _wrong(name)
    return tuple(value)


def _mapping(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    if not isinstance(value, dict):
        raise _wrong(name)
    return value
