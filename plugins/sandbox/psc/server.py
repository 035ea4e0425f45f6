"""The stand-in over HTTP, on loopback: pages and transport here, what is right in :mod:`plugins.sandbox.psc.provider`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from plugins.sandbox.psc.provider import DISCOVERY, Provider, Rejected

LIMIT = 65_536
BASE = "/protocol/openid-connect"


class Handler(BaseHTTPRequestHandler):
    """One request; ``provider`` is set on the class that the server makes of it."""

    provider: Provider
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Documents, userinfo, pages."""
        parts = urlsplit(self.path)
        self.handle_path(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))

    def do_POST(self) -> None:
        """Tokens, forms of the pages."""
        length = min(int(self.headers.get("Content-Length") or 0), LIMIT)
        body = self.rfile.read(length).decode("utf-8", "replace")
        self.handle_path(urlsplit(self.path).path, dict(parse_qsl(body, keep_blank_values=True)))

    def handle_path(self, path: str, fields: dict[str, str]) -> None:
        """Find what is asked."""
        root = urlsplit(self.provider.issuer).path
        if not path.startswith(root):
            return self.answer(404, b"")
        actions: dict[str, Callable[[], None]] = {
            DISCOVERY: lambda: self.data(self.provider.discovery()),
            f"{BASE}/certs": lambda: self.data(self.provider.keys.published()),
            f"{BASE}/token": lambda: self.data(self.provider.token(fields, client=self.client(fields))),
            f"{BASE}/userinfo": self.userinfo,
            **self.pages(fields),
        }
        action = actions.get(path.removeprefix(root))
        try:
            return action() if action else self.answer(404, b"")
        except Rejected as rejected:
            status = 401 if rejected.error in ("invalid_client", "invalid_token") else 400
            return self.data({"error": rejected.error, "error_description": rejected.words}, status)

    def pages(self, fields: dict[str, str]) -> Mapping[str, Callable[[], None]]:
        """What a browser sees, by path; none here."""
        return {}

    def client(self, fields: dict[str, str]) -> tuple[str, str]:
        """How the client proves itself: in the form, or by Basic."""
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return fields.get("client_id", ""), fields.get("client_secret", "")
        name, _, secret = base64.b64decode(text).decode().partition(":")
        return unquote(name), unquote(secret)

    def userinfo(self) -> None:
        """In JSON, or signed."""
        claims = self.provider.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if not self.provider.signed_userinfo:
            return self.data(claims)
        signed = self.provider.signed({**claims, "iss": self.provider.issuer, "aud": self.provider.client.client_id})
        return self.answer(200, signed.encode(), kind="application/jwt")

    def data(self, content: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.answer(status, json.dumps(content).encode(), kind="application/json")

    def answer(self, status: int, content: bytes, *, kind: str = "text/plain; charset=utf-8", **headers: str) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: addresses of this protocol hold secrets."""


def serve(provider: Provider, port: int, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """A server of ``provider`` on loopback, not running yet."""
    bound = type("BoundHandler", (handler,), {"provider": provider, "browsers": {}})
    return ThreadingHTTPServer(("127.0.0.1", port), bound)
