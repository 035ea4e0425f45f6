"""The session that a call opens: of level « contextuel », shorter than others, and for one patient only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest

from dcc.accounts import sessions, signin
from dcc.accounts.lockout import client_ip
from dcc.accounts.models import User
from dcc.audit import api as audit

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from dcc.accounts.calls.tickets import Served

CALL = "dcc_call"


class Standing(StrEnum):
    """Who is in this browser already, seen from the person of a call."""

    NOBODY = "nobody"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Where a contextual session comes from, and the one patient it is for."""

    software: str
    patient_id: UUID


def standing(request: HttpRequest, user: User) -> Standing:
    """Whether this browser is free, holds a session of ``user`` herself, or one of somebody else."""
    present = signin.signed_in(request)
    if present is None:
        return Standing.NOBODY
    return Standing.SAME if present.pk == user.pk else Standing.OTHER


def call_of(session: SessionBase) -> OpenCall | None:
    """The call that opened a session; nothing once its person signed in fully."""
    kept = session.get(CALL)
    if not kept or sessions.level_of(session) is not sessions.Level.CONTEXTUAL:
        return None
    return OpenCall(kept["software"], UUID(kept["patient"]))


@transaction.atomic
def open_session(request: HttpRequest, served: Served, patient_id: UUID) -> sessions.Level:
    """Let the person of a served call in, for this patient; returns the level of the session that goes on.

    A fuller session of the same person is kept as it is: a call never takes anything away. Any other one ends here; the page has
    asked whoever was there.
    """
    same = standing(request, served.user) is Standing.SAME
    level = sessions.level_of(request.session)
    if not same or level is sessions.Level.CONTEXTUAL:
        level = sessions.Level.CONTEXTUAL
        signin.end(request, why="call")
        auth.login(request, served.user, backend=signin.BACKEND)
        sessions.begin(request.session, level)
        request.session[CALL] = {"software": served.software.name, "patient": str(patient_id)}
        subject = f"user:{served.user.pk}"
        facts: dict[str, Any] = {"factor": "contextual", "software": served.software.pk, "ip": client_ip(request)}
        audit.record(actor=served.user, action="session.opened", subject=subject, **facts)
    audit.record(
        actor=served.user,
        action="call.opened",
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        ticket=served.ticket_id,
        software=served.software.pk,
        level=level.value,
    )
    return level
