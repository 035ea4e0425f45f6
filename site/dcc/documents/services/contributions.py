"""Who took part in a version, and who has it open (R-014, R-025, R-027)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.documents import access
from dcc.documents.cards import professional_card
from dcc.documents.models import Contributor, DocumentVersion, Presence

PRESENT_FOR = timedelta(minutes=2)
"""How long after a sign of life somebody counts as editing; pages give one every minute."""


def note_contribution(version: DocumentVersion, user: User, now: datetime) -> None:
    """Count ``user`` among the contributors; his professional card is copied as it is today."""
    if Contributor.objects.filter(version=version, user=user).update(last_at=now):
        return
    card = professional_card(user)
    Contributor.objects.create(version=version, user=user, professional=card, since=now, last_at=now)


def note_presence(*, actor: User, document_id: uuid.UUID) -> list[str]:
    """Say that ``actor`` has the document open for editing; returns the names of the others who do."""
    with transaction.atomic():
        version = access.find(actor, "document.edit", document_id)
        now = timezone.now()
        Presence.objects.update_or_create(version=version, user=actor, defaults={"seen_at": now})
        others = Presence.objects.filter(version=version, seen_at__gt=now - PRESENT_FOR).exclude(user=actor)
        return [str(presence.user.practitioner or presence.user) for presence in others.select_related("user__practitioner")]


def leave(*, actor: User, document_id: uuid.UUID) -> None:
    """Say that ``actor`` closed the document."""
    Presence.objects.filter(version__document_id=document_id, user=actor).delete()
