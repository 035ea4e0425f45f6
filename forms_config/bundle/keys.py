"""Who publishes bundles: the region's key (``DCC_BUNDLE_KEY``, or one derived from ``SECRET_KEY``), and what it signs.

Ed25519: the same key and the same bytes always give the same signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def new_secret() -> str:
    """A new value for ``DCC_BUNDLE_KEY``."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def our_key() -> Ed25519PrivateKey:
    """The key that signs what this platform exports; raises ``ImproperlyConfigured`` when the setting is no key."""
    own: str = settings.DCC_BUNDLE_KEY
    seed = _decoded(own) if own else hmac.new(_bytes(settings.SECRET_KEY), b"oncodcc.bundle.key", hashlib.sha256).digest()
    if seed is None:
        raise ImproperlyConfigured("DCC_BUNDLE_KEY : 32 octets en base64 sont attendus (manage.py forms key --new)")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, as a bundle carries it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def fingerprint(public: str) -> str:
    """The SHA-256 of a public key, hexadecimal: what people compare; raises ``ValueError`` when it is no key."""
    raw = _decoded(public)
    if raw is None:
        raise ValueError("ce n'est pas une clé publique Ed25519")
    return hashlib.sha256(raw).hexdigest()


def our_fingerprint() -> str:
    """The fingerprint of this platform's own key."""
    return fingerprint(public_text(our_key()))


def grouped(digits: str) -> str:
    """A fingerprint in groups of four, to be read aloud."""
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


def sign(content: bytes) -> bytes:
    """The signature of these bytes by our key, as a line of text."""
    return base64.b64encode(our_key().sign(content)) + b"\n"


def is_signed(content: bytes, signature: bytes, public: str) -> bool:
    """Whether ``signature`` (a line of text) is that of these bytes by a public key."""
    raw = _decoded(public)
    try:
        made = base64.b64decode(signature.strip(), validate=True)
        if raw is not None:
            Ed25519PublicKey.from_public_bytes(raw).verify(made, content)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return raw is not None


def _decoded(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == 32 else None


def _bytes(secret: str | bytes) -> bytes:
    return secret if isinstance(secret, bytes) else secret.encode()
