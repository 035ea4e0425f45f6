"""What is asked of the region's proxy about sessions, over mutual TLS: open, close (API-Proxy-eSante, dmp_psc.md §4.1)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import requests

from dcc.contracts.replies import bounded
from plugins.dmp.apps import DmpSettings
from plugins.dmp.sessions.problems import BY_STATUS, BY_WORDS, NotOpened
from plugins.dmp.transactions.transport import COOKIE

WAIT_SECONDS = 125
"""The proxy waits 120 s for the person."""
LIMIT = 65_536
_OK, _BAD = 200, 400


@dataclass(frozen=True, slots=True)
class Held:
    """A session that the proxy opened: its cookie, and the state of Pro Santé Connect (free text)."""

    secret: str = field(repr=False)
    state: str = ""


def connect(settings: DmpSettings, *, national_id: str, digits: str, channel: str) -> Held:
    """Ask for a session and wait for its person. Raises :class:`NotOpened`."""
    asked = {"nationalId": national_id, "bindingMessage": digits, "clientId": settings.client_id, "channel": channel}
    try:
        answer = _ask(settings, "POST", "/connect", body=asked, wait=WAIT_SECONDS)
    except requests.exceptions.SSLError:
        raise NotOpened("certificate") from None
    except requests.ReadTimeout:
        raise NotOpened("unconfirmed") from None
    except requests.RequestException:
        raise NotOpened("unreachable") from None
    except (OSError, ValueError):  # of a file, or of an address, before anything is sent
        raise NotOpened("certificate") from None
    return _held(answer)


def disconnect(settings: DmpSettings, secret: str) -> bool:
    """Close a session; whether the proxy knows that it is over (401: it knew before)."""
    try:
        answer = _ask(settings, "DELETE", "/disconnect", secret=secret, wait=settings.timeout_seconds)
    except (requests.RequestException, OSError, ValueError):
        return False
    return answer.status in (_OK, 204, 401, 404)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    cookie: str = field(repr=False)
    content: bytes = field(repr=False)


def _ask(
    settings: DmpSettings,
    method: Literal["POST", "DELETE"],
    path: str,
    *,
    body: dict[str, str] | None = None,
    secret: str = "",
    wait: int,
) -> _Answer:
    until = time.monotonic() + settings.timeout_seconds + wait
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    with requests.Session() as session:
        session.trust_env = False  # no certificate, proxy or password of the surroundings
        response = session.request(
            method,
            settings.proxy.rstrip("/") + path,
            json=body,
            headers=headers | ({"Cookie": f"{COOKIE}={secret}"} if secret else {}),
            cert=(settings.certificate, settings.certificate_key) if settings.certificate_key else settings.certificate,
            verify=settings.authorities or True,
            timeout=(settings.timeout_seconds, wait),
            allow_redirects=False,
            stream=True,
        )
        with response:
            content = bounded(response, LIMIT, until)
            return _Answer(response.status_code, response.cookies.get(COOKIE) or "", content)


def _held(answer: _Answer) -> Held:
    """A 304 is always of a session that is not ours, cookie or not: no late closing of one of ours may end it."""
    if answer.status != _OK:
        raise NotOpened(_code_of(answer))
    said = _json(answer.content)
    secret = answer.cookie or said.get(COOKIE) or ""
    return Held(_fit(str(secret)), str(said.get("session_state") or "")[:255])


def _code_of(answer: _Answer) -> str:
    """By the status; a 400 may tell what the person did, in the words of the backchannel authentication (CIBA)."""
    said = answer.content[:LIMIT].decode("utf-8", "replace")
    told = next((code for words, code in BY_WORDS.items() if words in said), "") if answer.status == _BAD else ""
    return told or BY_STATUS.get(answer.status, "misunderstood")


def _json(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content) if len(content) <= LIMIT else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotOpened("misunderstood")
    return said


def _fit(secret: str) -> str:
    """A cookie that a header can carry."""
    if not secret or len(secret) > 1000 or not secret.isascii() or not secret.isprintable() or set(secret) & set(' ;,"\\'):
        raise NotOpened("misunderstood")
    return secret
