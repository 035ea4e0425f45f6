"""Who may do what to which document: the relation of a person to a document, asked of the policies of the accounts room."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation, User
from dcc.documents.errors import ActionForbidden, DocumentNotFound
from dcc.documents.models import Contributor, Document, DocumentVersion


def relation(actor: User, document: Document) -> Relation:
    """``AUTHOR`` for who wrote in it, else ``NONE``: the team is known by the facilities."""
    wrote = document.created_by_id == actor.pk or Contributor.objects.filter(version__document=document, user=actor).exists()
    return Relation.AUTHOR if wrote else Relation.NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is to one document; read once, asked many times."""

    rights: accounts.Rights
    tie: Relation
    facility_id: uuid.UUID

    def may(self, action: str) -> bool:
        """Whether the policies allow ``action``."""
        return self.rights.may(action, facility_ids={self.facility_id}, relation=self.tie)

    def require(self, action: str) -> None:
        """Raise :class:`DocumentNotFound` to who may not even open it, :class:`ActionForbidden` to who may not do this."""
        if not self.may(Action.OPEN_DOCUMENT):
            raise DocumentNotFound
        if not self.may(action):
            raise ActionForbidden("Votre rôle ne permet pas cette action sur ce document")


def standing(actor: User, document: Document) -> Standing:
    """What ``actor`` is to a document."""
    return Standing(accounts.rights(actor), relation(actor, document), document.facility_id)


def require(actor: User, action: str, document: Document) -> None:
    """As :meth:`Standing.require`."""
    standing(actor, document).require(action)


def find(actor: User, action: str, document_id: uuid.UUID) -> DocumentVersion:
    """The current version of a document, once ``action`` is allowed; raises like :func:`require`."""
    return find_with_standing(actor, action, document_id)[0]


def find_with_standing(actor: User, action: str, document_id: uuid.UUID) -> tuple[DocumentVersion, Standing]:
    """As :func:`find`, with what else the actor may do."""
    version = _CURRENT.filter(document_id=document_id).first()
    if version is None:
        raise DocumentNotFound
    stand = standing(actor, version.document)
    stand.require(action)
    return version, stand


VALIDATED_OF_SAME = DocumentVersion.objects.filter(document_id=OuterRef("document_id"), validated_at__isnull=False)
"""For subqueries: the validated versions of the same document."""
_IN_FORCE = Subquery(VALIDATED_OF_SAME.order_by("-number").values("number")[:1])
"""Number of the last validated version: what counts outside while another one is written."""

# The form is kept per process by the forms room; who validated is read where it is shown.
_CURRENT = DocumentVersion.objects.filter(is_current=True).select_related("document__facility").annotate(in_force=_IN_FORCE)


def visible(actor: User) -> QuerySet[DocumentVersion]:
    """Current versions the actor may open (those of his facilities), with what a list shows of them."""
    facilities = accounts.rights(actor).facilities(Action.OPEN_DOCUMENT)
    return (
        DocumentVersion.objects.filter(is_current=True, document__facility_id__in=facilities)
        .select_related("document__facility")
        .annotate(in_force=_IN_FORCE)
        .defer("answers", "provenance", "received", "legal_texts")
    )
