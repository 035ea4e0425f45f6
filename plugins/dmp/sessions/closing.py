"""Closing sessions: by their person, with what they rest on, when they are over; the proxy is told when it can be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone

from dcc.accounts.api import Unreadable
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import live, proxy
from plugins.dmp.settings import in_force

TOLD_WITHIN = timedelta(hours=4)
"""How long the proxy is still told of a session that ended here: it does not outlive that there (dmp_psc.md §4.2)."""


def close(user_id: UUID, why: str = "fermee") -> None:
    """Close the session of a person, and give up what she asks for; the proxy is told at once, beside the request."""
    _give_up(user_id)
    end_of_user(user_id, why)
    transaction.on_commit(tell_soon)


def on_psc_end(*, session_id: UUID, user_id: UUID, **_: object) -> None:
    """Receiver of ``psc_session_ended``: what rests on that session of Pro Santé Connect is over too."""
    asked = Opening.objects.filter(psc_session=session_id, state=Opening.State.ASKED)
    asked.update(state=Opening.State.REFUSED, problem="closed")
    rows = TrustSession.objects.filter(psc_session=session_id, ended_at=None).values_list("pk", flat=True)
    if live.end(list(rows), "psc"):
        transaction.on_commit(tell_soon)


def end_of_user(user_id: UUID, why: str) -> int:
    """End the sessions of a person here."""
    rows = TrustSession.objects.filter(user_id=user_id, ended_at=None).values_list("pk", flat=True)
    return live.end(list(rows), why)


def _give_up(user_id: UUID) -> None:
    Opening.objects.filter(user_id=user_id, state=Opening.State.ASKED).update(state=Opening.State.REFUSED, problem="closed")


def tell_soon() -> None:
    """Tell the proxy beside the request; what fails is told by the job."""
    _in_thread(tell_proxy)


def _in_thread(work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=run, name="dmp-closing", daemon=True).start()


def tell_proxy() -> int:
    """Tell the proxy of sessions that ended here, best effort: its secret goes once it knows, or is too old to matter.

    Says how many remain to be told.
    """
    remaining = 0
    for row in TrustSession.objects.filter(ended_at__isnull=False).exclude(secret=""):
        known = row.ended_at is not None and row.ended_at < timezone.now() - TOLD_WITHIN
        if not known:
            known = _told(row)
        if known:
            TrustSession.objects.filter(pk=row.pk).update(secret="")
        remaining += not known
    return remaining


def _told(row: TrustSession) -> bool:
    settings = in_force()
    try:
        secret = live.SECRET.read(row).decode()
    except Unreadable:
        return True
    return bool(settings.proxy) and proxy.disconnect(settings, secret)
