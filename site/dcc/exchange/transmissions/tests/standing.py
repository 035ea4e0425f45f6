"""Transmissions of a document as they may stand, one in each state, written without any channel."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from dcc.exchange.models import Rendition, Transmission, TransmissionStep
from dcc.exchange.transmissions.follow_up import State

CASES = (
    ("Dr Jeanne LEROY", "ps", "mss", State.READ, ""),
    ("Dr Karim BENALI", "ps", "mss", State.DELIVERED, ""),
    ("Dr Anne-Sophie de La Rochefoucauld-Montmorency", "ps", "mss", State.SENT, ""),
    ("Dr Paul NOIR", "ps", "mss", State.FAILED, "unknown_box"),
    ("Mme Lucie PETIT", "ps", "mss", State.HELD, "no_address"),
    ("Plateforme de données en cancérologie (PDC)", "pdc", "mss", State.HELD, "identity"),
    ("Patient (Mon espace santé)", "patient", "mss", State.QUEUED, ""),
    ("DMP", "dmp", "dmp", State.HELD, "session"),
)


def make_rendition(document_id: UUID, *, status: str = "") -> Rendition:
    """A rendition of the last version, which holds nothing but the status it was sent in."""
    from dcc.documents.models import DocumentVersion

    version = DocumentVersion.objects.filter(document_id=document_id).order_by("number").last()
    assert version is not None
    number = Rendition.objects.filter(version=version).count() + 1
    return Rendition.objects.create(
        version=version, number=number, reason="essai", as_of=timezone.now(), snapshot={"status": status}
    )


def make_transmission(rendition: Rendition, label: str, kind: str, channel: str, state: State, cause: str) -> Transmission:
    """One transmission, with the steps that led it there."""
    now = timezone.now()
    path = [State.QUEUED, State.SENT, State.DELIVERED, State.READ]
    passed = path[: path.index(state) + 1] if state in path else ([State.QUEUED, State.SENT] if state is State.FAILED else [])
    reached = {one: now - timedelta(minutes=9 - place) for place, one in enumerate(passed)}
    row = Transmission.objects.create(
        document=rendition.version.document,
        rendition=rendition,
        channel=channel,
        recipient_kind=kind,
        recipient_key=label,
        line=label[:64],
        label=label,
        requested_at=now - timedelta(minutes=10),
        changed_at=now,
        state=state,
        cause=cause,
        sent_at=reached.get(State.SENT),
        delivered_at=reached.get(State.DELIVERED),
        read_at=reached.get(State.READ),
    )
    for one, at in reached.items():
        TransmissionStep.objects.create(transmission=row, at=at, state=one)
    if state not in passed:
        TransmissionStep.objects.create(transmission=row, at=now, state=state, cause=cause)
    return row


def one_of_each(document_id: UUID) -> dict[str, Transmission]:
    """A transmission of the document for each case, by the name of its recipient."""
    rendition = make_rendition(document_id)
    return {case[0]: make_transmission(rendition, *case) for case in CASES}
