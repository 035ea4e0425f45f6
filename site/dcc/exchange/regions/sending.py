"""Entrusting a completed FRCP to an RCP of another region, and taking it back (R-078...R-085)."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import api as documents
from dcc.exchange.models import Entrustment, Transmission
from dcc.exchange.regions import entrustments
from dcc.exchange.regions.entrustments import Event
from dcc.exchange.regions.states import Happening, State
from dcc.exchange.transmissions.errors import Moved, SendingRefused
from dcc.exchange.transmissions.follow_up import ERROR_CODES
from dcc.exchange.transmissions.follow_up import State as Sending
from dcc.exchange.transmissions.requesting import RecipientChoice, request
from dcc.exchange.transmissions.steps import Step, lock, take
from rcp_directory import api as directory

REASON_LENGTH = 500
PROOFS_OF_ABSENCE: Collection[str] = frozenset(
    {
        *ERROR_CODES.values(),
        "domain",
        "unknown_box",
        "quota",
        "too_big",
        "refused",
        "certificate",
        "not_conformant",
        "no_address",
        "not_configured",
        "channel_off",
    }
)
"""Causes of failure that prove that the other DCC has not taken the FRCP in; after any other one it may have."""
_STILL_HERE = (Sending.HELD, Sending.QUEUED, Sending.FAILED, Sending.ABANDONED)


def send_to_rcp(
    *, actor: User, document_id: uuid.UUID, expected_revision: int, rcp: str, attested: bool, continuity_reason: str = ""
) -> uuid.UUID:
    """Entrust a completed FRCP to the RCP of another region that it is addressed to; returns the id of its transmission.

    ``rcp`` is the national identifier of the RCP, ``attested`` that content and question were verified (R-079, R-081). The
    document is read only here from now on (R-085). Raises ``DocumentNotFound``, ``ActionForbidden``, ``Stale``,
    :class:`documents.HeldElsewhere`, ``DocumentError``, and what :func:`send_document` raises.
    """
    documents.reference(actor, Action.VALIDATE_DOCUMENT, document_id)
    if not attested:
        raise SendingRefused("Attester que le contenu de la fiche et la question posée à la RCP ont été vérifiés")
    board = _board(rcp)
    with transaction.atomic():
        given = documents.entrust(
            actor=actor, document_id=document_id, expected_revision=expected_revision, holder=board.denomination
        )
        if entrustments.to_complete(document_id) is not None:
            raise SendingRefused("Cette fiche vient d'une autre région, à qui elle revient : elle ne va pas à une troisième")
        _check_addressed(given, board)
        held = documents.Reference(document_id, given.version_id, given.patient_id, given.document_type, "complete")
        choice = RecipientChoice(kind="dcc", label=board.denomination, address=board.address)
        [sending] = request(actor=actor, held=held, recipients=[choice], continuity_reason=continuity_reason)
        _open(actor, given, board, sending)
    return sending


def _board(code: str) -> directory.FoundRcp:
    board = directory.rcp_by_code(code) if code else None
    if board is None:
        raise SendingRefused("Cette RCP n'est pas dans l'annuaire")
    if board.is_ours:
        raise SendingRefused(f"La RCP « {board.denomination} » est de cette région : la fiche n'a pas à en sortir")
    if not board.is_open:
        raise SendingRefused(f"La RCP « {board.denomination} » est fermée")
    if not board.address:
        raise SendingRefused(f"L'annuaire ne donne aucune adresse MSSanté pour la RCP « {board.denomination} »")
    return board


def _check_addressed(given: documents.Entrusted, board: directory.FoundRcp) -> None:
    """The FRCP names the RCP it is addressed to (R-101): it goes there, and nowhere else."""
    named = directory.rcp_by_code(given.rcp) if given.rcp else None
    if named is None or named.rcp_id != board.rcp_id:
        told = f"à la RCP « {named.denomination} »" if named else "à aucune RCP de l'annuaire"
        raise SendingRefused(
            f"La fiche est adressée {told} : reprendre la saisie pour l'adresser à « {board.denomination} » avant de l'envoyer"
        )


def _open(actor: User, given: documents.Entrusted, board: directory.FoundRcp, sending: uuid.UUID) -> None:
    now = timezone.now()
    row = Entrustment(
        document_id=given.document_id,
        version_id=given.version_id,
        direction="out",
        rcp=board.national_id,
        label=f"{board.denomination} ({board.network})"[:200],
        address=board.address,
        state=State.SENT,
        transmission_id=sending,
        attested_by=actor,
        opened_at=now,
        changed_at=now,
    )
    entrustments.opened(row, Happening.LEFT, actor=actor)
    audit.record(
        actor=actor,
        action="document.attested",
        subject=f"document:{given.document_id}",
        patient_id=given.patient_id,
        transmission=sending,
        rcp=board.national_id,
    )


def take_back(*, actor: User, document_id: uuid.UUID, expected_state: str, reason: str, force: bool = False) -> None:
    """Make an entrusted FRCP writable here again, saying why; what has not left does not leave any more.

    Only when the other DCC has not taken it in. With ``force``, a physician takes it back although it may have: two may then
    be writing, which the document says until its return, kept aside, is settled. Raises :class:`Moved`,
    :class:`SendingRefused`, ``DocumentNotFound``, ``ActionForbidden``, ``DocumentError``.
    """
    words = said(reason)
    with transaction.atomic():
        documents.take_back(actor=actor, document_id=document_id)
        row = entrustments.last_out(document_id)
        if row is None or row.state != expected_state:
            raise Moved
        sending = lock(row.transmission_id) if row.transmission_id else None
        absent = row.state == State.NOT_RECEIVED or (sending is not None and is_still_here(sending))
        if not absent and not force:
            raise SendingRefused(
                "L'autre région peut avoir reçu la fiche : la reprendre risque de laisser deux contenus sous une même référence"
            )
        if sending is not None and sending.state in _STILL_HERE:
            _withdraw(sending, actor)
        happening = Happening.TAKEN_BACK if absent else Happening.FORCED_BACK
        if not entrustments.move(row, Event(happening, timezone.now(), reason=words, actor=actor)):
            raise Moved


def _withdraw(sending: Transmission, actor: User) -> None:
    """It does not leave any more; of one that is being handed over, the outcome is still to be told."""
    being_sent = sending.attempting_since is not None
    step = Step(Sending.ABANDONED if being_sent else Sending.SUPERSEDED, timezone.now(), "taken_back", actor=actor)
    take(sending, step, attempting_since=sending.attempting_since)


def said(reason: str) -> str:
    """A reason on one line; raises :class:`SendingRefused` when there is none, or too much of it."""
    words = " ".join(reason.split())
    if not words or len(words) > REASON_LENGTH:
        raise SendingRefused(f"Dire pourquoi, en {REASON_LENGTH} caractères au plus")
    return words


def is_still_here(sending: Transmission) -> bool:
    """Whether a transmission has surely not left."""
    return sending.state in _STILL_HERE and sending.sent_at is None and sending.attempting_since is None
