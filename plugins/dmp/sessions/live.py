"""Sessions that are open now, for who calls the DMP: whose, what the VIHF says of her; and that a session is over.

A call is made in the session of a professional who is an author or the legal authenticator of the document (EX_2.1-1140)::

    caller = live_session_of(["810000000001", "801234500002"])   # in the one that lasts longest, or nothing
    if caller is None:
        raise NeedsSession("psc", ["810000000001", "801234500002"])

After each call :func:`note_used`; when the proxy answers 401, :func:`note_over`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dcc.accounts.api import SealedField, Unreadable, User
from dcc.audit import api as audit
from plugins.dmp.models import TrustSession
from plugins.dmp.models.sessions import ABANDONED
from plugins.dmp.sessions.people import forms_of
from plugins.dmp.transactions.types import Caller

SECRET: SealedField = TrustSession._meta.get_field("secret")


def live() -> QuerySet[TrustSession]:
    """Those that are open, of people whose account is."""
    return TrustSession.objects.filter(ended_at=None, expires_at__gt=timezone.now(), user__is_active=True)


def live_session_of(national_ids: Iterable[str]) -> Caller | None:
    """The caller in an open session of one of these professionals, the one that lasts longest; nothing when none has any."""
    return _first(live().filter(national_id__in=forms_of(national_ids)))


def caller_of(user: User) -> Caller | None:
    """The caller in the open session of a person."""
    return _first(live().filter(user=user))


def session_of(user: User) -> TrustSession | None:
    """The open session of a person, for its page."""
    return live().filter(user=user).order_by("-expires_at").first()


def ended_at(user: User) -> datetime | None:
    """When the last session of a person ended, if that was within half a day."""
    now = timezone.now()
    last = TrustSession.objects.filter(user=user).exclude(ended_why=ABANDONED).order_by("-opened_at").first()
    moment = min(last.ended_at or last.expires_at, last.expires_at) if last else None
    return moment if moment and now - timedelta(hours=12) < moment <= now else None


def row_of(caller: Caller) -> TrustSession | None:
    """The open session in which a call is made, known by its secret: the forms of an identifier may be several."""
    for row in live().filter(national_id__in=forms_of([caller.national_id])).select_related("user"):
        try:
            if SECRET.read(row).decode() == caller.proxy_session:
                return row
        except Unreadable:
            continue
    return None


def note_used(caller: Caller, what: str, *, outcome: str = "ok") -> None:
    """Write in the journal that a call was made in a session: which transaction (« TD2-1 »), how it ended.

    Nothing of the patient: the deposit has a trace of its own.
    """
    row = row_of(caller)
    with transaction.atomic():
        audit.record(
            actor=row.user if row else None,
            action="dmp.session_used",
            subject=f"dmp_session:{row.pk if row else 'over'}",
            transaction=what,
            outcome=outcome,
        )


def note_over(caller: Caller) -> None:
    """The proxy knows the session no more (401): it is over here too, and what needs it waits for the next one."""
    row = row_of(caller)
    if row is not None:
        end([row.pk], "proxy", told=True)


def end(session_ids: Iterable[UUID], why: str, *, told: bool = False) -> int:
    """End open sessions; ``told``: the proxy knows. Its secret is kept, sealed, until it was told. Says how many ended."""
    ended = 0
    with transaction.atomic():
        for row in TrustSession.objects.filter(pk__in=list(session_ids), ended_at=None).select_related("user"):
            facts: dict[str, Any] = {"ended_at": timezone.now(), "ended_why": why, **({"secret": ""} if told else {})}
            if TrustSession.objects.filter(pk=row.pk, ended_at=None).update(**facts):
                ended += 1
                actor = row.user if why == "fermee" else None
                audit.record(
                    actor=actor, action="dmp.session_closed", subject=f"user:{row.user_id}", session=str(row.pk), why=why
                )
    return ended


def professional_of(caller: Caller) -> dict[str, str]:
    """What a row keeps of a caller: all but the secret."""
    facts = asdict(caller)
    del facts["proxy_session"]
    return facts


def _first(rows: QuerySet[TrustSession]) -> Caller | None:
    for row in rows.order_by("-expires_at"):
        try:
            return Caller(**row.professional, proxy_session=SECRET.read(row).decode())
        except Unreadable:  # sealed by a key that is gone: as if there were none
            continue
    return None
