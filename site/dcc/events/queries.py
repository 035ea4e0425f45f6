"""What screens and watchers read of the outbox; never the queue's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.events.models import Delivery, Job, SessionWait
from dcc.events.states import NEEDS_HUMAN, STATES, Reason, State

if TYPE_CHECKING:
    from dcc.accounts.api import User


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery as it is shown: where it stands, why, and what may be done."""

    id: UUID
    event: str
    event_at: datetime
    key: str
    subject: str
    state: State
    label: str
    reason_code: Reason
    reason: str
    attempts: int
    due_at: datetime | None
    retryable: bool


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Something told that waits for somebody's session: what was told, and when."""

    payload: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """The outbox at a glance. ``late_since`` is the due time of the oldest delivery that should have been run, if any."""

    counts: dict[State, int]
    late_since: datetime | None
    failing_jobs: Sequence[str]


def deliveries(*, actor: User, subject: str = "", attention: bool = False, limit: int = 200) -> Sequence[DeliveryView]:
    """Deliveries, newest event first: those of one subject, or those that need a human (``attention``), or the latest.

    Raises ``PermissionDenied`` unless the actor administers the platform. Rooms show their own rows to their own people.
    """
    if not accounts.may(actor, accounts.Action.ADMINISTER):
        raise PermissionDenied
    found: QuerySet[Delivery] = Delivery.objects.select_related("event").order_by("-event_id", "key")
    if subject:
        found = found.filter(subject=subject)
    if attention:
        found = found.filter(state__in=NEEDS_HUMAN)
    return [_view(delivery) for delivery in found[:limit]]


def awaiting_session(*, kind: str, event: str, practitioners: Collection[str] = ()) -> Sequence[Awaiting]:
    """What waits for a session of ``kind`` of one of ``practitioners`` (of anybody), of events of one name; oldest first."""
    waits = SessionWait.objects.filter(kind=kind, delivery__state=State.WAITING, delivery__event__name=event)
    if practitioners:
        waits = waits.filter(practitioner__in=practitioners)
    rows = waits.order_by("delivery__event_id").values_list("delivery__event__payload", "delivery__event__at", "delivery_id")
    return list({delivery_id: Awaiting(payload, at) for payload, at, delivery_id in rows}.values())


def health() -> Health:
    """Counts by state, lateness and failing jobs: figures without any subject, for watchers and the administrator's page."""
    counts = {State(state): number for state, number in Delivery.objects.values_list("state").annotate(Count("id"))}
    due = Delivery.objects.filter(settled_at__isnull=True, state=State.PENDING, due_at__lt=timezone.now())
    failing = Job.objects.exclude(failure="").order_by("key").values_list("key", flat=True)
    return Health(counts, due.aggregate(Min("due_at"))["due_at__min"], list(failing))


def awaited(*, kind: str, key: str, subjects: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Whose session of ``kind`` the deliveries of a subscriber wait for: national identifiers, by subject; one query."""
    waits = SessionWait.objects.filter(kind=kind, delivery__key=key, delivery__subject__in=subjects)
    found: dict[str, list[str]] = {}
    for subject, practitioner in waits.order_by("pk").values_list("delivery__subject", "practitioner"):
        found.setdefault(subject, []).append(practitioner)
    return {subject: tuple(dict.fromkeys(people)) for subject, people in found.items()}


def _view(delivery: Delivery) -> DeliveryView:
    state = State(delivery.state)
    rule = STATES[state]
    return DeliveryView(
        id=delivery.id,
        event=delivery.event.name,
        event_at=delivery.event.at,
        key=delivery.key,
        subject=delivery.subject,
        state=state,
        label=rule.label,
        reason_code=Reason(delivery.reason_code),
        reason=delivery.reason,
        attempts=delivery.attempts,
        due_at=delivery.due_at,
        retryable=rule.retryable,
    )
