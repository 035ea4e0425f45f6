"""Sharing again what should be in the DMP, because somebody asks: only the step that is missing is done (R-190)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.errors import NeedsSession, Refused
from dcc.contracts.events import Context
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange import api as exchange
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.events import ShareAsked
from plugins.dmp.deposits.revealing import Revealing
from plugins.dmp.deposits.transport import Services, withdrawn
from plugins.dmp.models import Deposit

AGAIN = (exchange.State.HELD, exchange.State.FAILED, exchange.State.ABANDONED)


def share_again(*, actor: User, document_id: UUID) -> None:
    """Put a document of a patient (and the FRCP that it follows) where it has to be in his DMP, seen by whom it has to be.

    What never left is sent; of what is there, the worker looks what is missing. Asking is also the confirmation that the FRCP is
    shown (EX_3.3-1040). Raises ``DocumentNotFound``, ``ActionForbidden``, ``SendingRefused`` with what stands against it.
    """
    held = documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    with transaction.atomic():
        audit.record(
            actor=actor, action="dmp.share_asked", subject=f"document:{document_id}", patient_id=held.patient_id, share=True
        )
        _push(actor, document_id)
        followed = documents.followed_id(document_id)
        if followed is not None and may_send(actor, followed):
            _push(actor, followed)
        events.publish(ShareAsked(document_id=document_id, at=timezone.now(), actor_id=actor.pk))


def may_send(actor: User, document_id: UUID) -> bool:
    """Whether somebody may have a document sent; false of one that he may not know."""
    try:
        documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    except (documents.DocumentNotFound, documents.ActionForbidden):
        return False
    return True


def _push(actor: User, document_id: UUID) -> None:
    """Send what did not leave; nothing of what did, or is on its way."""
    lines = [line for line in exchange.transmissions_of(actor, document_id) if line.channel == "dmp"]
    if not lines:
        choice = exchange.RecipientChoice(key="dmp", kind="dmp")
        revision = documents.open_document(actor, document_id).revision
        exchange.send_document(actor=actor, document_id=document_id, expected_revision=revision, recipients=[choice])
    elif lines[0].state in AGAIN:
        exchange.retry(actor=actor, transmission_id=lines[0].transmission_id, expected_state=lines[0].state)


class Sharing:
    """The worker's part."""

    def __init__(self, services: Services, revealing: Revealing) -> None:
        self._services, self._revealing = services, revealing

    def share(self, event: ShareAsked, context: Context) -> None:
        """Subscriber of ``ShareAsked``: is the document still there, and does the patient see the FRCP? Idempotent."""
        ins = ledger.ins_of(event.document_id)
        row = ledger.there(event.document_id, ins).first() if ins else None
        if row is not None and not self._is_there(row):
            withdrawn(row)
            raise Refused(exchange.CAUSES["dmp_removed"].words, cause="dmp_removed")
        frcp_id = documents.followed_id(event.document_id) or event.document_id
        self._revealing.show(frcp_id, confirmed=True)

    def _is_there(self, row: Deposit) -> bool:
        """TD3.1b, in the session of an author."""
        caller = self._services.session_of(row.practitioners)
        if caller is None:
            raise NeedsSession("psc", row.practitioners)
        return bool(self._services.dmp.reference_of(caller, row.ins, row.unique_id))
