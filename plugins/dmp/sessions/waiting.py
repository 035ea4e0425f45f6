"""What waits for somebody's session, as it is told to people: whose, of which documents."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dcc.accounts.api import User
from dcc.exchange import api as exchange
from plugins.dmp.sessions.people import forms_of

CHANNEL = "dmp"


def ids_of(user: User) -> tuple[str, ...]:
    """Every form of the national identifier of a person; none when she is no professional."""
    return forms_of([user.practitioner.national_id]) if user.practitioner is not None else ()


def waiting_documents(user: User) -> list[UUID]:
    """Documents whose deposit waits for the session of this person, longest waiting first; those that she may open."""
    ids = ids_of(user)
    if not ids:
        return []
    lines = exchange.waiting_for_session(user, practitioners=ids)
    return list(dict.fromkeys(line.document_id for line in lines if line.channel == CHANNEL))


def awaited(user: User, document_id: UUID) -> Sequence[exchange.Awaited]:
    """Those whose session the deposit of a document waits for, each once; raises ``DocumentNotFound``."""
    lines = exchange.transmissions_of(user, document_id)
    return list(dict.fromkeys(one for line in lines if line.channel == CHANNEL for one in line.awaits))
