"""What people do to a transmission that does not go on by itself: once more, elsewhere, or given up."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.exchange.models import Entrustment, Transmission
from dcc.exchange.regions.states import ABROAD
from dcc.exchange.transmissions import addresses
from dcc.exchange.transmissions.errors import Moved, SendingRefused
from dcc.exchange.transmissions.follow_up import CAUSES, STATES, State
from dcc.exchange.transmissions.redirecting import REDIRECTIONS, Errand, errand_of
from dcc.exchange.transmissions.requesting import checked_address
from dcc.exchange.transmissions.standing import address_now, cause_now, named, overtaken
from dcc.exchange.transmissions.steps import Step, enter, hasten, lock, take

AGAIN = frozenset({State.HELD, State.FAILED, State.ABANDONED})
"""States from which somebody may ask once more."""
REASON_LENGTH = 300


def retry(*, actor: User, transmission_id: uuid.UUID, expected_state: str) -> uuid.UUID:
    """Send once more what failed, was given up or was held; returns the id of the line that goes on.

    The address is looked up again. What had already left goes under a new key, so that it really leaves again. Raises
    :class:`Moved`, :class:`SendingRefused` with what still stands against it, ``DocumentNotFound``, ``ActionForbidden``.
    """
    with transaction.atomic():
        row = _taken(actor, transmission_id, expected_state)
        _check_again(row)
        return _go(row, address_now(row).address, actor)


def redirect(*, actor: User, transmission_id: uuid.UUID, expected_state: str, address: str) -> uuid.UUID:
    """Send it to another address of a professional or a structure; raises as :func:`retry`.

    Who does not care for the patient (an administrator) chooses among the boxes that the directory gives this recipient.
    """
    wanted = checked_address(address)
    with transaction.atomic():
        row = _taken(actor, transmission_id, expected_state)
        _check_again(row)
        refusal = REDIRECTIONS[_errand(row)].refusal
        if refusal:
            raise SendingRefused(refusal)
        if not _may_send(actor, row) and wanted not in known_boxes(row):
            words = "Sans lien avec le patient, seule une autre boîte de ce destinataire dans l'annuaire peut être choisie"
            raise SendingRefused(words)
        return _go(row, wanted, actor)


def abandon(*, actor: User, transmission_id: uuid.UUID, expected_state: str, reason: str) -> None:
    """Give up what has not left, saying why (French, without patient data); raises as :func:`retry`."""
    words = " ".join(reason.split())
    if not words or len(words) > REASON_LENGTH:
        raise SendingRefused(f"Dire pourquoi cette transmission est abandonnée, en {REASON_LENGTH} caractères au plus")
    with transaction.atomic():
        row = _taken(actor, transmission_id, expected_state)
        step = Step(State.ABANDONED, timezone.now(), detail=words, actor=actor)
        if not take(row, step, attempting_since=row.attempting_since):
            raise SendingRefused(f"Une transmission « {STATES[State(row.state)].label} » ne s'abandonne pas")
        hasten(row)


def known_boxes(row: Transmission) -> list[str]:
    """Addresses that the directory gives the recipient of a line."""
    return [box.address.lower() for box in addresses.boxes(named(row))]


def _taken(actor: User, transmission_id: uuid.UUID, expected_state: str) -> Transmission:
    row = Transmission.objects.filter(pk=transmission_id).first()
    if row is None:
        raise documents.DocumentNotFound
    documents.reference(actor, Action.WATCH_TRANSMISSIONS, row.document_id)
    held = lock(transmission_id)
    if held.state != expected_state:
        raise Moved
    return held


def _may_send(actor: User, row: Transmission) -> bool:
    try:
        documents.reference(actor, Action.SEND_DOCUMENT, row.document_id)
    except documents.DocumentError:
        return False
    return True


def _check_again(row: Transmission) -> None:
    """Raise :class:`SendingRefused` unless the line may leave now."""
    if State(row.state) not in AGAIN:
        raise SendingRefused(f"Cette transmission est « {STATES[State(row.state)].label} » : rien à relancer")
    if overtaken(row):
        raise SendingRefused("Une version plus récente de ce document est partie à sa place")
    if _errand(row) == "fiche_confiee" and not _still_entrusted(row):
        raise SendingRefused(CAUSES["taken_back"].words)


def _errand(row: Transmission) -> Errand:
    return errand_of(row.recipient_kind, str(row.rendition.snapshot.get("status", "")))


def _still_entrusted(row: Transmission) -> bool:
    """Whether the other region is the one that has the say now: taken back, it is written here (R-085, R-087)."""
    rows = Entrustment.objects.filter(document=row.document_id, direction="out", transmission__line=row.line)
    return rows.filter(state__in=[state.value for state in ABROAD]).exists()


def _go(row: Transmission, address: str, actor: User) -> uuid.UUID:
    cause = cause_now(row, addresses.Addressed(named(row), address))
    if cause == "identity":
        raise SendingRefused(f"{CAUSES[cause].words} : la qualifier, ou motiver l'envoi par la continuité des soins")
    if cause:
        raise SendingRefused(CAUSES[cause].words)
    unknown = row.attempting_since is not None and address != row.address
    if row.sent_at is not None or unknown:
        return _anew(row, address, actor)
    step = Step(State.QUEUED, timezone.now(), actor=actor)
    take(row, step, address=address, attempts=0, attempting_since=row.attempting_since)
    hasten(row)
    return row.pk


def _anew(row: Transmission, address: str, actor: User) -> uuid.UUID:
    """A new line, under a new key, in place of one that left or may have left."""
    now, former = timezone.now(), row.pk
    take(row, Step(State.SUPERSEDED, now, "again", actor=actor))
    again = Transmission.objects.get(pk=former)
    again.pk, again.ordinal, again.address = uuid.uuid4(), row.ordinal + 1, address
    again.requested_by, again.requested_at, again.changed_at = actor, now, now
    again.state, again.cause, again.detail, again.note, again.reference = State.QUEUED, "", "", "", ""
    again.sent_at = again.delivered_at = again.read_at = again.attempting_since = None
    again.attempts, again.maybe_doubled = 0, False
    again.save(force_insert=True)
    again.document = row.document
    enter(again, Step(State.QUEUED, now, actor=actor))
    return again.pk
