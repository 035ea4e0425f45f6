"""A received document that the table lets in: its patient, its document, and the FRCP that goes from one DCC to the other."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.documents.api import HeldDocument, Received
from dcc.exchange.models import Entrustment, Intake
from dcc.exchange.regions import entrustments
from dcc.exchange.regions.entrustments import Event
from dcc.exchange.regions.facts import RCP_QUESTION
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.regions.states import Happening, State
from dcc.patients import api as patients
from rcp_directory import api as directory

LABEL_LENGTH = 200


def take_in(outcome: Outcome, received: Received, held: HeldDocument | None, intake: Intake) -> uuid.UUID:
    """Make of it the document, or the version, that ``outcome`` says; its id. Inside the transaction that records the file.

    Raises ``Refused``, :class:`documents.DocumentError`, :class:`patients.IdentityConflict`, or ``IntegrityError`` when
    something came under the same reference meanwhile: nothing of it then stays.
    """
    facility_id = held.facility_id if held else intake.facility_id
    document_id = documents.create_received(
        actor=None, patient_id=patient_of(received, facility_id), facility_id=facility_id, received=received
    )
    header = received.result.header
    there = documents.held_under(header.set_id or header.identifier)
    if there is None or there.document_id != document_id:
        raise IntegrityError("something came under the same reference meanwhile")  # decided again by the caller
    if outcome is Outcome.TO_COMPLETE:
        _open(there, received, intake)
    elif outcome is Outcome.RETURNED:
        given_back(document_id, intake)
    return document_id


def patient_of(received: Received, facility_id: uuid.UUID) -> uuid.UUID:
    """The patient of a received document, created when he is not known here; raises as :func:`take_in`."""
    header = received.result.identity
    if header is None:
        raise Refused("Le document ne dit pas de quel patient il s'agit (en-tête, recordTarget)")
    return patients.register_from_header(actor=None, facility_id=facility_id, header=header).patient_id


def given_back(document_id: uuid.UUID, intake: Intake) -> None:
    """Note that an entrusted document came back, whatever it is now."""
    row = entrustments.last_out(document_id)
    if row is None or not entrustments.move(row, Event(Happening.RETURNED, timezone.now())):
        return
    row.intake = intake
    row.save(update_fields=["intake"])


def _open(held: HeldDocument, received: Received, intake: Intake) -> None:
    header, now = received.result.header, timezone.now()
    came = next(version for version in held.versions if version.number == header.version_number)
    custodian: dict[str, Any] = dict(header.custodian or {})
    row = Entrustment(
        document_id=held.document_id,
        version_id=came.version_id,
        direction="in",
        rcp=str(received.result.answers.get(RCP_QUESTION) or "")[:30],
        label=_called(str(custodian.get("name") or ""), intake.sender),
        address=intake.sender,
        state=State.TO_COMPLETE,
        intake=intake,
        opened_at=now,
        changed_at=now,
    )
    entrustments.opened(row, Happening.LEFT)


def _called(custodian: str, sender: str) -> str:
    """Whom it comes from, in words: who keeps it there, and the region."""
    network = directory.network_called(sender)
    if not custodian:
        return (network or sender)[:LABEL_LENGTH]
    return f"{custodian} ({network})"[:LABEL_LENGTH] if network else custodian[:LABEL_LENGTH]
