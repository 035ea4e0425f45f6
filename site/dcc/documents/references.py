"""What a document follows: how renderers get it, and how documents are known by outside.

A document made here is identified outside by its last CDA, which the exchange room makes: that room says once how to find the
identifier (:func:`identify_with`), and every picture of a document that follows another one names it so.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dcc.contracts.snapshots import DocumentReference, InstanceId
from dcc.documents.kinds import type_of
from dcc.documents.models import Document, DocumentVersion

UNKNOWN_ROOT = "UNK"
"""``reference_root`` of a received document that does not say what it follows (HL7 nullFlavor): taken in, with a remark."""

Identify = Callable[[uuid.UUID], InstanceId | None]
"""The ClinicalDocument/id that a document, by its id here, was last given outside; nothing when none was made."""

_ways: list[Identify] = []


def identify_with(way: Identify) -> None:
    """Add a way to find how a document is identified outside; the first answer counts."""
    if way not in _ways:
        _ways.append(way)


def identifier_of(document: Document) -> InstanceId | None:
    """ClinicalDocument/id of the last validated version: that in which it was received, else of what was made of it here."""
    received = received_identifier(last_validated(document))
    return received or next((found for found in (way(document.pk) for way in _ways) if found is not None), None)


def former_identifier(version_id: uuid.UUID) -> InstanceId | None:
    """ClinicalDocument/id of what this version replaces, when it was received: validated elsewhere, or given here to complete."""
    return received_identifier(_earlier(version_id).filter(~Q(held_elsewhere="") | Q(validated_at__isnull=False)).first())


def amends_validated(version_id: uuid.UUID) -> bool:
    """Whether a version brings a validated one up to date: nothing of it leaves before it is validated (R-070)."""
    return _earlier(version_id).filter(validated_at__isnull=False).exists()


def _earlier(version_id: uuid.UUID) -> QuerySet[DocumentVersion]:
    """The versions before one, last first."""
    version = DocumentVersion.objects.get(pk=version_id)
    return DocumentVersion.objects.filter(document_id=version.document_id, number__lt=version.number).order_by("-number")


def unmade_reference(document_id: uuid.UUID) -> bool:
    """Whether a document follows one that was validated here and has no identifier outside yet: its files are being made."""
    document = Document.objects.select_related("reference").get(pk=document_id)
    return document.reference is not None and identifier_of(document.reference) is None


def followed_id(document_id: uuid.UUID) -> uuid.UUID | None:
    """The document here that one follows (the FRCP of a PPS), for a channel that carries both; nothing when it follows none."""
    return Document.objects.filter(pk=document_id).values_list("reference_id", flat=True).first()


def received_identifier(version: DocumentVersion | None) -> InstanceId | None:
    """ClinicalDocument/id in which a version was received."""
    root, extension = (version.received.get("identifier") if version else None) or ("", None)
    return InstanceId(root, extension) if root else None


def last_validated(document: Document) -> DocumentVersion | None:
    """The version of a document that counts outside: the last that was validated, whatever is being written since."""
    return document.versions.filter(validated_at__isnull=False).order_by("-number").first()


def reference_of(document: Document) -> DocumentReference | None:
    """What a document follows, the same for all its versions (R-069): a document here, else what the received one named."""
    if document.reference is not None:
        return _known(document.reference)
    if document.reference_root in ("", UNKNOWN_ROOT):
        return None
    kind = type_of(document.document_type)
    identifier = InstanceId(document.reference_root, document.reference_extension or None)
    return DocumentReference(kind.follows if kind else "", identifier)


def named_reference(document: Document) -> str:
    """The identifier of what a received document follows and that is not here, as it can be read."""
    if document.reference_id is not None or document.reference_root == UNKNOWN_ROOT:
        return ""
    return f"{document.reference_root} {document.reference_extension}".strip()


def _known(document: Document) -> DocumentReference:
    set_id = InstanceId(document.set_id_root, document.set_id_extension or None)
    version = last_validated(document)
    return DocumentReference(
        document_type=document.document_type,
        identifier=identifier_of(document) or set_id,
        set_id=set_id,
        version_number=version.number if version else None,
        title=version.title if version else "",
        date=known_day(document.document_type, version.answers) if version else None,
    )


def known_day(document_type: str, answers: Mapping[str, Any]) -> date | None:
    """The day by which a document is known (that of the RCP), when its answers say a whole one."""
    kind = type_of(document_type)
    text = answers.get(kind.dated_by) if kind and kind.dated_by else None
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
