"""Documents of a patient that were found elsewhere (the DMP) and are not here: what prefill sources may read beside ours (R-182).

The same document also comes by secure mail, and ours are in the DMP: a document is here when its ClinicalDocument/id is, or its
family (setId) in this version or a later one.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    here = _Here(actor, version)
    kept = [document for document in found.values() if document not in here]
    return sorted(kept, key=lambda document: document.validated_at, reverse=True)


def _key(identifier: InstanceId | None) -> tuple[str, str] | None:
    return (identifier.root, identifier.extension or "") if identifier else None


class _Here:
    """What the actor may open of the patient here: identifiers, and the last validated version of each family."""

    def __init__(self, actor: User, version: DocumentVersion) -> None:
        open_to = access.within(actor, Action.OPEN_DOCUMENT, Q(patient=version.document.patient_id))
        validated = DocumentVersion.objects.filter(document__in=open_to, validated_at__isnull=False).select_related("document")
        self.identifiers: set[tuple[str, str] | None] = set()
        self.families: dict[tuple[str, str] | None, int] = {}
        for held in validated:
            family = (held.document.set_id_root, held.document.set_id_extension)
            if family not in self.families:
                self.identifiers.add(_key(identifier_of(held.document)))
            self.identifiers.add(_key(received_identifier(held)))
            self.families[family] = max(held.number, self.families.get(family, 0))

    def __contains__(self, document: SourceDocument) -> bool:
        identifier, family = _key(document.identifier), _key(document.set_id)
        known = identifier is not None and identifier in self.identifiers
        return known or (family is not None and document.version_number <= self.families.get(family, 0))
