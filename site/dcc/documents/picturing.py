"""What the exchange room asks of this one, without an actor: it works for the platform, after a right was exercised."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dcc.accounts.api import User
from dcc.contracts.snapshots import DocumentSnapshot, InstanceId
from dcc.documents import access
from dcc.documents.models import Attachment, DocumentVersion
from dcc.documents.services.attachments import content_of
from dcc.documents.services.locking import lock_current
from dcc.documents.snapshots import snapshot_of


def picture(
    version_id: uuid.UUID, *, as_of: datetime, rendition_id: uuid.UUID, replaces: Mapping[str, InstanceId]
) -> DocumentSnapshot:
    """The snapshot of a version for a rendition; raises ``DocumentVersion.DoesNotExist``."""
    version = DocumentVersion.objects.select_related("document__facility", "form_version", "validated_by__practitioner").get(
        pk=version_id
    )
    return snapshot_of(version, as_of=as_of, rendition_id=rendition_id, replaces=replaces)


def current_picture(
    document_id: uuid.UUID, *, as_of: datetime, with_attachments: bool = True
) -> tuple[uuid.UUID, DocumentSnapshot]:
    """Id and snapshot of the current version, after a right was exercised; raises ``LookupError`` for an unknown document."""
    version = (
        DocumentVersion.objects.select_related("document__facility", "form_version", "validated_by__practitioner")
        .filter(document_id=document_id, is_current=True)
        .first()
    )
    if version is None:
        raise LookupError(f"Document inconnu : {document_id}")
    return version.pk, snapshot_of(version, as_of=as_of, with_attachments=with_attachments)


def attachment_bytes(attachment_id: uuid.UUID) -> bytes:
    """Bytes of a joined file, for a stored snapshot that names it."""
    return content_of(Attachment.objects.get(pk=attachment_id))


@dataclass(frozen=True, slots=True)
class Reference:
    """What identifies the current version of a document in other rooms; ``received``: it was written by another system."""

    document_id: uuid.UUID
    version_id: uuid.UUID
    patient_id: uuid.UUID
    document_type: str
    status: str
    held_elsewhere: str = ""
    received: bool = False


def reference(actor: User, action: str, document_id: uuid.UUID) -> Reference:
    """Reference of the current version, once ``action`` is allowed to ``actor``.

    Raises :class:`DocumentNotFound`, :class:`ActionForbidden`.
    """
    return _reference(access.find(actor, action, document_id))


def hold(*, actor: User, action: str, document_id: uuid.UUID, expected_revision: int | None) -> Reference:
    """As :func:`reference`, nobody changing the document until the transaction ends; raises :class:`Stale` beside."""
    version = lock_current(document_id, expected_revision=expected_revision)
    access.require(actor, action, version)
    return _reference(version)


def _reference(version: DocumentVersion) -> Reference:
    document = version.document
    return Reference(
        document_id=document.pk,
        version_id=version.pk,
        patient_id=document.patient_id,
        document_type=document.document_type,
        status=version.status,
        held_elsewhere=version.held_elsewhere,
        received=bool(version.received),
    )
