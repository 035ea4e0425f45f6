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
from dcc.contracts.errors import NeedsSession, Refused
from dcc.contracts.events import Context, RenewalDue
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange import api as exchange
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.events import RemovalAsked
from plugins.dmp.deposits.transport import Services
from plugins.dmp.models import Deposit
from plugins.dmp.sessions.waiting import ids_of

WORDS = gettext_lazy("sous une INS que le patient n'a plus : à supprimer de ce DMP par un auteur")


def may_remove(actor: User, row: Deposit) -> bool:
    """Only who may change what is deposited, its authors and legal authenticator (dmp_psc.md §1.3: « own only »)."""
    return bool(set(ids_of(actor)) & set(row.practitioners))


def removable(*, actor: User, document_id: UUID) -> Sequence[Deposit]:
    """What of a document is, or may be, in the DMP of an INS that the patient has no more, for one of its authors.

    Raises ``DocumentNotFound``, ``ActionForbidden``; ``SendingRefused`` when nothing of it is there, or the actor is no author.
    """
    documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    rows = list(ledger.misplaced(document_id))
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

    def look(self, event: RenewalDue, context: Context) -> None:
        """Subscriber of ``RenewalDue``: say of what was deposited under another INS that it has to be taken away. Idempotent."""
        ins = ledger.ins_of(event.document_id)
        for row in ledger.note_ins(event.document_id, ins) if ins else ():
            exchange.annotate(key=row.pk, note=str(WORDS), at=timezone.now())

    def remove(self, event: RemovalAsked, context: Context) -> None:
        """Subscriber of ``RemovalAsked``: look under the former INS (TD3.1b), delete what is there. Idempotent.

        Raises ``NeedsSession``, ``Refused``, ``RetryLater``; what is deposited under the INS of now is left alone.
        """
        ins = ledger.ins_of(event.document_id)
        for row in ledger.misplaced(event.document_id):
            if ins is not None and row.ins != ins:
                self._remove(row)

    def _remove(self, row: Deposit) -> None:
        caller = self._services.session_of(row.practitioners)
        if caller is None:
            raise NeedsSession("psc", row.practitioners)
        try:
            found = self._services.dmp.reference_of(caller, row.ins, row.unique_id)
            if found:
                self._services.dmp.change_status(caller, row.ins, found, "Deleted")
        except Refused as error:
            words = _("%(state)s ; suppression refusée (%(why)s)") % {"state": WORDS, "why": exchange.CAUSES[error.cause].words}
            exchange.annotate(key=row.pk, note=words, at=timezone.now())
            raise
        with transaction.atomic():
            ledger.note_withdrawn(row)
            exchange.annotate(key=row.pk, note=_("retirée du DMP"), at=timezone.now())
            audit.record(
                actor=None,
                action="dmp.removed",
                subject=f"document:{row.document_id}",
                patient_id=documents.patient_of(row.document_id),
                transmission=row.pk,
            )
