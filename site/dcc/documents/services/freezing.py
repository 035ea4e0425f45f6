"""Freezing the content of a version: from then on the database refuses any change (DESIGN, idea 1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dcc.accounts.api import User
from dcc.contracts.snapshots import LegalText
from dcc.documents.models import DocumentVersion
from forms_config.schema.canonical import sha256_of


def content_hash(version: DocumentVersion) -> str:
    """SHA-256 of all that is medically and legally said: answers, form, texts, joined files."""
    return sha256_of(
        {
            "document": str(version.document_id),
            "number": version.number,
            "form": version.form_version.sha256,
            "answers": version.answers,
            "legal_texts": [text["sha256"] for text in version.legal_texts],
            "attachments": sorted(version.attachments.values_list("sha256", flat=True)),
        }
    )


def freeze(version: DocumentVersion, *, at: datetime, by: User | None, legal_texts: Sequence[LegalText]) -> None:
    """Set what says that the version is frozen; the caller saves it together with its status."""
    version.legal_texts = [legal_text_json(text) for text in legal_texts]
    version.validated_at, version.validated_by = at, by
    version.content_sha256 = content_hash(version)


def legal_text_json(text: LegalText) -> dict[str, Any]:
    """A legal text as stored with a version."""
    return {"number": text.number, "version": text.version, "body": text.body, "sha256": text.sha256}
