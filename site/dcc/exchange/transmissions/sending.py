"""Sending one transmission: claimed, packed, handed to its transport once, its outcome settled, whatever crashes in between.

The transmission's id is the key of the sending. ``attempting_since`` is committed before the transport is called: found set, the
outcome of that call is unknown, and :meth:`Transport.find` settles it before anything is sent again (DESIGN §5).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from dcc.contracts.capabilities import Absent, Found, Transport, Unknowable
from dcc.contracts.errors import DeliveryError, NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.events import Context, TransmissionRequested
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Package, Receipt, Recipient
from dcc.documents import api as documents
from dcc.exchange.models import Conformance, Rendition, RenditionState, StoredArtifact, Transmission
from dcc.exchange.pictures import from_json
from dcc.exchange.rendering import get_or_render
from dcc.exchange.transmissions.channels import transport_of
from dcc.exchange.transmissions.follow_up import CAUSES, PASSING, State
from dcc.exchange.transmissions.opposition import opposes
from dcc.exchange.transmissions.policy import PDF
from dcc.exchange.transmissions.standing import of_former_ins, overtaken, still_qualified
from dcc.exchange.transmissions.steps import Step, lock, short, take
from dcc.security.api import frames_of

log = logging.getLogger("dcc.exchange")

MOST_ATTEMPTS = 10
"""As often as the outbox retries (``dcc.events.policy.RETRY_DELAYS``): then it is a failure that a person looks at."""


def send_requested(event: TransmissionRequested, context: Context) -> None:
    """Subscriber of ``TransmissionRequested``; raises what the transport raised, so that the outbox does what follows."""
    row = Transmission.objects.select_related("document__patient").get(pk=event.transmission_id)
    if not _claimable(row):
        return
    transport = transport_of(row.channel)
    try:
        if transport is None:
            raise NotConfigured("Aucun module installé ne transmet par ce canal", cause="channel_off")
        _send(row, transport)
    except DeliveryError as error:
        if _failed(row, error, transport):
            return
        raise
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _broken(row, error)
        raise Refused("Incident technique de la plateforme", cause="internal") from error


def _claimable(row: Transmission) -> bool:
    """Whether this delivery still has something to do; a line held for a passing cause is queued again."""
    return row.state == State.QUEUED or (row.state == State.HELD and row.cause in PASSING)


def _send(row: Transmission, transport: Transport) -> None:
    if row.attempting_since is not None and _settled_by_finding(row, transport):
        return
    if _gives_way(row):
        _end(row, State.SUPERSEDED, "newer", "")
        return
    if cause := _held_now(row):
        _end(row, State.HELD, cause, "")
        return
    package = _package(row)
    if not _claim(row):
        return
    recipient = Recipient(row.recipient_kind, row.address, row.label)
    _sent(row.pk, transport.send(package, recipient, key=row.pk))


def _gives_way(row: Transmission) -> bool:
    """Whether something newer was planned on its line while this was at its transport, of which nothing is in doubt any more."""
    return overtaken(row) and (row.attempting_since is None or of_former_ins(row))


def _held_now(row: Transmission) -> str:
    """What came up since the line was queued: the identity is qualified no more, or by another INS; the patient opposes."""
    if not row.continuity_reason and not still_qualified(row):
        return "identity"
    if of_former_ins(row):
        return "former_ins"
    return "opposition" if row.recipient_kind == "patient" and opposes(row.document.patient_id) else ""


def _settled_by_finding(row: Transmission, transport: Transport) -> bool:
    found = transport.find(row.pk)
    if isinstance(found, Found):
        _sent(row.pk, found.receipt)
        return True
    doubtful = row.maybe_doubled or (isinstance(found, Unknowable) and not found.looks_first)
    Transmission.objects.filter(pk=row.pk).update(attempting_since=None, maybe_doubled=doubtful)
    return False


def _claim(row: Transmission) -> bool:
    """Commit that it is about to leave, unless somebody gave it up meanwhile."""
    mine = Transmission.objects.filter(pk=row.pk, state=row.state, attempting_since=None, address=row.address)
    row.attempting_since, row.attempts = timezone.now(), row.attempts + 1
    return bool(mine.update(attempting_since=row.attempting_since, attempts=row.attempts, action=row.action))


def _package(row: Transmission) -> Package:
    """What leaves: the formats of the cell and, by mail, a PDF/A-1 beside them; in place of what this recipient got before."""
    formats = dict.fromkeys((*row.formats, PDF) if row.channel == "mss" else row.formats)
    snapshot, artifacts = _content(row.rendition_id, tuple(formats))
    if _not_conformant(row.rendition_id, formats):
        raise Refused(CAUSES["not_conformant"].words, cause="not_conformant")
    earlier = Transmission.objects.filter(line=row.line, sent_at__isnull=False).exclude(rendition_id=row.rendition_id)
    action: Literal["new", "replace"] = "replace" if earlier.exists() else "new"
    row.action = action
    return Package(snapshot, artifacts, action)


def _not_conformant(rendition_id: UUID, formats: Iterable[str]) -> bool:
    """Whether an official check rejects the rendition or one of these files; asked anew, as a check may come afterwards."""
    made = StoredArtifact.objects.filter(rendition_id=rendition_id, format__in=formats)
    rejected = Q(conformance=Conformance.REJECTED) | Q(later_check__conformance=Conformance.REJECTED)
    return made.filter(rejected | Q(rendition__state=RenditionState.REJECTED)).exists()


@lru_cache(maxsize=4)
def _content(rendition_id: UUID, formats: tuple[str, ...]) -> tuple[DocumentSnapshot, dict[str, Artifact]]:
    """The picture and the files of a rendition, which never change: its recipients follow each other in one process."""
    rendition = Rendition.objects.get(pk=rendition_id)
    return from_json(rendition.snapshot, documents.attachment_bytes), {
        name: get_or_render(rendition_id, name) for name in formats
    }


def _sent(transmission_id: UUID, receipt: Receipt) -> None:
    with transaction.atomic():
        row = lock(transmission_id)
        if row.sent_at is None:  # else a report was faster than the receipt, and knows more
            take(row, Step(State.SENT, receipt.at, reference=receipt.reference, note=receipt.note))


def _failed(row: Transmission, error: DeliveryError, transport: Transport | None) -> bool:
    """Say on the line what the delivery ran into, and answer whether it is over: held for what somebody may change.

    Raises ``Refused`` instead of a further retry once there were enough.
    """
    match error:
        case RetryLater():
            _put_off(row, error, transport)
        case Refused() if CAUSES[error.cause].held:
            _end(row, State.HELD, error.cause, error.reason)
            return True
        case Refused():
            _end(row, State.FAILED, error.cause or "refused", error.reason)
        case NotConfigured():
            # A channel that is gone has not said what became of its last call: its transport, once back, is asked.
            since = None if transport else row.attempting_since
            _end(row, State.HELD, error.cause or "not_configured", error.reason, attempting_since=since)
        case NeedsSession():
            _end(row, State.HELD, "session", "")  # whose session is said beside it
    return False


def _broken(row: Transmission, error: Exception) -> None:
    """A bug of ours or of a transport: seen on the line, whose next deliveries it does not hold; the outcome stays unknown."""
    log.error("transmission %s: %s, by way of %s", row.pk, type(error).__name__, " ".join(frames_of(error)))
    _end(row, State.FAILED, "internal", "", attempting_since=row.attempting_since)


def _put_off(row: Transmission, error: RetryLater, transport: Transport | None) -> None:
    cause = error.cause or "unreachable"
    known = transport and row.attempting_since and isinstance(transport.find(row.pk), Absent)
    since = None if known else row.attempting_since
    if row.attempts >= MOST_ATTEMPTS:
        _end(row, State.FAILED, cause, error.reason, attempting_since=since)
        raise Refused(error.reason, cause=cause) from error
    waiting = {"cause": cause, "detail": short(error.reason), "changed_at": timezone.now(), "attempting_since": since}
    # What was held for a passing cause is in file again, in this very delivery.
    Transmission.objects.filter(pk=row.pk, state=row.state).update(state=State.QUEUED, **waiting)


def _end(row: Transmission, state: State, cause: str, detail: str, **values: Any) -> None:
    """Where a delivery leaves its line. What waits has not tried: held, it has all its attempts before it, and none under way."""
    if state is State.HELD:
        values = {"attempts": 0, "attempting_since": None, **values}
    with transaction.atomic():
        held = lock(row.pk)
        if (held.state, held.cause) != (state, cause):
            take(held, Step(state, timezone.now(), cause, detail), **values)
        elif state is State.HELD:
            Transmission.objects.filter(pk=held.pk).update(**values)
