"""Sending because somebody asks: what figure 10 leaves to people, and what only the continuity of care allows (R-160...R-169)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.snapshots import DocumentSnapshot
from dcc.documents import api as documents
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.pictures import from_json
from dcc.exchange.renditions import freeze_again
from dcc.exchange.transmissions import addresses
from dcc.exchange.transmissions.addresses import Addressed
from dcc.exchange.transmissions.errors import ContinuityNeeded, SendingRefused
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.planning import Asked, Planned, holds, known_recipients, new_row, supersede
from dcc.exchange.transmissions.policy import DOCUMENT_TYPES, RecipientKind, cell_of, refusal
from dcc.exchange.transmissions.recipients import PATIENT_DOMAIN, Named
from dcc.exchange.transmissions.steps import Step, enter, hasten, lock, take

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class RecipientChoice:
    """Who is to get it: one whom the document names (``key`` of his :class:`RecipientLine`), or somebody else.

    ``address`` stands for the one the directory knows when it is given; somebody else is named by his label, and by his national
    identifier or his address.
    """

    key: str = ""
    kind: RecipientKind = "ps"
    label: str = ""
    practitioner: str = ""
    structure: str = ""
    address: str = ""


def send_document(
    *,
    actor: User,
    document_id: uuid.UUID,
    expected_revision: int,
    recipients: Sequence[RecipientChoice],
    continuity_reason: str = "",
) -> list[uuid.UUID]:
    """Send a document as it stands to ``recipients``; returns the ids of their transmissions, in that order.

    Raises ``DocumentNotFound``, ``ActionForbidden``, ``Stale``; ``Refused`` in a status in which nothing of the type leaves;
    :class:`SendingRefused` for a recipient whom figure 10 refuses; :class:`ContinuityNeeded` without a reason or by who may not
    give one. All or nothing. A *complété* FRCP goes to another region by ``send_to_rcp`` only, which hands it over.
    """
    with transaction.atomic():
        held = documents.hold(
            actor=actor, action=Action.SEND_DOCUMENT, document_id=document_id, expected_revision=expected_revision
        )
        if held.status == "complete" and any(choice.kind == "dcc" for choice in recipients):
            raise SendingRefused("Une FRCP complétée s'adresse à une autre région par « Confier à une autre région »")
        return request(actor=actor, held=held, recipients=recipients, continuity_reason=continuity_reason)


def request(
    *, actor: User, held: documents.Reference, recipients: Sequence[RecipientChoice], continuity_reason: str = ""
) -> list[uuid.UUID]:
    """The same for a document held by the caller's transaction, after a right was exercised; raises as :func:`send_document`."""
    if not recipients:
        raise SendingRefused("Choisir au moins un destinataire")
    if held.document_type not in DOCUMENT_TYPES:
        raise SendingRefused("Ce type de document n'est pas transmis par messagerie (CDC, figure 10)")
    reason = " ".join(continuity_reason.split())
    rendition = freeze_again(held.version_id, held.document_id)
    snapshot = from_json({**rendition.snapshot, "attachments": []}, documents.attachment_bytes)
    planned = [planned_for(snapshot, choice) for choice in recipients]
    if any(item.cell.continuity for item in planned):
        _check_continuity(actor, held, reason)
    asked = Asked(actor, reason)
    ids = [_request_one(rendition, item, asked) for item in planned]
    audit.record(
        actor=actor,
        action="document.sending_asked",
        subject=f"document:{held.document_id}",
        patient_id=held.patient_id,
        rendition=rendition.pk,
        transmissions=ids,
        continuity=any(item.cell.continuity for item in planned),
    )
    return ids


def _check_continuity(actor: User, held: documents.Reference, reason: str) -> None:
    try:
        documents.reference(actor, Action.SEND_UNQUALIFIED, held.document_id)
    except documents.ActionForbidden:
        words = "L'identité n'est pas qualifiée : seul un médecin peut envoyer le document, pour la continuité des soins"
        raise ContinuityNeeded(words) from None
    if not reason:
        words = "L'identité n'est pas qualifiée : dire en quoi la continuité des soins demande cet envoi (CDC, figure 10)"
        raise ContinuityNeeded(words)
    if len(reason) > REASON_LENGTH:
        raise SendingRefused(f"Motif à donner en {REASON_LENGTH} caractères au plus")


def planned_for(snapshot: DocumentSnapshot, choice: RecipientChoice) -> Planned:
    """What would be sent to somebody of such a picture; raises :class:`SendingRefused`."""
    to = _addressed(snapshot, choice)
    axes = (snapshot.document_type, snapshot.status, snapshot.patient.status, to.named.kind)
    cell = cell_of(*axes)
    if cell is None:
        raise SendingRefused(refusal(*axes))
    return Planned(to, cell, holds(cell, to, snapshot.patient.patient_id))


def _addressed(snapshot: DocumentSnapshot, choice: RecipientChoice) -> Addressed:
    named = _named(snapshot, choice)
    if not choice.address:
        return addresses.address(named)
    if named.kind == "patient":
        raise SendingRefused("L'adresse du patient est celle de son matricule INS : elle ne se choisit pas")
    return Addressed(named, checked_address(choice.address))


def _named(snapshot: DocumentSnapshot, choice: RecipientChoice) -> Named:
    if choice.key:
        known = next((named for named in known_recipients(snapshot) if named.key == choice.key), None)
        if known is None:
            raise SendingRefused("Ce destinataire n'est plus nommé dans le document : relisez la liste")
        return known
    if choice.kind not in ("ps", "dcc"):
        return next(named for named in known_recipients(snapshot) if named.kind == choice.kind)
    if not choice.practitioner and not choice.address:
        raise SendingRefused("Un destinataire se désigne par son identifiant national ou par son adresse MSSanté")
    key = f"rpps:{choice.practitioner}" if choice.practitioner else f"adresse:{choice.address.strip().lower()}"[:130]
    label = choice.label.strip() or choice.address or choice.practitioner
    return Named(choice.kind, key, label[:200], ("Désigné à l'envoi",), choice.practitioner, choice.structure)


def checked_address(text: str) -> str:
    """An address typed by somebody, in lower case; raises :class:`SendingRefused`."""
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise SendingRefused(f"« {address} » n'est pas une adresse de messagerie") from None
    if address.rpartition("@")[2] == PATIENT_DOMAIN:
        raise SendingRefused("Une boîte de patient ne se choisit pas : le patient reçoit ce que la figure 10 lui destine")
    return address


def _request_one(rendition: Rendition, item: Planned, asked: Asked) -> uuid.UUID:
    """The line of one recipient: the one that waits for this is released, else a new one."""
    same = {"channel": item.cell.channel, "recipient_kind": item.to.named.kind, "recipient_key": item.to.named.key}
    former = rendition.transmissions.filter(**same).order_by("-ordinal").values_list("pk", flat=True).first()
    row = lock(former) if former else None
    if row is not None and State(row.state) in (State.HELD, State.QUEUED):
        return _release(row, item, asked)
    now = timezone.now()
    made = new_row(rendition, item, asked, now)
    made.ordinal = row.ordinal + 1 if row else 1
    supersede(Transmission.objects.filter(line=made.line).exclude(rendition=rendition), now)
    made.save(force_insert=True)
    enter(made, Step(State(made.state), now, made.cause, actor=asked.actor))
    return made.pk


def _release(row: Transmission, item: Planned, asked: Asked) -> uuid.UUID:
    """A held line leaves with what was said now; one that is on its way already stays as it is."""
    if row.state == State.HELD and not item.cause:
        values: dict[str, Any] = {"continuity_reason": asked.continuity_reason, "requested_by": asked.actor}
        take(row, Step(State.QUEUED, timezone.now(), actor=asked.actor), address=item.to.address, **values)
        hasten(row)
    return row.pk
