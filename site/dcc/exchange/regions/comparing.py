"""What a file that was kept aside says, to compare it with the document that it concerns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import api as documents
from dcc.exchange.intake import read_file
from dcc.exchange.models import Intake
from dcc.exchange.regions.deciding import bytes_of
from dcc.exchange.regions.outcomes import Outcome

COMPARABLE = frozenset(
    {Outcome.LATE, Outcome.OTHER_SENDER, Outcome.DIVERGENT, Outcome.UNASKED, Outcome.NOT_VALIDATED, Outcome.OLDER}
)
"""Outcomes of a file that names the patient of the document: any other may say something of somebody else."""


def aside_answers(actor: User, document_id: uuid.UUID, intake_id: uuid.UUID) -> Mapping[str, Any]:
    """Answers of a file kept aside, audited as a download; raises ``DocumentNotFound``, ``ActionForbidden``, ``Refused`` when it
    cannot be read, ``LookupError`` when it is not one to compare with this document.
    """
    reference = documents.reference(actor, Action.DOWNLOAD_ARTIFACT, document_id)
    intake = Intake.objects.filter(pk=intake_id, about=document_id, outcome__in=COMPARABLE).first()
    if intake is None:
        raise LookupError("Ce fichier n'est pas à comparer avec ce document")
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="document.downloaded",
            subject=f"document:{document_id}",
            patient_id=reference.patient_id,
            intake=str(intake.pk),
        )
    return read_file(bytes_of(intake)).answers
