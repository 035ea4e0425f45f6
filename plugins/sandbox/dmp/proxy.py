"""The region's proxy of the trust space: sessions of professionals, opened on their phone, and their traces (dmp_psc.md §4)."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from plugins.sandbox.dmp.moods import Temper
from plugins.sandbox.dmp.people import People
from plugins.sandbox.dmp.store import Store

PATIENCE = 120.0
"""Seconds that the proxy waits for a phone (dmp_psc.md §4.4)."""
FIELDS = ("nationalId", "bindingMessage", "clientId", "channel")


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's session: who, by which software, until when (seconds of the clock)."""

    id: str
    professional: str
    client: str
    state: str
    expires: float


@dataclass(slots=True)
class Demand:
    """A demand that waits on a phone; ``digits`` are shown on both sides."""

    id: str
    professional: str
    digits: str
    answered: threading.Event = field(default_factory=threading.Event)
    accepted: bool = False

    def answer(self, accepted: bool) -> None:
        """What she does."""
        self.accepted = accepted
        self.answered.set()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the proxy; ``session`` is set when a cookie is to be."""

    status: int
    body: Mapping[str, Any] | list[dict[str, Any]] | None = None
    session: str = ""


@dataclass(slots=True)
class Proxy:
    """``clients`` are the CN of the certificates that it knows; ``patience`` is how long it waits for a phone."""

    store: Store
    people: People
    temper: Temper
    clients: Sequence[str]
    patience: float = PATIENCE
    demands: dict[str, Demand] = field(default_factory=dict)

    def connect(self, asked: object, client: str, cookie: str) -> Said:
        """``POST /connect``: waits for the phone. ``client`` is the CN of the certificate that called."""
        wrong = _wrong(asked)
        if wrong or not isinstance(asked, dict):
            return _error(400, wrong, {})
        who, software = asked["nationalId"], asked["clientId"]
        told = {"nationalId": who, "clientId": software}
        if not self.people.knows(who) or software not in self.clients or software != client:
            self.trace("CONNECT_FAILURE", who, software)
            return _error(404, "User National ID or Software Client ID Not Found", told)
        known = self.session(cookie, client)
        if known is not None and known.professional == who:
            self.trace("CONNECT_REPLAY", who, software, known)
            return Said(304)
        if not self._confirmed(who, asked["bindingMessage"]):
            self.trace("CONNECT_FAILURE", who, software)
            return _error(400, "access_denied", told)
        return self._opened(who, software)

    def session(self, cookie: str, client: str) -> Session | None:
        """The live session of a cookie, for the software that opened it."""
        found = self.store.rows("SELECT * FROM sessions WHERE id = ? AND client = ? AND expires > ?", cookie, client, time.time())
        return Session(*found[0]) if found else None

    def disconnect(self, cookie: str, client: str) -> Said:
        """``DELETE /disconnect``."""
        known = self.session(cookie, client)
        if known is None:
            return _error(401, "Session ID not found")
        with self.store.transaction() as db:
            db.execute("DELETE FROM sessions WHERE id = ?", (cookie,))
        self.trace("DISCONNECT", known.professional, client, known)
        return Said(200, {})

    def expire(self) -> None:
        """All sessions are over."""
        with self.store.transaction() as db:
            db.execute("DELETE FROM sessions")

    def trace(
        self, kind: str, who: str, client: str, session: Session | None = None, request: Mapping[str, str] | None = None
    ) -> None:
        """Keep a trace."""
        now = datetime.now(UTC)
        said = {"type": kind, "clientId": client, "IdRPPS": who, "ipAddress": "127.0.0.1", "dn": f"CN={client}"}
        said |= {"timestamp": now.isoformat(), "proxy_id_session": session.id if session else ""}
        trace: dict[str, Any] = {**said, "session_state": session.state if session else ""}
        if request:
            trace["apiRequest"] = dict(request)
        with self.store.transaction() as db:
            db.execute("INSERT INTO traces VALUES (?, ?)", (now.timestamp(), json.dumps(trace)))

    def traces(self, start: str, end: str) -> Said:
        """``GET /traces``: those between two instants."""
        try:
            first = datetime.fromisoformat(start).timestamp()
            last = datetime.fromisoformat(end).timestamp() if end else time.time() + 1
        except ValueError:
            return _error(400, "start et end : des instants ISO 8601 sont attendus")
        rows = self.store.rows("SELECT trace FROM traces WHERE at BETWEEN ? AND ? ORDER BY at", first, last)
        return Said(200, [json.loads(str(row[0])) for row in rows])

    def _confirmed(self, who: str, digits: str) -> bool:
        """Wait for what she does on her phone."""
        mood = self.temper.mood
        demand = Demand(uuid4().hex, who, digits)
        self.demands[demand.id] = demand
        waits = {"auto": mood.phone_seconds, "refus": mood.phone_seconds}.get(mood.phone, self.patience)
        try:
            if not demand.answered.wait(min(waits, self.patience)):
                demand.accepted = mood.phone == "auto"
            return demand.accepted
        finally:
            del self.demands[demand.id]

    def _opened(self, who: str, client: str) -> Said:
        life = self.temper.mood.session_seconds
        session = Session(str(uuid4()), who, client, f"{uuid4().hex}.bac-a-sable", time.time() + life)
        with self.store.transaction() as db:
            values = (session.id, session.professional, session.client, session.state, session.expires)
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", values)
        self.trace("CONNECT_SUCCESS", who, client, session)
        return Said(200, {"proxy_session_id": session.id, "session_state": session.state}, session.id)


def _wrong(asked: object) -> str:
    if not isinstance(asked, dict) or set(asked) != set(FIELDS) or not all(isinstance(asked[name], str) for name in asked):
        return f"Les champs {', '.join(FIELDS)} sont attendus"
    if not re.fullmatch(r"\d\d", asked["bindingMessage"]):
        return "bindingMessage : deux chiffres sont attendus"
    if asked["channel"] not in ("CARD", "MOBILE"):
        return "channel : CARD ou MOBILE"
    return ""


def _error(status: int, message: str, metadata: Mapping[str, str] | None = None) -> Said:
    held = {} if metadata is None else {"metadata": dict(metadata)}
    return Said(status, {"code": str(status), "message": message, **held})
