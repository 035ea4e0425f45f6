"""The proxy over TLS, on loopback, and the DMP behind it: a client certificate of our authority is required, whatever is asked.

``/connect``, ``/disconnect``, ``/send/dmp-{service}/{service}``, ``/traces``, ``/check/alive`` are the proxy's;
``POST /controle`` (JSON) sets the mood, ``GET /controle`` tells it.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from plugins.sandbox import tls
from plugins.sandbox.authority import Certificates
from plugins.sandbox.dmp.moods import ENTITIES, Mood
from plugins.sandbox.dmp.names import ACTIONS
from plugins.sandbox.dmp.proxy import Said, Session
from plugins.sandbox.dmp.service import Answer, Service

LIMIT, HUGE = 60_000_000, 20_000_000
COOKIE, CONTROL = "proxy_session_id", "/controle"
JSON, HTML = "application/json", "text/html; charset=utf-8"
_SEND = re.compile(r"/send/dmp-(\w+)/(\w+)")
_REFUSALS = {"401": "No session found.", "502": "Bad Gateway", "503": "Service Unavailable", "504": "Gateway Timeout"}


class Dropped(Exception):
    """The connection ends without an answer."""


class Handler(tls.TlsHandler, BaseHTTPRequestHandler):
    """One request; ``service`` is set on the class that the server makes of it."""

    service: Service

    def do_GET(self) -> None:
        """Traces, mood, life."""
        parts = urlsplit(self.path)
        if parts.path == CONTROL:
            return self.send_json(200, asdict(self.service.temper.mood))
        if parts.path == "/check/alive":
            return self.send_json(200, {})
        if parts.path == "/traces":
            asked = dict(parse_qsl(parts.query))
            return self.say(self.service.proxy.traces(asked.get("start", ""), asked.get("end", "")))
        return self.send_json(404, {})

    def do_DELETE(self) -> None:
        """End of a session."""
        if self.path != "/disconnect":
            return self.send_json(404, {})
        return self.say(self.service.proxy.disconnect(self.cookie(), self.client()))

    def do_POST(self) -> None:
        """A session, a call, another mood."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LIMIT:
            return self.send_json(413, {})
        content = self.rfile.read(length)
        if self.path == CONTROL:
            return self.set_mood(content)
        if self.path == "/connect":
            return self.connect(content)
        found = _SEND.fullmatch(self.path)
        if found is None or found[1] != found[2] or found[1] not in ACTIONS:
            return self.send_json(404, {})
        try:
            return self.forward(found[1], content)
        except Dropped:
            return None

    # The proxy ----------------------------------------------------------------------------------------------------------------
    def connect(self, content: bytes) -> None:
        """Open a session: as long as the phone takes."""
        try:
            asked = json.loads(content)
        except ValueError:
            asked = None
        self.say(self.service.proxy.connect(asked, self.client(), self.cookie()))

    def forward(self, name: str, content: bytes) -> None:
        """A call for a service of the DMP, in its mood."""
        client, proxy = self.client(), self.service.proxy
        session = proxy.session(self.cookie(), client)
        kind = self.headers.get("Content-Type", "")
        said = re.search(r'action="([^"]*)"', kind)
        mood = self.service.temper.of_next(name, said[1] if said else "")
        if session is None or mood.kind in _REFUSALS:
            status = "401" if session is None else mood.kind
            return self.send_json(int(status), {"code": status, "message": _REFUSALS[status]})
        request = {"nomApiPsc": f"dmp-{name}", "methode": "POST", "path": f"/{name}"}
        proxy.trace("SEND", session.professional, client, session, request)
        return self.in_mood(mood, self.answered(mood, name, kind, content, session))

    def answered(self, mood: Mood, name: str, kind: str, content: bytes, session: Session) -> Answer:
        """What the DMP answers, when it is to answer. Raises :class:`Dropped`."""
        if mood.kind != "apres":
            time.sleep(mood.seconds)
        if mood.kind == "avant":
            raise Dropped
        if mood.kind == "erreur":
            return Answer(500, HTML, b"<html><body>Internal Server Error</body></html>")
        if mood.kind == "page":
            return Answer(200, HTML, b"<html><body>Maintenance</body></html>")
        answer = self.service.answer(name, kind, content, session, mood)
        if mood.kind == "apres":
            time.sleep(mood.seconds)
            raise Dropped
        return answer

    def in_mood(self, mood: Mood, answer: Answer) -> None:
        """What a good answer becomes."""
        body = answer.body
        if mood.kind == "coupe":
            return self.reply(answer.status, body[: len(body) // 2], answer.kind, length=len(body))
        if mood.kind == "enorme":
            return self.reply(answer.status, body + b" " * HUGE, answer.kind)
        if mood.kind == "entite":
            return self.reply(
                answer.status, re.sub(rb"(<\?xml[^>]*\?>)", lambda found: found[1] + ENTITIES, body, count=1), answer.kind
            )
        return self.reply(answer.status, body, answer.kind)

    def set_mood(self, content: bytes) -> None:
        """From JSON, with the names of :class:`Mood`; ``expire`` ends all sessions."""
        try:
            asked = json.loads(content or b"{}")
            if asked.pop("expire", False):
                self.service.proxy.expire()
            self.service.set_mood(Mood(**asked))
        except (ValueError, TypeError, AttributeError) as error:
            return self.send_json(400, {"message": str(error)})
        return self.send_json(200, {})

    # Answers ------------------------------------------------------------------------------------------------------------------
    def say(self, said: Said) -> None:
        """An answer of the proxy."""
        cookie = f"{COOKIE}={said.session}; Path=/; HttpOnly; Secure" if said.session else ""
        if said.body is None:
            return self.reply(said.status, b"", "")
        return self.reply(said.status, json.dumps(said.body).encode(), JSON, cookie=cookie)

    def send_json(self, status: int, body: object) -> None:
        """JSON."""
        self.reply(status, json.dumps(body).encode(), JSON)

    def reply(self, status: int, content: bytes, kind: str, *, length: int | None = None, cookie: str = "") -> None:
        """Answer; ``length`` is what is announced, when it is not what is sent."""
        self.send_response(status)
        rows = {"Content-Type": kind, "Set-Cookie": cookie}
        for name, text in rows.items():
            if text:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def cookie(self) -> str:
        """The session that the client says is its own."""
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def client(self) -> str:
        """The CN of the certificate of the client."""
        return self.subject().get("commonName", "")


def serve(service: Service, certificates: Certificates, port: int) -> tls.Server:
    """A server of ``service`` on loopback, not running yet."""
    return tls.serve(Handler, service, certificates, port)
