"""Who would get a document as it stands: every recipient it names, his address, and what figure 10 says of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.contracts.snapshots import DocumentSnapshot
from dcc.documents import api as documents
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions import addresses
from dcc.exchange.transmissions.follow_up import CAUSES, Unblock
from dcc.exchange.transmissions.planning import foreseen, holds, known_recipients
from dcc.exchange.transmissions.policy import DOCUMENT_TYPES, cell_of, refusal
from dcc.exchange.transmissions.queries import TransmissionLine, lines


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """A recipient of a document. ``address`` is empty when none is known or when it must not be shown (``unlisted``).

    ``allowed``: figure 10 lets the document go to him as it stands, ``continuity``: for the continuity of care only; ``words``
    say why not, else what holds it, with the one action that ``unblock`` s. ``at_validation``: he gets it by himself then, or
    once what ``at_validation_words`` say is settled. ``last`` is what was sent or waits to be sent to him.
    """

    key: str
    kind: str
    label: str
    roles: Sequence[str]
    reachable: bool
    address: str
    unlisted: bool
    channel: str
    formats: Sequence[str]
    allowed: bool
    continuity: bool
    at_validation: bool
    at_validation_words: str
    words: str
    unblock: Unblock
    last: TransmissionLine | None = None


def recipients_of(actor: User, document_id: uuid.UUID) -> list[RecipientLine]:
    """Everybody whom figure 10 or the document knows, professionals first; raises ``DocumentNotFound``."""
    documents.reference(actor, Action.OPEN_DOCUMENT, document_id)
    _version, snapshot = documents.current_picture(document_id, as_of=timezone.now(), with_attachments=False)
    if snapshot.document_type not in DOCUMENT_TYPES:
        return []
    last = _last(document_id)
    found = addresses.address_all(known_recipients(snapshot))
    validated = replace(snapshot, status="valide")
    automatic = {planned.to.named.key: planned.cause for planned in foreseen(validated, found)}
    return [_line(snapshot, to, automatic.get(to.named.key), last.get(to.named.key)) for to in found]


def _last(document_id: uuid.UUID) -> Mapping[str, TransmissionLine]:
    rows = Transmission.objects.filter(document_id=document_id).prefetch_related("steps").order_by("requested_at", "ordinal")
    return {line.recipient_key: line for line in lines(list(rows))}


def _line(
    snapshot: DocumentSnapshot, to: addresses.Addressed, at_validation: str | None, last: TransmissionLine | None
) -> RecipientLine:
    axes = (snapshot.document_type, snapshot.status, snapshot.patient.status, to.named.kind)
    cell = cell_of(*axes) if snapshot.status != "annule" else None
    cause = CAUSES[holds(cell, to, snapshot.patient.patient_id) if cell else ""]
    return RecipientLine(
        key=to.named.key,
        kind=to.named.kind,
        label=to.named.label,
        roles=to.named.roles,
        reachable=bool(to.address) or to.named.kind == "dmp",
        address="" if to.unlisted else to.address,
        unlisted=to.unlisted,
        channel=cell.channel if cell else "",
        formats=cell.formats if cell else (),
        allowed=cell is not None,
        continuity=bool(cell and cell.continuity),
        at_validation=at_validation is not None,
        at_validation_words=CAUSES[at_validation or ""].words,
        words=cause.words if cell else _refusal(axes),
        unblock=cause.unblock,
        last=last,
    )


def _refusal(axes: tuple[str, str, str, str]) -> str:
    return "Un document annulé n'est jamais transmis" if axes[1] == "annule" else refusal(*axes)
