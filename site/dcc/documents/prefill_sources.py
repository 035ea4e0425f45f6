"""The documents that prefill sources may read for a version: validated, of its patient, and open to who asks (R-031)."""

from __future__ import annotations

import uuid

from django.db.models import Q

from dcc.accounts.api import Action, User
from dcc.contracts.prefill import SourceDocument
from dcc.documents import access
from dcc.documents.cards import organisation_card, validator_name
from dcc.documents.models import DocumentVersion
from dcc.documents.references import identifier_of
from forms_config import api as forms
from forms_config.schema.answers import visible_answers


def source_documents(actor: User, version: DocumentVersion) -> tuple[SourceDocument | None, list[SourceDocument]]:
    """The document that ``version`` follows, and the others, last validated first: of each its last validated version."""
    open_to = access.within(actor, Action.OPEN_DOCUMENT, Q(patient=version.document.patient_id))
    validated = (
        DocumentVersion.objects.filter(document__in=open_to)
        .filter(status__in=("valide", "cloture"))
        .exclude(pk=version.pk)
        .select_related("document__facility", "validated_by__practitioner")
        .order_by("-validated_at", "-number")
    )
    last: dict[uuid.UUID, DocumentVersion] = {}
    for found in validated:
        former = last.get(found.document_id)
        if former is None or former.number < found.number:
            last[found.document_id] = found
    reference_id = version.document.reference_id
    reference = last.pop(reference_id, None) if reference_id else None
    return (_source(reference) if reference else None), [_source(found) for found in last.values()]


def _source(version: DocumentVersion) -> SourceDocument:
    assert version.validated_at is not None  # noqa: S101  (the database keeps it so for these statuses)
    return SourceDocument(
        document_id=version.document_id,
        document_type=version.document.document_type,
        version_number=version.number,
        title=version.title,
        validated_at=version.validated_at,
        author=validator_name(version),
        answers=visible_answers(forms.schema_of(version.form_version_id), version.answers),
        custodian=organisation_card(version.document.facility),
        identifier=identifier_of(version.document),
    )
