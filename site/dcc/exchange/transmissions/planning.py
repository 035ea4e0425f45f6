"""What leaves by itself once the files of a document are there: figure 10, by recipient (R-033, R-035, R-196...R-198)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.contracts.events import Context, DocumentStatusChanged, RenditionReady
from dcc.contracts.snapshots import DocumentSnapshot
from dcc.documents import api as documents
from dcc.exchange.models import Rendition, RenditionState, Transmission
from dcc.exchange.pictures import from_json
from dcc.exchange.renditions import RENEWED, VISIBILITY
from dcc.exchange.transmissions import addresses
from dcc.exchange.transmissions.addresses import Addressed
from dcc.exchange.transmissions.channels import transport_of
from dcc.exchange.transmissions.follow_up import STATES, State
from dcc.exchange.transmissions.opposition import opposes
from dcc.exchange.transmissions.options import choices
from dcc.exchange.transmissions.policy import DOCUMENT_TYPES, Cell, RecipientKind, cell_of
from dcc.exchange.transmissions.recipients import Named, line_of, merged, professional, professionals_of, single
from dcc.exchange.transmissions.steps import Step, enter, hasten, take
from dcc.patients import api as patients

OPEN = tuple(state.value for state, standing in STATES.items() if standing.open)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a sending, and the reason « continuité des soins »; nobody for what leaves by itself."""

    actor: User | None = None
    continuity_reason: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A line to be: to whom, by which cell, held for which cause (empty: it leaves); ``asked`` as the line it takes over was."""

    to: Addressed
    cell: Cell
    cause: str = ""
    asked: Asked | None = None


def plan_ready(event: RenditionReady, context: Context) -> None:
    """Subscriber of ``RenditionReady``: one line per recipient that figure 10 serves by itself. Idempotent."""
    plan(event.rendition_id)


def plan(rendition_id: uuid.UUID) -> list[Transmission]:
    """The lines of a rendition that leave by themselves, each once; what is open of earlier renditions gives way (``newer``).

    Nothing for types that figure 10 does not know. Called again it adds nothing.
    """
    rendition = Rendition.objects.select_related("version__document").get(pk=rendition_id)
    snapshot = from_json({**rendition.snapshot, "attachments": []}, documents.attachment_bytes)
    if snapshot.document_type not in DOCUMENT_TYPES or _overtaken(rendition):
        return []
    planned = list(foreseen(snapshot, addresses.address_all(known_recipients(snapshot))))
    planned += _formerly_served(rendition, snapshot, {item.to.named.key for item in planned})
    if rendition.reason == VISIBILITY:
        planned = [item for item in planned if item.cell.channel == "dmp"]
    return write(rendition, planned, Asked())


def _overtaken(rendition: Rendition) -> bool:
    """Whether newer files of the document are there already: told in another order, they are what leaves."""
    later = Rendition.objects.filter(version__document=rendition.version.document_id, state=RenditionState.READY)
    return later.filter(created_at__gt=rendition.created_at).exclude(reason=VISIBILITY).exists()


def _formerly_served(rendition: Rendition, snapshot: DocumentSnapshot, known: set[str]) -> Iterator[Planned]:
    """Whoever else got this document gets what replaces it, or still waits for it, as far as figure 10 still allows."""
    for row in {row.line: row for row in _served(rendition).exclude(recipient_key__in=known).order_by("requested_at")}.values():
        kind = cast("RecipientKind", row.recipient_kind)
        cell = cell_of(snapshot.document_type, snapshot.status, snapshot.patient.status, kind)
        if cell is None:
            continue
        to = Addressed(Named(kind, row.recipient_key, row.label), row.address)
        reason = row.continuity_reason if cell.continuity and kind == "dcc" else ""
        cause = "identity" if cell.continuity and not reason else holds(cell, to, snapshot.patient.patient_id)
        yield Planned(to, cell, cause, Asked(row.requested_by, reason))


def _served(rendition: Rendition) -> QuerySet[Transmission]:
    """Lines that this rendition takes over: of the same content all, of a further one those chosen by hand, and a return.

    An FRCP entrusted « complété » is not: once it is validated here it was taken back, and goes to that region no more.
    """
    waiting = Q(state__in=OPEN)
    if rendition.reason in RENEWED:
        taken_over = Q(sent_at__isnull=False) | waiting
    else:
        taken_over = waiting & (Q(requested_by__isnull=False) | Q(recipient_kind="dcc"))
    rows = Transmission.objects.filter(taken_over, document=rendition.version.document_id).select_related("requested_by")
    return rows.exclude(rendition=rendition).exclude(recipient_kind="dcc", rendition__snapshot__status="complete")


def foreseen(snapshot: DocumentSnapshot, found: Iterable[Addressed]) -> Iterator[Planned]:
    """What would leave by itself of such a picture, whose recipients were ``found``, and what holds it."""
    for to in found:
        cell, held = _cell(snapshot, to.named.kind)
        if cell is not None and cell.automatic:
            yield Planned(to, cell, held or holds(cell, to, snapshot.patient.patient_id))


def _cell(snapshot: DocumentSnapshot, kind: RecipientKind) -> tuple[Cell | None, str]:
    """The automatic cell as the identity is, else the one it waits for: that of a qualified identity."""
    now = cell_of(snapshot.document_type, snapshot.status, snapshot.patient.status, kind)
    if now is not None and now.automatic:
        return now, ""
    return cell_of(snapshot.document_type, snapshot.status, "qualifiee", kind), "identity"


def automatic_recipients(snapshot: DocumentSnapshot) -> Iterator[tuple[RecipientKind, list[Named]]]:
    """Those to whom figure 10 may send a document by itself, by kind."""
    yield "ps", professionals(snapshot)
    yield "pdc", [addresses.pdc()]
    yield "dmp", [single("dmp")]
    yield "patient", [addresses.patient(snapshot.patient)]


def known_recipients(snapshot: DocumentSnapshot) -> list[Named]:
    """Everybody whom the document or the platform knows as its recipient, allowed or not."""
    return merged(named for _kind, recipients in automatic_recipients(snapshot) for named in recipients)


def professionals(snapshot: DocumentSnapshot) -> list[Named]:
    """Those whom the document names, then whom the region adds: the care team of the patient, the authors."""
    chosen, patient_id = choices().values, snapshot.patient.patient_id
    named = professionals_of(snapshot.document_type, snapshot.answers, outside_quorum=chosen["outside_quorum"])
    team = _team(patient_id) if patient_id and chosen["care_team"] else []
    authors = [professional(actor.professional, "Auteur") for actor in snapshot.authors] if chosen["authors"] else []
    return merged([*named, *team, *authors])


def _team(patient_id: uuid.UUID) -> list[Named]:
    members = User.objects.filter(pk__in=[member.user_id for member in patients.care_team(patient_id)])
    known = (user.practitioner for user in members.select_related("practitioner__facility"))
    return [professional(accounts.professional_value(who), "Équipe de soins") for who in known if who]


def holds(cell: Cell, to: Addressed, patient_id: uuid.UUID | None) -> str:
    """Why an allowed line does not leave yet; empty when nothing holds it."""
    if to.named.kind == "patient" and patient_id and opposes(patient_id):
        return "opposition"
    if cell.channel == "mss" and not to.address:
        return "not_configured" if to.named.kind == "pdc" else "no_address"
    return "" if transport_of(cell.channel) else "channel_off"


def write(rendition: Rendition, planned: list[Planned], asked: Asked) -> list[Transmission]:
    """Write the lines of a rendition that are not there yet, and let what is open before them give way."""
    now, document = timezone.now(), rendition.version.document
    with transaction.atomic():
        Rendition.objects.select_for_update().get(pk=rendition.pk)
        there = set(rendition.transmissions.values_list("channel", "recipient_key"))
        rows = [new_row(rendition, item, asked, now) for item in planned if (item.cell.channel, item.to.named.key) not in there]
        former = Transmission.objects.filter(document=document, rendition__created_at__lt=rendition.created_at)
        supersede(former.filter(channel="dmp") if rendition.reason == VISIBILITY else former, now)
        Transmission.objects.bulk_create(rows)
        for row in rows:
            row.document = document
            enter(row, Step(State(row.state), now, row.cause, actor=asked.actor))
    return rows


def new_row(rendition: Rendition, item: Planned, asked: Asked, now: datetime) -> Transmission:
    """A line that is not stored yet."""
    by = item.asked or asked
    named, document_id = item.to.named, rendition.version.document_id
    return Transmission(
        document_id=document_id,
        rendition=rendition,
        channel=item.cell.channel,
        recipient_kind=named.kind,
        recipient_key=named.key,
        line=line_of(document_id, item.cell.channel, named.key),
        address=item.to.address,
        label=named.label,
        formats=list(item.cell.formats),
        continuity_reason=by.continuity_reason,
        requested_by=by.actor,
        requested_at=now,
        state=State.HELD if item.cause else State.QUEUED,
        cause=item.cause,
        changed_at=now,
    )


def drop_cancelled(event: DocumentStatusChanged, context: Context) -> None:
    """Subscriber of ``DocumentStatusChanged``: a cancelled document is never transmitted, whatever was in file (R-022)."""
    if event.status != "annule":
        return
    with transaction.atomic():
        rows = Transmission.objects.filter(rendition__version=event.version_id, state__in=OPEN)
        for row in rows.select_for_update(of=("self",)).select_related("document"):
            step = Step(State.ABANDONED, timezone.now(), detail="Document annulé")
            take(row, step, attempting_since=row.attempting_since)
            hasten(row)


def supersede(earlier: QuerySet[Transmission], now: datetime) -> None:
    """What is open of these and was not handed over gives way; what may have left stays before what comes.

    One that is being handed over looks again as soon as that came to nothing, and gives way then: it holds back nothing newer.
    """
    for row in earlier.filter(state__in=OPEN).select_for_update(of=("self",)).select_related("document"):
        if row.attempting_since is None:
            take(row, Step(State.SUPERSEDED, now, "newer"))
        hasten(row)
