"""The one way to take a document for writing."""

from __future__ import annotations

import uuid

from dcc.documents.errors import DocumentNotFound, Stale
from dcc.documents.models import DocumentVersion


def lock_current(document_id: uuid.UUID, *, expected_revision: int | None = None) -> DocumentVersion:
    """Lock the current version until the transaction ends (SQLite: the whole database is, by IMMEDIATE transactions).

    Raises :class:`DocumentNotFound`, and :class:`Stale` when the version moved on from ``expected_revision``.
    """
    try:
        version = (
            DocumentVersion.objects.select_for_update(of=("self",))
            .select_related("document__facility")
            .get(document_id=document_id, is_current=True)
        )
    except DocumentVersion.DoesNotExist:
        raise DocumentNotFound from None
    if expected_revision is not None and expected_revision != version.revision:
        raise Stale("Le document a été modifié depuis que vous l'avez lu : relisez-le avant de continuer")
    return version
