"""Lists of documents that another room names, for who may open them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from dcc.accounts.api import User
from dcc.documents import access
from dcc.documents.queries import DocumentLine, listed


def documents_among(actor: User, document_ids: Collection[UUID]) -> list[DocumentLine]:
    """Those of some documents that the actor may open, last changed first; their list is audited."""
    return listed(access.visible(actor, Q(pk__in=document_ids)).order_by("-changed_at"), actor=actor)
