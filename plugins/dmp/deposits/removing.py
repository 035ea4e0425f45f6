"""What was deposited under an INS that the patient has no more is taken out of that DMP, by a gesture of an author (TD3.3c).

It may be in the DMP of somebody else. Nothing is deleted by itself: a deletion cannot be undone (dmp_psc.md §0, decision 0342).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.errors import DeliveryError, NeedsSession, Refused
from dcc.contracts.events import Context, RenewalDue, TransmissionChanged
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange import api as exchange
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.events import RemovalAsked
from plugins.dmp.deposits.transport import Services, note_of, withdrawn
from plugins.dmp.models import Deposit
from plugins.dmp.sessions.waiting import ids_of

WORDS = gettext_lazy("sous une INS que le patient n'a plus : à supprimer de ce DMP par un auteur")


def may_remove(actor: User, row: Deposit) -> bool:
    """Only who may change what is deposited, its authors and legal authenticator (dmp_psc.md §1.3: « own only »)."""
    return bool(set(ids_of(actor)) & set(row.practitioners))


def removable(*, actor: User, document_id: UUID) -> Sequence[Deposit]:
    """What of a document is, or may be, in the DMP of an INS that the patient has no more, for one of its authors.

    Raises ``DocumentNotFound``, ``ActionForbidden``; ``SendingRefused`` when nothing of it is there, the actor is no author, or
    the identity is not qualified: nobody knows then in whose DMP it has to be.
    """
    documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    rows = list(ledger.misplaced(document_id))
    if ledger.ins_of(document_id) is None:
        raise exchange.SendingRefused(exchange.CAUSES["identity"].words)
    if not rows:
        raise exchange.SendingRefused(_("Rien de ce document n'est déposé sous une autre INS."))
    if not any(may_remove(actor, row) for row in rows):
        raise exchange.SendingRefused(_("Seul un auteur ou le responsable du document peut le supprimer d'un DMP."))
    return rows


def remove_misplaced(*, actor: User, document_id: UUID) -> None:
    """Have what is :func:`removable` deleted, in the session of one of its authors. Raises as that does."""
    held = documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    removable(actor=actor, document_id=document_id)
    with transaction.atomic():
        audit.record(
            actor=actor, action="dmp.removal_asked", subject=f"document:{document_id}", patient_id=held.patient_id, share=True
        )
        events.publish(RemovalAsked(document_id=document_id, at=timezone.now(), actor_id=actor.pk))


class Removing:
    """The worker's part."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def look(self, event: RenewalDue | TransmissionChanged, context: Context) -> None:
        """Subscriber of ``RenewalDue``, and of a deposit that was under way meanwhile: what is under another INS says so.

        What is in its place again says who sees it. Idempotent.
        """
        ins = ledger.ins_of(event.document_id)
        if ins is None:
            return
        with transaction.atomic():
            for row in ledger.note_ins(event.document_id, ins):
                exchange.annotate(key=row.pk, note=note_of(row), at=timezone.now())
            for row in _unsaid(event.document_id):
                exchange.annotate(key=row.pk, note=str(WORDS), at=timezone.now())

    def remove(self, event: RemovalAsked, context: Context) -> None:
        """Subscriber of ``RemovalAsked``: look under the former INS (TD3.1b), delete what is there. Idempotent.

        Raises ``NeedsSession``, ``Refused``, ``RetryLater``; what is deposited under the INS of now is left alone. One that
        cannot be deleted holds back no other.
        """
        ins = ledger.ins_of(event.document_id)
        if ins is None:
            raise Refused(exchange.CAUSES["identity"].words, cause="identity")
        stopped: list[DeliveryError] = []
        for row in ledger.misplaced(event.document_id):
            try:
                if row.ins != ins:
                    self._remove(row)
            except (Refused, NeedsSession) as error:
                stopped.append(error)
        for stop in sorted(stopped, key=lambda each: isinstance(each, Refused)):
            raise stop  # what waits for a session comes back, and tries again what was refused

    def _remove(self, row: Deposit) -> None:
        caller = self._services.session_of(row.practitioners)
        if caller is None:
            raise NeedsSession("psc", row.practitioners)
        try:
            found = self._services.dmp.reference_of(caller, row.ins, row.unique_id)
            if ledger.ins_of(row.document_id) in (None, row.ins):
                return  # corrected once more while the DMP was asked: it is where it has to be, or nobody knows
            if found:
                self._services.dmp.change_status(caller, row.ins, found, "Deleted")
        except Refused as error:
            words = _("%(state)s ; suppression refusée (%(why)s)") % {"state": WORDS, "why": exchange.CAUSES[error.cause].words}
            exchange.annotate(key=row.pk, note=words, at=timezone.now())
            raise
        with transaction.atomic():
            withdrawn(row)
            audit.record(
                actor=None,
                action="dmp.removed",
                subject=f"document:{row.document_id}",
                patient_id=documents.patient_of(row.document_id),
                transmission=row.pk,
            )


def _unsaid(document_id: UUID) -> Sequence[Deposit]:
    """What is misplaced, and whose line does not say so yet, or why it was not deleted."""
    rows = list(ledger.misplaced(document_id))
    notes = {line.transmission_id: line.note for line in exchange.follow_up_of(document_id, "dmp")} if rows else {}
    return [row for row in rows if not notes.get(row.pk, "").startswith(str(WORDS))]
