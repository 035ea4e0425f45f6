"""A return that came after the FRCP was taken back: a physician says which of the two counts (R-087)."""

from __future__ import annotations

import hashlib
import uuid

from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import api as documents
from dcc.exchange.intake import made_here, read_file
from dcc.exchange.models import Intake
from dcc.exchange.regions import entrustments
from dcc.exchange.regions.entrustments import Event
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.regions.sending import said
from dcc.exchange.regions.states import Happening
from dcc.exchange.rendering import CorruptArtifact
from dcc.exchange.transmissions.errors import Moved, SendingRefused

ADOPTED, SET_ASIDE = "adopte", "ecarte"
DECISIONS = {ADOPTED: "Retour adopté", SET_ASIDE: "Retour écarté"}


def adopt_return(*, actor: User, document_id: uuid.UUID, intake_id: uuid.UUID, reason: str) -> None:
    """Let a late return replace what is here, as its next version; what was written here stays in the history.

    Raises :class:`Moved` when it was decided already, :class:`SendingRefused` when what is here has gone beyond the number of
    the return, ``DocumentNotFound``, ``ActionForbidden``.
    """
    words = said(reason)
    with documents.files_follow_the_transaction(), transaction.atomic():
        held, intake = _late(actor, document_id, intake_id)
        result = read_file(bytes_of(intake))
        here = documents.held_document(document_id)
        if here.versions[-1].number >= result.header.version_number:
            raise SendingRefused("La fiche d'ici a déjà une version de ce numéro : le retour ne peut plus la remplacer")
        received = documents.Received(intake.pk, result, made_here(result))
        documents.create_received(actor=None, patient_id=held.patient_id, facility_id=here.facility_id, received=received)
        _decide(actor, intake, ADOPTED, words, held)
        intake.document_id = document_id
        intake.save(update_fields=["document"])


def set_return_aside(*, actor: User, document_id: uuid.UUID, intake_id: uuid.UUID, reason: str) -> None:
    """Keep what is here, and the late return aside for good, readable; raises as :func:`adopt_return`."""
    words = said(reason)
    with transaction.atomic():
        held, intake = _late(actor, document_id, intake_id)
        _decide(actor, intake, SET_ASIDE, words, held)


def _late(actor: User, document_id: uuid.UUID, intake_id: uuid.UUID) -> tuple[documents.Reference, Intake]:
    held = documents.hold(actor=actor, action=Action.VALIDATE_DOCUMENT, document_id=document_id, expected_revision=None)
    intake = Intake.objects.select_for_update(of=("self",)).filter(pk=intake_id, about=document_id, outcome=Outcome.LATE).first()
    if intake is None or intake.decision:
        raise Moved
    return held, intake


def bytes_of(intake: Intake) -> bytes:
    """The file as it came; raises ``CorruptArtifact``."""
    with storages["artifacts"].open(intake.storage_name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != intake.sha256:
        raise CorruptArtifact(f"Le fichier reçu {intake.pk} ne correspond plus à son empreinte")
    return content


def _decide(actor: User, intake: Intake, decision: str, words: str, held: documents.Reference) -> None:
    now = timezone.now()
    intake.decision, intake.decision_reason, intake.decided_by, intake.decided_at = decision, words, actor, now
    intake.save(update_fields=["decision", "decision_reason", "decided_by", "decided_at"])
    row = entrustments.last_out(held.document_id)
    happening = Happening.ADOPTED if decision == ADOPTED else Happening.SET_ASIDE
    if row is None or not entrustments.move(row, Event(happening, now, reason=words, actor=actor)):
        raise Moved
    audit.record(
        actor=actor,
        action="intake.decided",
        subject=f"document:{held.document_id}",
        patient_id=held.patient_id,
        intake=intake.pk,
        decision=decision,
    )
