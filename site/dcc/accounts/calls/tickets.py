"""The link given for a call: opaque, short-lived, served once, bound to nothing else. Only its digest is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from dcc.accounts.calls.models import CallingSoftware, CallTicket
from dcc.accounts.calls.reception import LEEWAY, Call
from dcc.accounts.calls.refusals import CallRefused
from dcc.accounts.lockout import client_ip
from dcc.accounts.models import User
from dcc.accounts.refusals import refusal_told
from dcc.accounts.sealing import seal, unseal
from dcc.audit import api as audit


@dataclass(frozen=True, slots=True)
class Served:
    """What a link stood for."""

    ticket_id: Any
    software: CallingSoftware
    user: User
    patient: dict[str, Any]
    target: str
    document: str


def issue(request: HttpRequest, call: Call) -> tuple[str, datetime]:
    """A link's secret part for a call, and until when it may be opened; raises ``CallRefused("replayed")``."""
    secret = secrets.token_urlsafe(32)
    said = call.said
    ticket = CallTicket(
        digest=_digest(secret),
        software=call.software,
        jti=said.jti,
        user=call.user,
        expires_at=timezone.now() + timedelta(seconds=settings.DCC_CALL_SECONDS),
    )
    payload = json.dumps({"patient": said.patient, "target": said.target, "document": said.document})
    ticket.payload = seal(payload, context=_context(ticket))
    try:
        with transaction.atomic():
            ticket.save(force_insert=True)
            facts: dict[str, Any] = {"ticket": ticket.pk, "target": said.target, "ip": client_ip(request)}
            audit.record(actor=call.user, action="call.received", subject=_subject(call.software), **facts)
    except IntegrityError as error:
        raise CallRefused("replayed") from error
    return secret, ticket.expires_at


def waiting(secret: str) -> CallTicket:
    """The link that still may be opened, which stays so; raises ``CallRefused`` saying whether it is unknown, used or expired."""
    found = CallTicket.objects.select_related("software", "user").filter(digest=_digest(secret)).first()
    if found is None or not found.software.active or not found.user.is_active:
        raise CallRefused("unknown_link")
    if found.used_at is not None:
        raise CallRefused("used")
    if found.expires_at <= timezone.now():
        raise CallRefused("expired_link")
    return found


def serve(secret: str) -> Served:
    """What the link stands for, once: of two who open it at once, one is told that it was used. Raises as :func:`waiting`."""
    ticket = waiting(secret)
    payload = json.loads(unseal(ticket.payload, context=_context(ticket)))
    with transaction.atomic():
        mine = CallTicket.objects.filter(pk=ticket.pk, used_at=None).update(used_at=timezone.now(), payload="")
        if not mine:
            raise CallRefused("used")
        audit.record(actor=ticket.user, action="call.served", subject=_subject(ticket.software), ticket=ticket.pk)
    return Served(ticket.pk, ticket.software, ticket.user, **payload)


@transaction.atomic
def refuse(request: HttpRequest, error: CallRefused) -> None:
    """Leave a trace of a refusal: its code, and which software it names when that much was known."""
    refusal_told(request)
    subject = f"calling_software:{error.software_id or 'unknown'}"
    audit.record(actor=None, action="call.refused", subject=subject, reason=error.code, ip=client_ip(request))


def forget_old_calls() -> int:
    """Remove the links, served or not, whose call could not be sent again; returns how many."""
    longest = timedelta(seconds=2 * settings.DCC_CALL_SECONDS + 2 * LEEWAY)
    count, _by_model = CallTicket.objects.filter(expires_at__lt=datetime.now(UTC) - longest).delete()
    return count


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _context(ticket: CallTicket) -> str:
    return f"accounts.call:{ticket.pk}"


def _subject(software: CallingSoftware) -> str:
    return f"calling_software:{software.pk}"
