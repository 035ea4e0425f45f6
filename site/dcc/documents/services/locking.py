"""The one way to take a document for writing."""

from __future__ import annotations

import uuid

from dcc.documents import access
from dcc.documents.errors import DocumentNotFound, Stale
from dcc.documents.models import DocumentVersion


def lock_current(document_id: uuid.UUID, *, expected_revision: int | None = None) -> DocumentVersion:
    """Lock the current version until the transaction ends (SQLite: the whole database is, by IMMEDIATE transactions).

    Raises :class:`DocumentNotFound`, and :class:`Stale` when the version moved on from ``expected_revision``.
    """
    rows = (
        DocumentVersion.objects.select_for_update(of=("self",))
        .select_related("document__facility")
        .annotate(masked=access.MASKED)
    )
    current = rows.filter(document_id=document_id, is_current=True)
    # Who waited for somebody starting a new version finds that the row he waited for is no longer current: he looks again.
    version = current.first() or current.first()
    if version is None:
        raise DocumentNotFound
    if expected_revision is not None and expected_revision != version.revision:
        raise Stale("Le document a été modifié depuis que vous l'avez lu : relisez-le avant de continuer")
    return version
