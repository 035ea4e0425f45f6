"""What is known of the provider: its discovery document and its keys, fetched when first needed, kept for a while.

Every exchange with it goes through :func:`call`: bounded in time and size, no redirect followed, TLS (the loopback excepted).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from dcc.accounts.psc.refusals import Refused
from dcc.contracts.replies import bounded

LIFE = 3600
"""Seconds during which discovery document and keys are believed."""
STALE = 86_400
"""Seconds during which the last known ones serve when the provider does not answer."""
KEY_PAUSE = 30
"""Seconds between two fetches asked for by an unknown key: forged tokens must not make us hammer the provider."""
LIMIT = 262_144
"""Bytes of one answer."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


@dataclass(slots=True)
class _Kept:
    value: Mapping[str, Any] = field(default_factory=dict)
    at: float = float("-inf")


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()


def forget() -> None:
    """Forget what was fetched."""
    _kept.clear()


def metadata() -> Mapping[str, Any]:
    """The discovery document. Raises :class:`Refused` (``unreachable``, ``provider``)."""
    return _document(settings.DCC_PSC.discovery, _check_metadata)


def signing_keys(*, again: bool = False) -> list[Mapping[str, Any]]:
    """The published keys; ``again`` fetches them even though some are kept, at most every :data:`KEY_PAUSE` seconds."""
    keys: list[Mapping[str, Any]] = _document(metadata()["jwks_uri"], _check_keys, life=KEY_PAUSE if again else LIFE)["keys"]
    return keys


def endpoint(name: str) -> str:
    """The address of ``token_endpoint``, ``end_session_endpoint``…: its mutual-TLS alias when the client has a certificate."""
    found = metadata()
    aliases = found.get("mtls_endpoint_aliases") if settings.DCC_PSC.certificate else None
    return str((aliases or {}).get(name) or found.get(name) or "")


def call(method: str, url: str, **options: Any) -> requests.Response:
    """One exchange; raises :class:`Refused` ``unreachable`` when there is no answer, ``provider`` when it is too large."""
    psc = settings.DCC_PSC
    certificate = (psc.certificate, psc.certificate_key) if psc.certificate_key else psc.certificate or None
    headers = {"Accept-Encoding": "identity", **options.pop("headers", {})}
    until = time.monotonic() + 2 * psc.timeout
    try:
        response = requests.request(
            method,
            url,
            headers=headers,
            timeout=psc.timeout,
            allow_redirects=False,
            stream=True,
            verify=psc.authorities or True,
            cert=certificate,
            **options,
        )
        with response:
            content = bounded(response, LIMIT, until)
    except (requests.RequestException, OSError) as error:
        raise Refused("unreachable") from error
    if len(content) > LIMIT:
        raise Refused("provider")
    response._content = content  # bounded above; requests would read without end
    return response


def _document(url: str, check: Any, life: float = LIFE) -> Mapping[str, Any]:
    with _lock:
        kept = _kept.setdefault(url, _Kept())
        now = time.monotonic()
        if now - kept.at < life:
            return kept.value
        try:
            kept.value, kept.at = check(_fetched(url)), now
        except Refused:
            if not kept.value or now - kept.at > STALE:
                raise
        return kept.value


def _fetched(url: str) -> Any:
    if not _is_safe(url):
        raise Refused("provider")
    response = call("GET", url, headers={"Accept": "application/json"})
    if response.status_code >= 500:
        raise Refused("unreachable")
    if response.status_code != 200:
        raise Refused("provider")
    return parsed(response)


def parsed(response: requests.Response) -> Any:
    """The JSON of an answer; raises :class:`Refused` ``provider``."""
    try:
        return json.loads(response.content)
    except ValueError as error:
        raise Refused("provider") from error


def _is_safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _check_metadata(found: Any) -> Mapping[str, Any]:
    """PSC's discovery document stands under an unusual name, but under its issuer as any other (dmp_psc §6.1)."""
    if not isinstance(found, dict) or not all(_is_safe(found.get(name)) for name in _ENDPOINTS):
        raise Refused("provider")
    issuer = found.get("issuer")
    if not isinstance(issuer, str) or not settings.DCC_PSC.discovery.startswith(issuer.rstrip("/") + "/"):
        raise Refused("provider")
    return found


def _check_keys(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise Refused("provider")
    return {"keys": [key for key in found["keys"] if isinstance(key, dict)]}
