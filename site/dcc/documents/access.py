"""Who may do what to which document: the relation of a person to a document, asked of the policies of the accounts room."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation, User
from dcc.documents.errors import ActionForbidden, DocumentNotFound
from dcc.documents.models import Contributor, Document, DocumentVersion


def relation(actor: User, document: Document) -> Relation:
    """``AUTHOR`` for who wrote in it, else ``NONE``: the team is known by the facilities."""
    wrote = document.created_by_id == actor.pk or Contributor.objects.filter(version__document=document, user=actor).exists()
    return Relation.AUTHOR if wrote else Relation.NONE


def permitted(actor: User, document: Document, actions: Iterable[str]) -> frozenset[str]:
    """Those of ``actions`` that the policies allow to ``actor`` on this document; memberships are read once."""
    rights, tie = accounts.rights(actor), relation(actor, document)
    return frozenset(a for a in actions if rights.may(a, facility_ids={document.facility_id}, relation=tie))


def require(actor: User, action: str, document: Document) -> None:
    """Raise :class:`DocumentNotFound` to who may not even open the document, :class:`ActionForbidden` to who may not do this."""
    allowed = permitted(actor, document, (action, Action.OPEN_DOCUMENT))
    if Action.OPEN_DOCUMENT not in allowed:
        raise DocumentNotFound
    if action not in allowed:
        raise ActionForbidden("Votre rôle ne permet pas cette action sur ce document")


def find(actor: User, action: str, document_id: uuid.UUID) -> DocumentVersion:
    """The current version of a document, once ``action`` is allowed; raises like :func:`require`."""
    version = (
        DocumentVersion.objects.select_related("document__patient", "document__facility", "form_version", "validated_by")
        .filter(document_id=document_id, is_current=True)
        .first()
    )
    if version is None:
        raise DocumentNotFound
    require(actor, action, version.document)
    return version


def visible(actor: User) -> QuerySet[DocumentVersion]:
    """Current versions the actor may open: those of his facilities."""
    return DocumentVersion.objects.filter(
        is_current=True, document__facility_id__in=accounts.rights(actor).facilities(Action.OPEN_DOCUMENT)
    )
