"""What becomes of an entrusted FRCP when its transmission, or the one of its return, goes on; and the return itself (R-084)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from dcc.contracts.events import Context, RenditionReady, TransmissionChanged
from dcc.documents import api as documents
from dcc.exchange.models import Entrustment, Rendition, Transmission
from dcc.exchange.pictures import from_json
from dcc.exchange.regions import entrustments
from dcc.exchange.regions.entrustments import Event
from dcc.exchange.regions.sending import PROOFS_OF_ABSENCE, is_still_here
from dcc.exchange.regions.states import Happening
from dcc.exchange.transmissions.addresses import Addressed
from dcc.exchange.transmissions.follow_up import State as Sending
from dcc.exchange.transmissions.planning import Asked, Planned, holds, write
from dcc.exchange.transmissions.policy import cell_of
from dcc.exchange.transmissions.recipients import Named

CONTINUITY = "Retour de la FRCP à la région qui l'a confiée (CDC §2.1.4)"
"""Why a return leaves although the identity is not qualified here: the region that asked has the patient (decision 0303)."""


def goes_to_another_dcc(event: TransmissionChanged) -> bool:
    """Whether a transmission may be that of an entrusted FRCP, or of its return."""
    return event.recipient_kind == "dcc"


def follow_transmission(event: TransmissionChanged, context: Context) -> None:
    """Subscriber of ``TransmissionChanged``: the answer of the other DCC moves the entrustment. Idempotent, in any order."""
    with transaction.atomic():
        sending = Transmission.objects.get(pk=event.transmission_id)
        rows = Entrustment.objects.select_for_update(of=("self",)).filter(transmission__line=sending.line)
        row = rows.order_by("-opened_at").first()
        happening = _happening(sending)
        if row is None or happening is None:
            return
        if row.transmission_id != sending.pk:
            row.transmission = sending
            row.save(update_fields=["transmission"])
        entrustments.move(row, Event(happening, event.at, cause=sending.cause))


def _happening(sending: Transmission) -> Happening | None:
    """What the state of a transmission, as it is now, tells of the FRCP; nothing when it tells nothing new."""
    if sending.state == Sending.READ:
        return Happening.READ
    if sending.state == Sending.FAILED:
        return Happening.FAILED if sending.cause in PROOFS_OF_ABSENCE or is_still_here(sending) else None
    return Happening.LEFT if sending.state in (Sending.QUEUED, Sending.SENT) else None


def give_back(event: RenditionReady, context: Context) -> None:
    """Subscriber of ``RenditionReady``: an FRCP that another DCC entrusted to this one, once validated, goes back there."""
    with transaction.atomic():
        row = entrustments.to_complete(event.document_id)
        if row is None:
            return
        rendition = Rendition.objects.select_related("version__document").get(pk=event.rendition_id)
        snapshot = from_json({**rendition.snapshot, "attachments": []}, documents.attachment_bytes)
        cell = cell_of(snapshot.document_type, snapshot.status, snapshot.patient.status, "dcc")
        if snapshot.status != "valide" or cell is None:
            return
        named = Named("dcc", f"adresse:{row.address.lower()}"[:130], row.label, ("Région qui a confié la fiche",))
        to = Addressed(named, row.address.lower())
        planned = Planned(to, cell, holds(cell, to, snapshot.patient.patient_id))
        write(rendition, [planned], Asked(None, CONTINUITY if cell.continuity else ""))
        row.transmission = rendition.transmissions.get(channel=cell.channel, recipient_key=named.key)
        row.save(update_fields=["transmission"])
        entrustments.move(row, Event(Happening.VALIDATED, timezone.now()))
