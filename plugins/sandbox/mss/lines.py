"""A connection that is read by lines, before and after it is encrypted."""

from __future__ import annotations

import re
import ssl
from socket import socket

LONGEST = 65_536
_LITERAL = re.compile(rb"\{(\d{1,5})(\+?)\}$")


class Closed(Exception):
    """The other side left, or said too much."""


class Lines:
    """Lines and literals of a client (IMAP: RFC 3501 §4.3)."""

    def __init__(self, connection: socket) -> None:
        self.connection = connection
        self._held = b""

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on over TLS; what was sent before that is dropped. Raises ``OSError``."""
        self._held = b""
        self.connection = context.wrap_socket(self.connection, server_side=True)

    def line(self) -> bytes:
        """A line without its end. Raises :class:`Closed`, ``TimeoutError``."""
        while b"\n" not in self._held:
            self._more()
        line, _, self._held = self._held.partition(b"\n")
        return line.rstrip(b"\r")

    def command(self) -> bytes:
        """A line with its literals put in as quoted strings."""
        line = self.line()
        while found := _LITERAL.search(line):
            if not found[2]:
                self.write(b"+ \r\n")
            size = int(found[1])
            while len(self._held) < size:
                self._more()
            text, self._held = self._held[:size], self._held[size:]
            line = line[: found.start()] + b'"' + re.sub(rb'(["\\])', rb"\\\1", text) + b'"' + self.line()
        return line

    def write(self, *parts: bytes) -> None:
        """Send."""
        self.connection.sendall(b"".join(parts))

    def _more(self) -> None:
        received = self.connection.recv(16_384) if len(self._held) < LONGEST else b""
        if not received:
            raise Closed
        self._held += received
