"""Closing sessions: by their person, with what they rest on, when they are over; the proxy is told when it can be."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Unreadable
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import live, proxy
from plugins.dmp.sessions.beside import in_thread
from plugins.dmp.settings import in_force

TOLD_WITHIN = timedelta(hours=4)
"""How long the proxy is still told of a session that ended here: it does not outlive that there (dmp_psc.md §4.2)."""


def close(user_id: UUID, why: str = "fermee") -> None:
    """Close the session of a person, and give up what she asks for; the proxy is told at once, beside the request."""
    _give_up(user_id)
    end_of_user(user_id, why)
    transaction.on_commit(partial(tell_soon, user_id))


def on_psc_end(*, session_id: UUID, user_id: UUID, **_: object) -> None:
    """Receiver of ``psc_session_ended``: what rests on that session of Pro Santé Connect is over too."""
    with transaction.atomic():
        asked = Opening.objects.filter(psc_session=session_id, state=Opening.State.ASKED)
        asked.update(state=Opening.State.REFUSED, problem="closed")
        rows = TrustSession.objects.filter(psc_session=session_id, ended_at=None).values_list("pk", flat=True)
        if live.end(list(rows), "psc"):
            transaction.on_commit(partial(tell_soon, user_id))


def end_of_user(user_id: UUID, why: str) -> int:
    """End the sessions of a person here."""
    rows = TrustSession.objects.filter(user_id=user_id, ended_at=None).values_list("pk", flat=True)
    return live.end(list(rows), why)


def _give_up(user_id: UUID) -> None:
    Opening.objects.filter(user_id=user_id, state=Opening.State.ASKED).update(state=Opening.State.REFUSED, problem="closed")


def tell_soon(user_id: UUID) -> None:
    """Tell the proxy of the sessions of one person beside the request; what fails is told by the clock."""
    in_thread(partial(tell_proxy, user_id))


def tell_proxy(user_id: UUID | None = None) -> int:
    """Tell the proxy of sessions that ended here, of one person or of all: the secret of each goes once it knows.

    Best effort: it stops at the first of which it is not told, so that a proxy that hangs costs one wait; what ended last is told
    first, so that one of which it never wants to hear holds back only older ones. Says how many remain to be told.
    """
    rows = TrustSession.objects.filter(ended_at__isnull=False).exclude(secret="")
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    rows.filter(ended_at__lt=timezone.now() - TOLD_WITHIN).update(secret="")
    for row in rows.order_by("-ended_at"):
        if not _told(row):
            break
        TrustSession.objects.filter(pk=row.pk).update(secret="")
    return rows.count()


def _told(row: TrustSession) -> bool:
    settings = in_force()
    try:
        secret = live.SECRET.read(row).decode()
    except Unreadable:
        return True
    return bool(settings.proxy) and proxy.disconnect(settings, secret)
