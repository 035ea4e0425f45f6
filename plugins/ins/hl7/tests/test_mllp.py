"""The listener: frames, bounds, TLS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from dcc.settings.flows import MllpSettings
from plugins.ins.hl7 import mllp
from plugins.ins.hl7.mllp import END, START, BadFrame, Frames, Listener, framed
from plugins.ins.hl7.receiving import Reply
from plugins.ins.hl7.tests.certificates import authority, issue
from tests.faults.host import wait_for

Settings = Callable[..., MllpSettings]


def frames(*chunks: bytes, limit: int = 100) -> list[bytes]:
    """The messages of what came in those chunks."""
    coming = iter(chunks)
    return list(Frames(lambda _seconds: next(coming, b""), MllpSettings(), limit=limit))


@pytest.mark.parametrize(
    "chunks",
    [
        (framed(b"one") + framed(b"two"),),
        (START, b"on", b"e\x1c", b"\r\x0btwo\x1c\r"),
        (b"\r\n" + framed(b"one") + b"\n", b"\r", framed(b"two") + b"\n"),
    ],
)
def test_frames(chunks: tuple[bytes, ...]) -> None:
    assert frames(*chunks) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("chunks", "why"),
    [((b"MSH|",), "hors"), ((START + b"one",), "milieu"), ((START + b"x" * 60, b"x" * 60), "100 octets")],
)
def test_what_is_no_frame(chunks: tuple[bytes, ...], why: str) -> None:
    with pytest.raises(BadFrame, match=why):
        frames(*chunks)


def test_a_frame_that_takes_too_long() -> None:
    with pytest.raises(BadFrame, match="lent"):
        list(Frames(lambda _seconds: START + b"x", MllpSettings(frame_time=0)))


def test_clear_text_only_on_this_machine() -> None:
    with pytest.raises(ValueError, match="certificat"):
        mllp.tls_context(MllpSettings(host="0.0.0.0"))  # noqa: S104  (what is refused)


@pytest.fixture
def echoed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message is answered by its peer and itself; what receiving does is tested elsewhere."""
    monkeypatch.setattr(mllp, "receive", lambda content, channel, peer: Reply(1, [peer.encode() + b"|" + content]))
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(mllp, "close_old_connections", lambda: None)


@contextmanager
def listening(settings: MllpSettings) -> Iterator[Listener]:
    """A listener on a free port."""
    listener = Listener(settings)
    thread = threading.Thread(target=listener.serve)
    thread.start()
    try:
        yield listener
    finally:
        listener.stop()
        thread.join(60)
    assert not thread.is_alive()


def exchange(connection: socket.socket, *contents: bytes) -> list[bytes]:
    """Send messages at once, read as many answers."""
    connection.settimeout(60)
    connection.sendall(b"".join(framed(content) for content in contents))
    received = b""
    while received.count(END) < len(contents):
        try:
            chunk = connection.recv(65_536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            break
        received += chunk
    return [answer.removeprefix(START) for answer in received.split(END)[:-1]]


@pytest.mark.usefixtures("echoed")
def test_messages_are_answered_in_their_order_and_places_are_counted() -> None:
    with listening(MllpSettings(connections=1)) as listener:
        with socket.create_connection(("127.0.0.1", listener.port)) as one:
            assert exchange(one, b"a", b"b") == [b"|a", b"|b"]
            with socket.create_connection(("127.0.0.1", listener.port)) as too_many:
                too_many.settimeout(60)
                assert too_many.recv(1) == b""
            assert exchange(one, b"c") == [b"|c"]

        def place_given_back() -> bool:
            with socket.create_connection(("127.0.0.1", listener.port)) as next_one:
                return exchange(next_one, b"d") == [b"|d"]

        wait_for("the place of who left", place_given_back)


@pytest.mark.usefixtures("echoed")
def test_mutual_tls(tmp_path: Path) -> None:
    ca = authority(tmp_path, "ca")
    server, client = issue(tmp_path, ca, "localhost"), issue(tmp_path, ca, "gam")
    other = issue(tmp_path, authority(tmp_path, "other"), "stranger")
    settings = MllpSettings(certificate=str(server.certificate), certificate_key=str(server.key), authorities=str(ca.certificate))

    def context(*, shown: Path | None, key: Path | None) -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=str(ca.certificate))
        if shown:
            made.load_cert_chain(shown, key)
        return made

    def talk(made: ssl.SSLContext) -> list[bytes]:
        with (
            socket.create_connection(("127.0.0.1", listener.port)) as plain,
            made.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            return exchange(secured, b"a")

    def answers(made: ssl.SSLContext) -> list[bytes]:
        try:
            return talk(made)
        except OSError:  # an alert, or the end of the connection, whichever comes first
            return []

    with listening(settings) as listener:
        assert talk(context(shown=client.certificate, key=client.key)) == [client.fingerprint.encode() + b"|a"]
        for refused in (context(shown=None, key=None), context(shown=other.certificate, key=other.key)):
            assert answers(refused) == []
        with socket.create_connection(("127.0.0.1", listener.port)) as clear:
            assert exchange(clear, b"longer than the head of a record of TLS") == []
        assert talk(context(shown=client.certificate, key=client.key)) == [client.fingerprint.encode() + b"|a"]
