"""Many transmissions of one validated document, each to a box of its own: work for a queue."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.policy import cell_of
from dcc.exchange.transmissions.recipients import line_of
from dcc.exchange.transmissions.steps import Step, enter

LOT = 500


def address_of(number: int) -> str:
    """The box of a recipient."""
    return f"essai{number}@hopital.mssante.fr"


def queue_many(rendition_id: UUID, number: int, *, first: int = 0) -> None:
    """Queue a rendition for ``number`` recipients that nobody named, the way planning does."""
    rendition = Rendition.objects.select_related("version__document").get(pk=rendition_id)
    cell = cell_of("frcp", "valide", "qualifiee", "ps")
    assert cell is not None
    for start in range(first, first + number, LOT):
        now = timezone.now()
        rows = [
            Transmission(
                document=rendition.version.document,
                rendition=rendition,
                channel=cell.channel,
                recipient_kind="ps",
                recipient_key=f"essai:{turn}",
                line=line_of(rendition.version.document_id, cell.channel, f"essai:{turn}"),
                address=address_of(turn),
                formats=list(cell.formats),
                requested_at=now,
                state=State.QUEUED,
                changed_at=now,
            )
            for turn in range(start, min(start + LOT, first + number))
        ]
        with transaction.atomic():
            Transmission.objects.bulk_create(rows)
            for row in rows:
                enter(row, Step(State.QUEUED, now))
