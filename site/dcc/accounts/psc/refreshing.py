"""Keeping a Pro Santé Connect session alive: its access token lasts minutes, the refresh token renews it (dmp_psc §6.2)."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dcc.accounts.psc import vault
from dcc.accounts.psc.backend import token_answer
from dcc.accounts.psc.models import PscSession
from dcc.accounts.psc.refusals import Refused
from dcc.accounts.psc.vault import KEY

RENEW_AT = "dcc_psc_renew_at"
"""In a session: from when on (seconds since the epoch) its tokens are worth renewing although no action needs them."""
REFRESH_LIFE = 1800
"""Seconds, when the provider does not say how long a refresh token lives."""
PAUSE = 60
"""Seconds between two tries, when the provider does not answer."""
MARGIN = 15
"""Seconds before its end from which an access token is not relied on."""
CLAIM = timedelta(seconds=15)
"""One request renews, others wait for it: a refresh token may serve once."""


def live_tokens(row: PscSession) -> dict[str, Any] | None:
    """The tokens, the access token good for a while yet; nothing when the session is over or cannot be renewed now."""
    tokens = vault.tokens_of(row)
    if tokens is None or _good(tokens):
        return tokens
    if not _claim(row):
        return _awaited(row)
    try:
        tokens = vault.tokens_of(row)
        return tokens if tokens is None or _good(tokens) else _renewed(row, tokens)
    finally:
        PscSession.objects.filter(pk=row.pk).update(refreshing_until=None)


def keep_alive(session: SessionBase) -> None:
    """Renew the tokens while their person works, long before the refresh token dies of it; asked at each of her requests.

    Most of the time nothing is asked: the session says from when on it is worth it.
    """
    if KEY not in session or session.get(RENEW_AT, 0) > time.time():
        return
    row = vault.row_of(session)
    tokens = vault.tokens_of(row) if row is not None and row.vault else None
    if row is None or tokens is None:
        return
    half = _refresh_life(tokens) / 2
    if float(tokens["at"]) + half < time.time():
        tokens = live_tokens(row)
    started = float(tokens["at"]) if tokens is not None else time.time()
    session[RENEW_AT] = max(started + half, time.time() + PAUSE)


def end_dead() -> int:
    """Close the sessions that nothing can renew any more: their tokens are gone, or the refresh token died. For the scheduler.

    Nobody else says so when a browser was closed, or signed out by a change of password elsewhere. Says how many it closed.
    """
    now = timezone.now()
    held = PscSession.objects.exclude(vault="").exclude(refreshing_until__gt=now)
    dead = [row for row in held if _is_dead(vault.tokens_of(row))]
    for row in dead:
        with transaction.atomic():
            vault.close(row)
    return len(dead)


def _is_dead(tokens: dict[str, Any] | None) -> bool:
    return tokens is None or float(tokens["at"]) + _refresh_life(tokens) < time.time()


def _refresh_life(tokens: dict[str, Any]) -> float:
    return float(tokens.get("refresh_expires_in") or REFRESH_LIFE)


def _good(tokens: dict[str, Any]) -> bool:
    return float(tokens["at"]) + float(tokens.get("expires_in", 0)) - MARGIN > time.time()


def _renewed(row: PscSession, tokens: dict[str, Any]) -> dict[str, Any] | None:
    if not tokens.get("refresh_token"):
        vault.close(row)
        return None
    try:
        received = token_answer({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    except Refused as refused:
        if refused.code == "code":  # it does not want the refresh token any more; an absence is only an absence
            vault.close(row)
        return None
    vault.renew(row, received)
    return vault.tokens_of(row)


def _claim(row: PscSession) -> bool:
    now = timezone.now()
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=now)
    return bool(PscSession.objects.filter(free, pk=row.pk).update(refreshing_until=now + CLAIM))


def _awaited(row: PscSession) -> dict[str, Any] | None:
    for _ in range(20):
        time.sleep(0.1)
        tokens = vault.tokens_of(row)
        if tokens is None or _good(tokens):
            return tokens
    return None
