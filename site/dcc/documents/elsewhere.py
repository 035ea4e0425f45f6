"""Documents of a patient that were found elsewhere (the DMP) and are not here: what prefill sources may read beside ours (R-182).

The same document also comes by secure mail, and ours are in the DMP: a document is here when its ClinicalDocument/id is, or its
family (setId) in this version or a later one.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from dcc.accounts.api import Action, User
from dcc.contracts.prefill import DocumentsElsewhere, SourceDocument
from dcc.contracts.registry import current
from dcc.contracts.snapshots import InstanceId
from dcc.documents import access
from dcc.documents.models import DocumentVersion
from dcc.documents.prefill_failures import Failure, failed
from dcc.documents.references import identifier_of, received_identifier


def documents_elsewhere(actor: User, version: DocumentVersion, failures: list[Failure]) -> Sequence[SourceDocument]:
    """What is known of outside for the patient of ``version`` and not here, last validated first; failures are added."""
    patient_id = version.document.patient_id
    found: dict[tuple[str, str], SourceDocument] = {}
    for source in current().all(DocumentsElsewhere):
        try:
            told = source.documents(patient_id, actor.pk)
        except Exception as error:  # noqa: BLE001  (a source may fail in any way: the others are shown all the same)
            failures.append(failed(source.title, error))
            continue
        for document in told:
            found.setdefault(_key(document.identifier) or (str(document.document_id), ""), document)
    if not found:
        return ()
    here = HeldHere(actor, patient_id)
    kept = [document for document in found.values() if not _is_here(here, document)]
    return sorted(kept, key=lambda document: document.validated_at, reverse=True)


class HeldHere:
    """What of a patient is here, for somebody: the validated versions that he may open, by identifier and by family.

    ``last`` is when the last document of each type was validated.
    """

    def __init__(self, actor: User, patient_id: uuid.UUID) -> None:
        open_to = access.within(actor, Action.OPEN_DOCUMENT, Q(patient=patient_id))
        validated = DocumentVersion.objects.filter(document__in=open_to, validated_at__isnull=False).select_related("document")
        self.last: dict[str, datetime] = {}
        self._identifiers: set[tuple[str, str] | None] = set()
        self._families: dict[tuple[str, str] | None, int] = {}
        for held in validated:
            family = (held.document.set_id_root, held.document.set_id_extension)
            if family not in self._families:
                self._identifiers.add(_key(identifier_of(held.document)))
            self._identifiers.add(_key(received_identifier(held)))
            self._families[family] = max(held.number, self._families.get(family, 0))
            if held.validated_at is not None:
                former = self.last.get(held.document.document_type, held.validated_at)
                self.last[held.document.document_type] = max(held.validated_at, former)

    def knows(self, identifier: InstanceId) -> bool:
        """Whether the document with this ClinicalDocument/id is here."""
        return _key(identifier) in self._identifiers

    def has(self, set_id: InstanceId, number: int) -> bool:
        """Whether a version of a family is here, or a later one."""
        return number <= self._families.get(_key(set_id), 0)


def _key(identifier: InstanceId | None) -> tuple[str, str] | None:
    return (identifier.root, identifier.extension or "") if identifier else None


def _is_here(here: HeldHere, document: SourceDocument) -> bool:
    if document.identifier is not None and here.knows(document.identifier):
        return True
    return document.set_id is not None and here.has(document.set_id, document.version_number)
