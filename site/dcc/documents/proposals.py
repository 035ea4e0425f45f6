"""The proposals of the prefill sources, for the page where they are decided."""

from __future__ import annotations

import uuid

from django.db import transaction

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import access
from dcc.documents.prefill import Collected, collect, origins_of


def candidates(actor: User, document_id: uuid.UUID) -> Collected:
    """All that is proposed for the document now, to who may write in it; audited, with the documents that were read.

    Raises :class:`DocumentNotFound`, :class:`ActionForbidden`.
    """
    with transaction.atomic():
        version = access.find(actor, Action.EDIT_DOCUMENT, document_id)
        found = collect(actor, version)
        audit.record(
            actor=actor,
            action="document.proposals_read",
            subject=f"document:{document_id}",
            patient_id=version.document.patient_id,
            version=version.number,
            sources=origins_of(found.proposals),
        )
    return found
