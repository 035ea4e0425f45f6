"""Reads of transmissions: what became of a document, recipient by recipient, for who may follow it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.exchange.models import Transmission, TransmissionStep
from dcc.exchange.transmissions.awaiting import SESSION, Awaited, awaited_for
from dcc.exchange.transmissions.follow_up import CAUSES, STATES, State, Unblock, standing_of
from dcc.exchange.transmissions.redirecting import REDIRECTIONS, Errand, errand_of, unblock_of


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that happened, as it is shown."""

    at: datetime
    state: str
    state_label: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class TransmissionLine:
    """One recipient of one rendition: where it stands, why, the one action that unblocks it, and what happened so far."""

    transmission_id: uuid.UUID
    rendition_id: uuid.UUID
    channel: str
    recipient_kind: str
    recipient_key: str
    recipient_label: str
    action: str
    state: str
    state_label: str
    cause: str
    words: str
    detail: str
    note: str
    unblock: Unblock
    open: bool
    arrived: bool
    maybe_doubled: bool
    formats: Sequence[str]
    requested_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    steps: Sequence[StepLine]
    awaits: Sequence[Awaited] = ()


def state_words(channel: str, state: State) -> str:
    """A state as a channel says it: what a registry answered is deposited."""
    return _(standing_of(channel, state).label)


def transmissions_of(actor: User, document_id: uuid.UUID) -> list[TransmissionLine]:
    """Transmissions of a document, newest first; raises ``DocumentNotFound``."""
    documents.reference(actor, Action.OPEN_DOCUMENT, document_id)
    rows = Transmission.objects.filter(document_id=document_id).prefetch_related("steps")
    return lines(list(rows.order_by("-requested_at", "recipient_kind", "label")))


def lines(rows: Sequence[Transmission]) -> list[TransmissionLine]:
    """Rows as they are shown, with whom they wait for."""
    awaited, errands = awaited_for(rows), _errands(rows)
    return [_line(row, errands[row.pk], awaited) for row in rows]


def _errands(rows: Sequence[Transmission]) -> Mapping[uuid.UUID, Errand]:
    """What each is for; the pictures of the documents stay in the database."""
    statuses = Transmission.objects.filter(pk__in=[row.pk for row in rows if row.recipient_kind == "dcc"])
    sent = dict(statuses.values_list("pk", "rendition__snapshot__status"))
    return {row.pk: errand_of(row.recipient_kind, sent.get(row.pk) or "") for row in rows}


def _line(row: Transmission, errand: Errand, awaited: Mapping[str, Sequence[Awaited]]) -> TransmissionLine:
    """A row as it is shown; the address is not, which may be unlisted. ``awaited``: whom lines wait for."""
    standing, cause = standing_of(row.channel, State(row.state)), CAUSES[row.cause]
    return TransmissionLine(
        transmission_id=row.pk,
        rendition_id=row.rendition_id,
        channel=row.channel,
        recipient_kind=row.recipient_kind,
        recipient_key=row.recipient_key,
        recipient_label=row.label,
        action=row.action,
        state=row.state,
        state_label=state_words(row.channel, State(row.state)),
        cause=row.cause,
        words=_(cause.words) if cause.words else "",
        detail=row.detail,
        note=row.note,
        unblock=unblock_of(row.cause, errand),
        open=standing.open,
        arrived=standing.arrived,
        maybe_doubled=row.maybe_doubled,
        formats=tuple(row.formats),
        requested_at=row.requested_at,
        changed_at=row.changed_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        steps=[_step(row.channel, step) for step in row.steps.all()],
        awaits=awaited.get(row.line, ()) if row.cause == SESSION else (),
    )


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What to look for in the queue; empty: whatever. ``days``: at least so many days in its state."""

    states: Sequence[str] = ()
    cause: str = ""
    channel: str = ""
    kind: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A transmission as who administers sees it: nothing of the patient, not even his name in a title.

    ``redirectable``: whether another address may be given for it.
    """

    transmission_id: uuid.UUID
    document_id: uuid.UUID
    document_type: str
    channel: str
    recipient_kind: str
    recipient_label: str
    state: str
    state_label: str
    cause: str
    words: str
    detail: str
    note: str
    unblock: Unblock
    redirectable: bool
    open: bool
    attempts: int
    maybe_doubled: bool
    requested_at: datetime
    changed_at: datetime
    awaits: Sequence[Awaited] = ()


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; ``counts`` says how many there are by state and cause, whatever the filters."""

    lines: Sequence[QueueLine]
    total: int
    page: int
    pages: int
    counts: Mapping[tuple[str, str], int]


PAGE = 50


def queue(actor: User, filters: QueueFilters = QueueFilters(), *, page: int = 1) -> QueuePage:
    """Transmissions of the whole platform, those that changed last first; raises ``PermissionDenied`` unless he administers."""
    if not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied
    rows = _filtered(filters)
    total = rows.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    shown = list(rows.select_related("document").order_by("-changed_at", "pk")[(page - 1) * PAGE : page * PAGE])
    awaited = awaited_for(shown)
    by_cause = Transmission.objects.values_list("state", "cause").annotate(count=Count("pk")).order_by()
    counts = {(state, cause): count for state, cause, count in by_cause}
    errands = _errands(shown)
    return QueuePage([_queue_line(row, errands[row.pk], awaited) for row in shown], total, page, pages, counts)


def _filtered(filters: QueueFilters) -> QuerySet[Transmission]:
    wanted = {"cause": filters.cause, "channel": filters.channel, "recipient_kind": filters.kind}
    rows = Transmission.objects.filter(**{name: value for name, value in wanted.items() if value})
    if filters.states:
        rows = rows.filter(state__in=filters.states)
    if filters.days:
        rows = rows.filter(changed_at__lte=timezone.now() - timedelta(days=filters.days))
    return rows


def _queue_line(row: Transmission, errand: Errand, awaited: Mapping[str, Sequence[Awaited]]) -> QueueLine:
    standing, cause = STATES[State(row.state)], CAUSES[row.cause]
    return QueueLine(
        transmission_id=row.pk,
        document_id=row.document_id,
        document_type=row.document.document_type,
        channel=row.channel,
        recipient_kind=row.recipient_kind,
        recipient_label=row.label,
        state=row.state,
        state_label=state_words(row.channel, State(row.state)),
        cause=row.cause,
        words=_(cause.words) if cause.words else "",
        note=row.note,
        detail="" if row.recipient_kind == "patient" else row.detail,  # a server repeats the address, which is the matricule
        unblock=unblock_of(row.cause, errand),
        redirectable=standing.open and not REDIRECTIONS[errand].refusal,
        open=standing.open,
        attempts=row.attempts,
        maybe_doubled=row.maybe_doubled,
        requested_at=row.requested_at,
        changed_at=row.changed_at,
        awaits=awaited.get(row.line, ()) if row.cause == SESSION else (),
    )


def _step(channel: str, step: TransmissionStep) -> StepLine:
    words = CAUSES[step.cause].words
    label = state_words(channel, State(step.state))
    return StepLine(step.at, step.state, label, _(words) if words else "", step.detail)
