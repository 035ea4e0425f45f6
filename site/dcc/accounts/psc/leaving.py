"""How a session that rests on Pro Santé Connect ends: the person leaves, or Pro Santé Connect tells that she left there.

Leaving here does not leave there: it is a single sign-on, and the other services of that browser would close too. The person
chooses. A session that was only raised to Pro Santé Connect falls back to what it was (decision 0201).
"""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from dcc.accounts import sessions, signin
from dcc.accounts.psc import provider, tokens, vault
from dcc.accounts.psc.models import PscSession, UsedLogoutToken
from dcc.accounts.psc.refusals import Refused
from dcc.accounts.sealing import Unreadable, seal, unseal
from dcc.audit import api as audit

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MESSAGE_SECONDS = 300
"""A logout message is obeyed that long after it was made."""
LEAVING, LEFT, CLOSED = "dcc_psc_leaving", "dcc_psc_left", "dcc_psc_closed"
"""In a session that is nobody's any more: the way out at Pro Santé Connect, the state of it, that it was closed from there."""
_CONTEXT = "accounts.psc.leaving"


def follow(request: HttpRequest) -> None:
    """Let the session of this request end, or fall back, when Pro Santé Connect has ended the one it rests on."""
    if vault.KEY not in request.session:
        return
    row = vault.row_of(request.session)
    if row is not None and not row.ended_by_provider:
        return
    if sessions.fall_back(request.session):
        del request.session[vault.KEY]
        return
    signin.end(request, why="psc")
    request.session[CLOSED] = True


def leave(request: HttpRequest, *, back: str) -> bool:
    """Close the session, keeping the way out at Pro Santé Connect if there is one (the answer); it sends ``back`` here."""
    row = vault.row_of(request.session)
    kept = (vault.tokens_of(row) or {}) if row is not None else {}
    signin.end(request)
    hint = kept.get("id_token")
    try:
        address = provider.metadata().get("end_session_endpoint") if hint else None
    except Refused:
        address = None
    if not address:
        return False
    state = get_random_string(32)
    query = {"id_token_hint": hint, "post_logout_redirect_uri": back, "state": state, "client_id": settings.DCC_PSC.client_id}
    request.session[LEAVING] = seal(f"{address}?{urlencode(query)}", context=_CONTEXT)
    request.session[LEFT] = state
    return True


def way_out(request: HttpRequest) -> str:
    """The address at Pro Santé Connect that ends its session, once; or nothing."""
    try:
        return unseal(request.session.pop(LEAVING, ""), context=_CONTEXT).decode()
    except Unreadable:
        return ""


def obey(token: str) -> int:
    """End the sessions that a logout message of the provider names; says how many.

    Raises :class:`Refused` when the message is not one (OpenID Connect Back-Channel Logout 1.0 §2.6), or was obeyed already.
    """
    claims = tokens.decoded(token, require=("iss", "aud", "iat", "jti", "events"))
    _check_message(claims)
    digest = hashlib.sha256(str(claims["jti"]).encode()).hexdigest()
    until = datetime.fromtimestamp(time.time() + MESSAGE_SECONDS + 2 * settings.DCC_PSC.leeway, UTC)
    try:
        with transaction.atomic():
            UsedLogoutToken.objects.create(digest=digest, until=until)
            return _end(claims)
    except IntegrityError as error:
        raise Refused("code") from error


def _check_message(claims: dict[str, Any]) -> None:
    events = claims["events"]
    named = claims.get("sid") or claims.get("sub")
    if "nonce" in claims or not named or not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Refused("token")
    if claims["iat"] + MESSAGE_SECONDS + settings.DCC_PSC.leeway < time.time():
        raise Refused("expired")


def _end(claims: dict[str, Any]) -> int:
    rows = PscSession.objects.filter(ended_by_provider=False).exclude(vault="")
    if claims.get("sub"):
        rows = rows.filter(subject=str(claims["sub"]))
    if claims.get("sid"):
        rows = rows.filter(sid=str(claims["sid"]))
    found = list(rows)
    for row in found:
        vault.close(row, by_provider=True)
        audit.record(actor=None, action="session.closed", subject=f"user:{row.user_id}", why="psc")
    return len(found)
