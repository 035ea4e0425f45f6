"""The stand-in over TLS, on loopback: a client certificate of our authority is required, whatever is asked.

``POST /lps`` is INSi; ``POST /controle`` (JSON) sets its mood, ``GET /controle`` tells it.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler

from plugins.sandbox import tls
from plugins.sandbox.authority import Certificates
from plugins.sandbox.insi.service import Mood, Service

LIMIT = 65_536
PATH, CONTROL = "/lps", "/controle"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


class Handler(tls.TlsHandler, BaseHTTPRequestHandler):
    """One request; ``service`` is set on the class that the server makes of it."""

    service: Service
    timeout = 15

    def do_GET(self) -> None:
        """The mood."""
        if self.path == CONTROL:
            return self.send(200, json.dumps(asdict(self.service.mood)).encode(), "application/json")
        return self.send(404, b"", "text/plain")

    def do_POST(self) -> None:
        """A search, or another mood."""
        content = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LIMIT))
        if self.path == CONTROL:
            return self.set_mood(content)
        if self.path != PATH:
            return self.send(404, b"", "text/plain")
        return self.search(content)

    def set_mood(self, content: bytes) -> None:
        """From JSON, with the names of :class:`Mood`."""
        try:
            self.service.set_mood(Mood(**json.loads(content or b"{}")))
        except (ValueError, TypeError) as error:
            return self.send(400, str(error).encode(), "text/plain")
        return self.send(200, b"{}", "application/json")

    def search(self, content: bytes) -> None:
        """INSi, in its mood."""
        mood = self.service.mood_of_next()
        if mood.kind == "panne":
            return time.sleep(mood.seconds)
        kind, _, rest = self.headers.get("Content-Type", "").partition(";")
        if kind.strip() != "application/soap+xml":
            return self.send(415, b"", "text/plain")
        said = re.search(r'action="([^"]*)"', rest)
        subject = self.subject()
        status, body = self.service.answer(
            content,
            name=subject.get("commonName", ""),
            unit=subject.get("organizationalUnitName", ""),
            action=said[1] if said else "",
            mood=mood,
        )
        time.sleep(mood.seconds)  # the question has been taken: who gives up waiting has asked nothing later
        return self.in_mood(mood, status, body)

    def in_mood(self, mood: Mood, status: int, body: bytes) -> None:
        """What a good answer becomes."""
        soap = "application/soap+xml; charset=utf-8"
        if mood.kind == "coupe":
            return self.send(status, body[: len(body) // 2], soap, length=len(body))
        if mood.kind == "goutte":
            return self.trickle(status, body, soap)
        if mood.kind == "page":
            return self.send(200, b"<html><body>Maintenance</body></html>", "text/html")
        if mood.kind == "enorme":
            return self.send(status, body + b" " * 5_000_000, soap)
        if mood.kind == "entite":
            head, _, rest = body.partition(b"\n")
            return self.send(status, head + ENTITIES + rest, soap)
        return self.send(status, body, soap)

    def trickle(self, status: int, body: bytes, kind: str) -> None:
        """A byte now and then, never slow enough for the time limit of one read."""
        self.send(status, b"", kind, length=len(body))
        with suppress(OSError):
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                self.wfile.flush()
                time.sleep(0.2)

    def send(self, status: int, content: bytes, kind: str, *, length: int | None = None) -> None:
        """Answer; ``length`` is what is announced, when it is not what is sent."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        with suppress(OSError):  # whoever asked is gone
            self.wfile.write(content)


def serve(service: Service, certificates: Certificates, port: int) -> tls.Server:
    """A server of ``service`` on loopback, not running yet."""
    return tls.serve(Handler, service, certificates, port)
