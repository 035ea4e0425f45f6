"""The tokens of Pro Santé Connect: only in the session store, sealed, under a key of their own, and never in a log.

They are not in the session of the person itself: two requests at once write it whole, and the slower would put back tokens that
the faster has renewed. Ours only names the row of :class:`PscSession`, which knows where they are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from dcc.accounts.models import User
from dcc.accounts.psc.claims import Proof
from dcc.accounts.psc.ending import psc_session_ended
from dcc.accounts.psc.models import PscSession, UsedLogoutToken
from dcc.accounts.sealing import Unreadable, seal, unseal

KEY = "dcc_psc"
"""In a session: the :class:`PscSession` it rests on."""
_TOKENS = "tokens"
_KEPT = ("access_token", "refresh_token", "id_token", "expires_in", "refresh_expires_in")


def _store(key: str | None = None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store


def deposit(session: SessionBase, user: User, proof: Proof) -> PscSession:
    """Keep the tokens of a flow that was completed, and let ``session`` rest on them."""
    withdraw(session)
    row = PscSession(user=user, subject=proof.subject[:255], sid=proof.sid)
    vault = _store()
    vault.set_expiry(int(settings.DCC_SESSION_ABSOLUTE.total_seconds()))
    _write(vault, row.pk, proof.tokens)
    vault.save(must_create=True)
    row.vault = vault.session_key or ""
    row.save(force_insert=True)
    session[KEY] = str(row.pk)
    session.pop("dcc_psc_renew_at", None)
    return row


def row_of(session: SessionBase | Mapping[str, Any]) -> PscSession | None:
    """The session of Pro Santé Connect that ``session`` rests on, over or not."""
    key = session.get(KEY)
    return PscSession.objects.filter(pk=UUID(key)).first() if key else None


def is_live(request: HttpRequest) -> bool:
    """Whether the session of this request rests on one of Pro Santé Connect that is not over."""
    row = row_of(request.session) if request.user.is_authenticated else None
    return row is not None and bool(row.vault)


def tokens_of(row: PscSession) -> dict[str, Any] | None:
    """The tokens; nothing once the session is over."""
    sealed = _store(row.vault).get(_TOKENS) if row.vault else None
    if not sealed:
        return None
    try:
        tokens: dict[str, Any] = json.loads(unseal(sealed, context=_context(row.pk)))
    except Unreadable:
        return None
    return tokens


def renew(row: PscSession, received: dict[str, Any]) -> None:
    """Replace the tokens by those of a refresh; what it does not give again stays."""
    vault = _store(row.vault)
    _write(vault, row.pk, {**(tokens_of(row) or {}), **{k: v for k, v in received.items() if v}})
    vault.save()


def close(row: PscSession, *, by_provider: bool = False) -> None:
    """The session of Pro Santé Connect is over: the tokens go, at once and for every process."""
    if row.vault:
        _store(row.vault).delete()
    row.vault, row.ended_at, row.ended_by_provider = "", timezone.now(), by_provider
    row.save(update_fields=["vault", "ended_at", "ended_by_provider"])
    psc_session_ended.send_robust(sender=PscSession, session_id=row.pk, user_id=row.user_id)


def withdraw(session: SessionBase) -> None:
    """``session`` does not rest on Pro Santé Connect any more."""
    end(session)
    session.pop(KEY, None)


def end(session: SessionBase | Mapping[str, Any]) -> None:
    """End what a session, or what it holds, rests on."""
    row = row_of(session)
    if row is not None:
        close(row)


def forget_old() -> None:
    """Forget the sessions that are over, and the messages that nobody would accept any more; for the scheduler."""
    now = timezone.now()
    PscSession.objects.filter(opened_at__lt=now - 2 * settings.DCC_SESSION_ABSOLUTE).delete()
    UsedLogoutToken.objects.filter(until__lt=now).delete()


def _write(vault: SessionBase, pk: UUID, tokens: dict[str, Any]) -> None:
    kept = {name: tokens[name] for name in _KEPT if name in tokens} | {"at": time.time()}
    vault[_TOKENS] = seal(json.dumps(kept), context=_context(pk))


def _context(pk: UUID) -> str:
    return f"accounts.psc:{pk}"
