"""The sessions of a person: which ones are open, closing them. Their person reopens a closed one in place, and loses nothing.

Every way in ends in Django's ``login``, whose signal notes the session; what the session says of itself (since when, how it was
opened) is read from the session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from dcc.accounts import sessions
from dcc.accounts.models import OpenSession, User
from dcc.accounts.policies import Action
from dcc.accounts.psc import vault
from dcc.accounts.queries import may
from dcc.audit import api as audit

NOTED = "dcc_noted"
"""The key under which a session was noted, in the session."""
SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser says of itself and what people call it; the first that fits, since each also claims to be the older ones."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session of a person. ``name`` designates it without giving its key away."""

    name: str
    device: str
    opened_at: datetime
    seen_at: datetime
    level: sessions.Level
    current: bool

    @property
    def way(self) -> str:
        """How it was opened, in French."""
        return str(sessions.LEVELS[self.level])


@receiver(user_logged_in, dispatch_uid="accounts.open_sessions")
def note(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """Note a session that opens, on what kind of device; no address: the journal has it."""
    if not request.session.session_key:
        request.session.create()
    device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    facts = {"user": user, "device": device, "opened_at": timezone.now()}
    OpenSession.objects.update_or_create(key=request.session.session_key, defaults=facts)
    request.session[NOTED] = request.session.session_key


def keep_up(session: SessionBase) -> None:
    """Keep a session noted that goes on under another key (password changed, raised to Pro Santé Connect)."""
    noted = session.get(NOTED)
    if noted and noted != session.session_key:
        OpenSession.objects.filter(key=noted).update(key=session.session_key)
        session[NOTED] = session.session_key


def device_of(agent: str) -> str:
    """« Firefox, Windows »; nothing when the browser says nothing that is known."""
    found = [next((words for sign, words in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word)


def opened(user: User, *, current: str | None = None) -> Sequence[Opened]:
    """The open sessions of ``user``, the last one seen first; ``current`` is the key of the session that asks."""
    found = [
        Opened(
            name=_name(row.key),
            device=row.device,
            opened_at=_moment(data, sessions.OPENED),
            seen_at=_moment(data, sessions.SEEN),
            level=sessions.level_of(data),
            current=row.key == current,
        )
        for row, data in _alive(user)
    ]
    return sorted(found, key=lambda one: one.seen_at, reverse=True)


@transaction.atomic
def close(*, actor: User | None, user: User, keep: str | None = None, name: str = "") -> int:
    """Close the sessions of ``user`` but that of the key ``keep``, or only the one of ``name``; returns how many were open.

    ``actor`` is the person herself, who administers the platform, or nothing when the platform acts. Raises ``PermissionDenied``.
    """
    if actor is not None and actor.pk != user.pk and not may(actor, Action.ADMINISTER):
        raise PermissionDenied
    ended = [(row.key, data) for row, data in _alive(user) if row.key != keep and name in ("", _name(row.key))]
    keys = [key for key, _data in ended]
    for _key, data in ended:
        vault.end(data)
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(key__in=keys).delete()
    if keys:
        audit.record(actor=actor, action="session.ended_elsewhere", subject=f"user:{user.pk}", count=len(keys))
    return len(keys)


def forget_over() -> None:
    """Delete the sessions that are over, and the lines of those that exist no more; for the scheduler."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    OpenSession.objects.exclude(key__in=Session.objects.values("session_key")).delete()


def _alive(user: User) -> Iterator[tuple[OpenSession, Mapping[str, Any]]]:
    """The sessions that a request would find open: not expired nor idle, and opened with the password of now."""
    rows = {row.key: row for row in OpenSession.objects.filter(user=user)}
    for session in Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now()):
        data: Mapping[str, Any] = session.get_decoded()
        if sessions.remaining(data) > 0 and data.get(HASH_SESSION_KEY) == user.get_session_auth_hash():
            yield rows[session.session_key], data


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromtimestamp(data[name], UTC)


def _name(key: str) -> str:
    return hashlib.sha256(f"dcc.session:{key}".encode()).hexdigest()[:16]
