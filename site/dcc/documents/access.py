"""Who may do what to which document: the relation of a person to a document, asked of the policies of the accounts room."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import cached_property

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Reach, Relation, Scope, Subject, User
from dcc.documents.errors import ActionForbidden, DocumentNotFound
from dcc.documents.models import Contributor, Document, DocumentVersion


class Standing:
    """What one person is to one document. What ties them is looked for when it would change the answer, and remembered."""

    def __init__(self, actor: User, document: Document, status: str | None = None) -> None:
        self.actor, self.document, self.rights = actor, document, accounts.rights(actor)
        self._status = status

    def may(self, action: str) -> bool:
        """Whether the policies allow ``action``."""
        action = Action(action)
        subject = Subject(
            patient_id=self.document.patient_id,
            document_type=self.document.document_type,
            status=self.status if any(scope.status for scope in self.rights.policy.scopes(action)) else "",
        )
        place = {self.document.facility_id}
        return self.rights.may(action, facility_ids=place, subject=subject) or any(
            self.rights.may(action, relation=relation, subject=subject) and self.is_tied(relation) for relation in LOOKED_FOR
        )

    def require(self, action: str) -> None:
        """Raise :class:`DocumentNotFound` to who may not even open it, :class:`ActionForbidden` to who may not do this."""
        if self.may(action):
            return
        if not self.may(Action.OPEN_DOCUMENT):
            raise DocumentNotFound
        raise ActionForbidden("Votre rôle ne permet pas cette action sur ce document")

    def is_tied(self, relation: Relation) -> bool:
        """Whether a relation other than the facility's ties the person to the document."""
        return self.wrote if relation is Relation.AUTHOR else False

    @cached_property
    def wrote(self) -> bool:
        """Whether the person started the document or wrote in it."""
        if self.document.created_by_id == self.actor.pk:
            return True
        return Contributor.objects.filter(version__document=self.document, user=self.actor).exists()

    @cached_property
    def status(self) -> str:
        """Status of the current version."""
        return self._status or self.document.versions.values_list("status", flat=True).get(is_current=True)


LOOKED_FOR = (Relation.AUTHOR,)
"""Beyond the facility, in the order of what it costs to know."""


def standing(actor: User, document: Document) -> Standing:
    """What ``actor`` is to a document."""
    return Standing(actor, document)


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
    stand = Standing(actor, version.document, version.status)
    stand.require(action)
    return version, stand


VALIDATED_OF_SAME = DocumentVersion.objects.filter(document_id=OuterRef("document_id"), validated_at__isnull=False)
"""For subqueries: the validated versions of the same document."""
_IN_FORCE = Subquery(VALIDATED_OF_SAME.order_by("-number").values("number")[:1])
"""Number of the last validated version: what counts outside while another one is written."""

# The form is kept per process by the forms room; who validated is read where it is shown.
_CURRENT = DocumentVersion.objects.filter(is_current=True).select_related("document__facility").annotate(in_force=_IN_FORCE)


def visible(actor: User) -> QuerySet[DocumentVersion]:
    """Current versions the actor may open, with what a list shows of them."""
    return (
        DocumentVersion.objects.filter(is_current=True, document__in=within(actor, Action.OPEN_DOCUMENT))
        .select_related("document__facility")
        .annotate(in_force=_IN_FORCE)
        .defer("answers", "provenance", "received", "legal_texts")
    )


def within(actor: User, action: Action) -> QuerySet[Any, Any]:
    """Ids of the documents on which the actor may do ``action``: :meth:`Standing.may`, read the other way round.

    One select by relation, put together: each goes by its own index, which an « or » between tables would forbid.
    """
    rights = accounts.rights(actor)
    whole = rights.policy.scopes(action)
    first, *others = [_tied(actor, reach, whole) for reach in rights.reach(action)] or [Document.objects.none()]
    if rights.only_patient is not None:
        first, *others = [arm.filter(patient=rights.only_patient) for arm in (first, *others)]
    return first.values("pk").union(*(arm.values("pk") for arm in others), all=True) if others else first.values("pk")


def _tied(actor: User, reach: Reach, whole: Collection[Scope]) -> QuerySet[Document]:
    """The documents that a relation ties to the actor."""
    found = Document.objects.filter(_tie(actor, reach))
    if reach.scopes:
        current = DocumentVersion.objects.filter(_in_scopes(reach.scopes, whole), document=OuterRef("pk"), is_current=True)
        return found.filter(Exists(current))
    return found


def _tie(actor: User, reach: Reach) -> Q:
    if reach.relation is Relation.FACILITY:
        return Q(facility__in=reach.facility_ids)
    if reach.relation is Relation.AUTHOR:
        wrote = Contributor.objects.filter(user=actor).values("version__document")
        return Q(created_by=actor) | Q(pk__in=wrote)
    return Q(pk__in=[])


def _in_scopes(scopes: Collection[Scope], whole: Collection[Scope]) -> Q:
    """Versions that one of some scopes speaks of; an empty field is whatever no other of the ``whole`` names."""
    found = Q(pk__in=[])
    for scope in scopes:
        by_type = _is(scope.document_type, "document__document_type", {other.document_type for other in whole})
        found |= by_type & _is(scope.status, "status", {other.status for other in whole})
    return found


def _is(value: str, field: str, named: Collection[str]) -> Q:
    return Q(**{field: value}) if value else ~Q(**{f"{field}__in": [name for name in named if name]})
