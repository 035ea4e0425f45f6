"""Answers of servers of others over HTTP, read within bounds of size and time."""

from __future__ import annotations

import time
from http.client import HTTPException

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

_PIECE = 256 * 1024


def bounded(response: requests.Response, limit: int, until: float) -> bytes:
    """The body as it is on the wire, at most ``limit`` bytes and one: whoever sends more is refused later.

    The request asks for no encoding (``Accept-Encoding: identity``) and streams. Whoever trickles the body is left at ``until``
    (of ``time.monotonic``). Raises ``requests.ReadTimeout``, ``requests.ConnectionError``.
    """
    found = bytearray()
    while len(found) <= limit:
        if time.monotonic() > until:
            raise requests.ReadTimeout
        try:
            part = response.raw.read1(min(_PIECE, limit + 1 - len(found)), decode_content=False)
        except (ReadTimeoutError, TimeoutError) as error:
            raise requests.ReadTimeout from error
        except (HTTPError, HTTPException, OSError) as error:
            raise requests.ConnectionError from error
        if not part:
            break
        found += part
    return bytes(found)
