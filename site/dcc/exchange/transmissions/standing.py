"""What stands against a line now: figure 10 for its picture, the identity as it is, its address, the patient's wish."""

from __future__ import annotations

from typing import cast

from dcc.documents import api as documents
from dcc.exchange.models import Transmission
from dcc.exchange.pictures import from_json
from dcc.exchange.renditions import VALIDATED
from dcc.exchange.transmissions import addresses
from dcc.exchange.transmissions.addresses import Addressed
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.planning import holds, known_recipients
from dcc.exchange.transmissions.policy import Cell, RecipientKind, cell_of, refusal
from dcc.exchange.transmissions.recipients import Named


def cell(row: Transmission) -> Cell:
    """The cell by which a line leaves; raises :class:`SendingRefused` when figure 10 has none."""
    picture = row.rendition.snapshot
    axes = (picture["document_type"], picture["status"], picture["patient"]["status"], row.recipient_kind)
    found = cell_of(*axes)
    if found is None:
        raise SendingRefused(refusal(*axes))
    return found


def named(row: Transmission) -> Named:
    """The recipient of a line, as the document names him now or as he was chosen."""
    snapshot = from_json({**row.rendition.snapshot, "attachments": []}, documents.attachment_bytes)
    known = next((found for found in known_recipients(snapshot) if found.key == row.recipient_key), None)
    practitioner = row.recipient_key.removeprefix("rpps:") if row.recipient_key.startswith("rpps:") else ""
    kind = cast("RecipientKind", row.recipient_kind)
    return known or Named(kind, row.recipient_key, row.label, practitioner=practitioner, address=row.address)


def address_now(row: Transmission) -> Addressed:
    """Where a line would go: where the directory says now, else where it was to go."""
    found = addresses.address(named(row))
    return found if found.address else Addressed(found.named, row.address)


def cause_now(row: Transmission, to: Addressed) -> str:
    """What holds a line now; empty when nothing does. Raises as :func:`cell`."""
    allowed = cell(row)
    if not row.continuity_reason and (allowed.continuity or not still_qualified(row)):
        return "identity"
    if of_former_ins(row):
        return "former_ins"
    return holds(allowed, to, row.document.patient_id)


def of_former_ins(row: Transmission) -> bool:
    """Whether a validated content names another INS than the patient has now: what takes its place is made again (0283)."""
    picture, patient = row.rendition.snapshot, row.document.patient
    named = picture["patient"]["ins"] if picture["status"] in VALIDATED and still_qualified(row) else None
    return named is not None and (named["root"], named["extension"]) != (patient.ins_oid, patient.ins_matricule)


def overtaken(row: Transmission) -> bool:
    """Whether something newer was planned on the same line since."""
    later = Transmission.objects.filter(line=row.line, rendition__created_at__gt=row.rendition.created_at)
    return later.exclude(state=State.ABANDONED).exists()


def still_qualified(row: Transmission) -> bool:
    """Whether the identity is qualified now, as it was in the picture."""
    return bool(row.document.patient.status == "qualifiee")
