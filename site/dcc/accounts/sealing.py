"""Secrets at rest: what the platform must be able to read back, and nobody who copies the database may.

AES-256-GCM (NIST SP 800-38D). A sealed value is one line of text, ``s1.<key>.<nonce and cipher text>``; it opens under the
``context`` it was sealed for and no other, so that a value copied to another row or another use stays shut.

The key comes from ``DCC_SECRETS_KEY``, or from ``SECRET_KEY`` when there is none (HKDF-SHA256, RFC 5869). Former ones, in
``DCC_SECRETS_FORMER_KEYS``, only open; ``manage.py reseal_secrets`` then seals again what they sealed. Nothing to do with the
sealing of the journal, which signs and hides nothing (:mod:`dcc.audit.sealing`).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

FORMAT = "s1"
NONCE = 12
"""Bytes. Random: a key seals far fewer than the 2^32 values under which two nonces may be taken for different."""


class Unreadable(Exception):
    """A sealed value does not open: altered, of another context, or sealed by a key that the settings no longer hold."""


def seal(value: str | bytes, *, context: str) -> str:
    """``value`` as a line of text that only :func:`unseal` reads, under the same ``context`` (``accounts.totp:<user id>``)."""
    name, key = _key(_current())
    nonce = secrets.token_bytes(NONCE)
    plain = value.encode() if isinstance(value, str) else value
    hidden = AESGCM(key).encrypt(nonce, plain, _bound(name, context))
    return f"{FORMAT}.{name}.{base64.urlsafe_b64encode(nonce + hidden).decode()}"


def unseal(sealed: str, *, context: str) -> bytes:
    """What was sealed; raises :class:`Unreadable` in French, which quotes neither the value nor the key."""
    version, _, rest = sealed.partition(".")
    name, _, body = rest.partition(".")
    if version != FORMAT or not body:
        raise Unreadable("Secret illisible : ce n'est pas une valeur scellée")
    key = next((key for known, key in _keys() if known == name), None)
    if key is None:
        raise Unreadable(f"Secret illisible : la clé {name} n'est ni dans DCC_SECRETS_KEY ni dans DCC_SECRETS_FORMER_KEYS")
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _bound(name, context))
    except (InvalidTag, ValueError) as error:
        raise Unreadable("Secret illisible : valeur altérée, ou scellée pour un autre usage") from error


def is_current(sealed: str) -> bool:
    """Whether a value is sealed by the key of now, and not by a former one."""
    return sealed.startswith(f"{FORMAT}.{_key(_current())[0]}.")


def _current() -> str:
    return settings.DCC_SECRETS_KEY or settings.SECRET_KEY


def _keys() -> Iterator[tuple[str, bytes]]:
    """Every key that opens, the one of now first. ``SECRET_KEY`` still opens what it sealed before there was a key of its own."""
    for text in (_current(), *settings.DCC_SECRETS_FORMER_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _key(text)


@lru_cache(maxsize=16)
def _key(text: str) -> tuple[str, bytes]:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oncodcc.secrets").derive(text.encode())
    return hashlib.sha256(b"oncodcc.secrets.name" + key).hexdigest()[:8], key


def _bound(name: str, context: str) -> bytes:
    return f"{FORMAT}.{name}.{context}".encode()


class SealedField(models.TextField):  # type: ignore[type-arg]  # no generic at run time
    """A column of sealed values, that ``manage.py reseal_secrets`` finds by itself.

    ``purpose`` and the value of the field ``bound_to`` make the context: a value moved to the row of somebody else stays shut.
    The column holds the sealed text; :meth:`put` and :meth:`read` go through the seal.
    """

    def __init__(self, *args: Any, purpose: str = "", bound_to: str = "pk", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose, self.bound_to = purpose, bound_to

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For the migrations a text column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def context(self, row: models.Model) -> str:
        """What the value of ``row`` is sealed for."""
        return f"{self.purpose}:{getattr(row, self.bound_to)}"

    def put(self, row: models.Model, value: str | bytes) -> None:
        """Give ``row`` a value, not saved yet."""
        setattr(row, self.attname, seal(value, context=self.context(row)))

    def read(self, row: models.Model) -> bytes:
        """The value of ``row``; raises :class:`Unreadable`."""
        return unseal(getattr(row, self.attname), context=self.context(row))
