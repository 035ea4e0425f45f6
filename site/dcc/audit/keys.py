"""The keys that sign segments: ``DCC_AUDIT_KEY``, or one derived from ``SECRET_KEY``; former keys still verify."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from dcc.audit.chain import key_id


def current_key() -> bytes:
    """The key that signs from now on."""
    own: str = settings.DCC_AUDIT_KEY
    return own.encode() if own else _derived(settings.SECRET_KEY)


def key_named(name: str) -> bytes | None:
    """The key that signed under ``name``, or nothing when the settings do not hold it any more."""
    former = [key.encode() for key in settings.DCC_AUDIT_FORMER_KEYS]
    derived = [_derived(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return next((key for key in (current_key(), *former, *derived) if hmac.compare_digest(key_id(key), name)), None)


def _derived(secret: str | bytes) -> bytes:
    base = secret if isinstance(secret, bytes) else secret.encode()
    return hmac.new(base, b"oncodcc.audit.key", hashlib.sha256).digest()
