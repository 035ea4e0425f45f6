"""The MLLP listener: frames in, acknowledgements out, over TLS (HL7 v2.5, appendix C; IHE ATNA for the certificates).

One thread for each connection, a limited number of them; a frame has a bounded size and time. A message is stored before
it is acknowledged (:mod:`.receiving`), so a killed listener loses none that was acknowledged. A thread keeps its own database
connection, renewed as the web processes do.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from django.db import close_old_connections, connections

from dcc.security.api import scrub
from dcc.settings.flows import MllpSettings
from plugins.ins.hl7.er7 import LIMIT
from plugins.ins.hl7.receiving import NETWORK, receive

log = logging.getLogger("dcc.ins.hl7")

START, END = b"\x0b", b"\x1c\r"
CHUNK = 65_536


class BadFrame(Exception):
    """What came is no frame, is too long, or took too long: the connection ends."""


def framed(content: bytes) -> bytes:
    """A message in its frame."""
    return START + content + END


class Frames:
    """The messages of a connection, one after the other; nothing is ever kept beyond the limit."""

    def __init__(self, read: Callable[[float], bytes], mllp: MllpSettings, *, limit: int = LIMIT) -> None:
        """``read`` gives what comes within some seconds, nothing when the other side has left; raises ``TimeoutError``."""
        self._read, self._mllp, self._limit = read, mllp, limit
        self._buffer = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        while self._opened():
            yield self._message()

    def _opened(self) -> bool:
        """Wait for a frame to begin; between frames only ends of line are skipped. False when the other side has left."""
        while True:
            del self._buffer[: len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))]
            if self._buffer:
                if self._buffer[:1] != START:
                    raise BadFrame("octets hors d'un bloc MLLP")
                del self._buffer[:1]
                return True
            if not self._more(self._mllp.idle):
                return False

    def _message(self) -> bytes:
        late, seen = time.monotonic() + self._mllp.frame_time, 0
        while True:
            end = self._buffer.find(END, seen)
            if end >= 0:
                content = bytes(self._buffer[:end])
                del self._buffer[: end + len(END)]
                return content
            seen = max(len(self._buffer) - 1, 0)
            if len(self._buffer) > self._limit:
                raise BadFrame(f"bloc de plus de {self._limit} octets")
            left = late - time.monotonic()
            if left <= 0:
                raise BadFrame("bloc trop lent")
            if not self._more(left):
                raise BadFrame("connexion fermée au milieu d'un bloc")

    def _more(self, seconds: float) -> bool:
        chunk = self._read(seconds)
        self._buffer += chunk
        return bool(chunk)


class Listener:
    """Listens on the address of the settings; :meth:`serve` runs until :meth:`stop`."""

    def __init__(self, mllp: MllpSettings) -> None:
        self._mllp = mllp
        self._tls = tls_context(mllp)
        self._places = threading.BoundedSemaphore(mllp.connections)
        self._stopping = threading.Event()
        self._socket = socket.create_server((mllp.host, mllp.port), backlog=16)
        self._socket.settimeout(0.5)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    def stop(self) -> None:
        """Take no more connections. A message at hand is left as by a process that is killed: stored, and taken up again."""
        self._stopping.set()

    def serve(self) -> None:
        """Take connections, each in a thread of its own; one too many is closed at once."""
        with self._socket:
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    connection, _address = self._socket.accept()
                    if not self._places.acquire(blocking=False):
                        log.warning("mllp: %d connections already, one refused", self._mllp.connections)
                        connection.close()
                        continue
                    threading.Thread(target=self._connected, args=(connection,), daemon=True).start()

    def _connected(self, plain: socket.socket) -> None:
        try:
            plain.settimeout(self._mllp.frame_time)
            with self._secured(plain) as connection:
                self._converse(connection, fingerprint(connection))
        except (BadFrame, OSError) as error:  # ssl.SSLError and time-outs are OSError
            log.warning("mllp: connection ended: %s", error if isinstance(error, BadFrame) else scrub(error))
        finally:
            connections.close_all()
            self._places.release()

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def _converse(self, connection: socket.socket, peer: str) -> None:
        def read(seconds: float) -> bytes:
            connection.settimeout(seconds)
            return connection.recv(CHUNK)

        for content in Frames(read, self._mllp):
            close_old_connections()
            for answer in receive(content, channel=NETWORK, peer=peer).answers:
                connection.sendall(framed(answer))


def tls_context(mllp: MllpSettings) -> ssl.SSLContext | None:
    """TLS of the listener, asking for a client certificate where authorities are set; nothing when it speaks in clear.

    Raises ``ValueError`` for clear text elsewhere than on loopback, ``OSError`` for a file that cannot be read.
    """
    if not mllp.certificate:
        if mllp.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("Sans certificat (DCC_MLLP_CERTIFICATE), l'écoute n'est permise que sur la machine elle-même")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(mllp.certificate, mllp.certificate_key or None)
    if mllp.authorities:
        context.load_verify_locations(mllp.authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def fingerprint(connection: socket.socket) -> str:
    """SHA-256 of the client certificate, in hexadecimal; empty without one."""
    shown = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLSocket) else None
    return hashlib.sha256(shown).hexdigest() if shown else ""
