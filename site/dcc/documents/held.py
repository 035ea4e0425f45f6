"""What is held under a reference (setId), for the machine that received something under the same one (R-087)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcc.contracts.snapshots import InstanceId
from dcc.documents.models import Document, DocumentVersion
from forms_config import api as forms
from forms_config.schema.answers import exportable
from forms_config.schema.canonical import sha256_of


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version held under a reference; ``content`` is the :func:`content_key` of what it said outside."""

    version_id: uuid.UUID
    number: int
    status: str
    current: bool
    elsewhere: str
    received: bool
    content: str


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document held under a reference, with all its versions in order of number."""

    document_id: uuid.UUID
    document_type: str
    patient_id: uuid.UUID
    facility_id: uuid.UUID
    versions: Sequence[HeldVersion]

    @property
    def current(self) -> HeldVersion:
        """The version that counts here now."""
        return next(version for version in self.versions if version.current)

    def numbered(self, number: int) -> HeldVersion | None:
        """The version that has a number."""
        return next((version for version in self.versions if version.number == number), None)


def held_under(set_id: InstanceId) -> HeldDocument | None:
    """What is held under a setId; it is locked until the transaction ends: what arrives, or is written, at once waits its turn.

    The document first, then its versions, as every writer does (a writer takes the version, then names the document).
    """
    rows = Document.objects.select_for_update(no_key=True).filter(
        set_id_root=set_id.root, set_id_extension=set_id.extension or ""
    )
    document = rows.first()
    return _document(document) if document is not None else None


def _document(document: Document) -> HeldDocument:
    rows = document.versions.select_for_update(of=("self",), no_key=True).select_related("form_version")
    versions = [_held(version) for version in rows.order_by("number")]
    return HeldDocument(document.pk, document.document_type, document.patient_id, document.facility_id, versions)


def held_document(document_id: uuid.UUID) -> HeldDocument:
    """The same by id, for a document that the caller holds; raises ``Document.DoesNotExist``."""
    return _document(Document.objects.get(pk=document_id))


def content_key(answers: Mapping[str, Any]) -> str:
    """A hash of what answers say, whatever their rows are called: the same document rendered twice has the same one."""
    return sha256_of(_nameless(answers))


def _held(version: DocumentVersion) -> HeldVersion:
    said = version.received.get("content") if "identifier" in version.received else None
    return HeldVersion(
        version.pk,
        version.number,
        version.status,
        version.is_current,
        version.held_elsewhere,
        "identifier" in version.received,
        said or content_key(exportable(forms.schema_of(version.form_version_id), version.answers)),
    )


def _nameless(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"id", "values"}:
            return _nameless(value["values"])
        return {key: _nameless(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_nameless(item) for item in value]
    return value
