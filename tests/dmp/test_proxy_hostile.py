"""A proxy that breaks off, trickles or compresses: said in words, bounded in time, so that the clock goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

import pytest

from plugins.dmp.apps import DmpSettings
from plugins.dmp.sessions import proxy
from plugins.dmp.sessions.problems import NotOpened
from tests.broken_servers import broken_server

OK = b"HTTP/1.1 200 OK\r\nSet-Cookie: proxy_session_id=s3cret\r\n"


@contextmanager
def served(said: bytes, pause: float = 0) -> Iterator[DmpSettings]:
    """What leads to a proxy that says so, without TLS (which real settings refuse)."""
    no_files = {"certificate": "", "certificate_key": "", "authorities": ""}
    with broken_server(said, pause) as address:
        yield cast(DmpSettings, SimpleNamespace(proxy=address, client_id="dcc", timeout_seconds=1, **no_files))


def connect(settings: DmpSettings) -> proxy.Held:
    return proxy.connect(settings, national_id="810000000001", digits="42", channel="MOBILE")


BROKEN = {
    "truncated": OK + b"Content-Length: 400\r\n\r\n{",
    "broken chunks": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "a chunk that ends early": OK + b"Transfer-Encoding: chunked\r\n\r\n40\r\n{}",
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_breaks_off(said: bytes) -> None:
    with served(said) as settings:
        assert proxy.disconnect(settings, "s3cret") is False
        with pytest.raises(NotOpened) as refused:
            connect(settings)
    assert refused.value.code == "unreachable"


def test_one_that_trickles_is_left() -> None:
    with served(OK + b"Content-Length: 400\r\n\r\n" + b"x" * 400, 0.2) as settings:
        assert proxy.disconnect(settings, "s3cret") is False, "as if it had not answered: it would in 80 seconds"


def test_nothing_is_decompressed() -> None:
    with served(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}") as settings:
        assert connect(settings).secret == "s3cret"


@pytest.mark.parametrize("more", [b"", b"Set-Cookie: proxy_session_id=s3cret\r\n"], ids=["without a cookie", "with one"])
def test_a_session_that_is_held_elsewhere(more: bytes) -> None:
    with served(b"HTTP/1.1 304 Not Modified\r\n" + more + b"\r\n") as settings, pytest.raises(NotOpened) as refused:
        connect(settings)
    assert refused.value.code == "elsewhere"
