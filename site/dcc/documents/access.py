"""Who may do what to which document: the relation of a person to a document, asked of the policies of the accounts room."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import cached_property

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Reach, Relation, Scope, Subject, User
from dcc.documents.errors import ActionForbidden, DocumentNotFound, HeldElsewhere
from dcc.documents.models import Contributor, Document, DocumentVersion
from dcc.patients import api as patients
from rcp_directory import api as directory


class Standing:
    """What one person is to one document. What ties them is looked for when it would change the answer, and remembered.

    ``version`` is the current one when the caller has it; else what is asked of it is read.
    """

    def __init__(self, actor: User, document: Document, version: DocumentVersion | None = None) -> None:
        self.actor, self.document, self.rights = actor, document, accounts.rights(actor)
        self._version = version
        self._ties: dict[Relation, bool] = {}

    def may(self, action: str) -> bool:
        """Whether the policies allow ``action``."""
        return self.tie(action) is not None

    def tie(self, action: str) -> Relation | None:
        """By which relation the policies allow ``action``; nothing when they do not."""
        action = Action(action)
        named = any(scope.status for scope in self.rights.policy.scopes(action))
        document, status = self.document, self.status if named else ""
        subject = Subject(document.patient_id, self.masked, document.document_type, status)
        if self.rights.may(action, facility_ids={document.facility_id}, subject=subject):
            return Relation.FACILITY
        for relation in LOOKED_FOR:
            if self.rights.may(action, relation=relation, subject=subject) and self.is_tied(relation):
                return relation
        return None

    def require(self, action: str) -> None:
        """Raise :class:`DocumentNotFound` to who may not even open it, :class:`ActionForbidden` to who may not do this."""
        if self.may(action):
            return
        if not self.may(Action.OPEN_DOCUMENT):
            raise DocumentNotFound
        raise ActionForbidden("Votre rôle ne permet pas cette action sur ce document")

    def is_tied(self, relation: Relation) -> bool:
        """Whether a relation other than the facility's ties the person to the document."""
        if relation not in self._ties:
            self._ties[relation] = self._look(relation)
        return self._ties[relation]

    def _look(self, relation: Relation) -> bool:
        if relation is Relation.AUTHOR:
            wrote = Contributor.objects.filter(version__document=self.document, user=self.actor)
            return self.document.created_by_id == self.actor.pk or wrote.exists()
        if relation is Relation.RCP:
            addressed = DocumentVersion.objects.filter(document=self.document, is_current=True).exclude(rcp="")
            return addressed.filter(rcp__in=directory.rcps_of(self.actor)).exists()
        return patients.is_tied(self.actor, self.document.patient_id, relation)

    @cached_property
    def status(self) -> str:
        """Status of the current version."""
        known: str | None = self._version.status if self._version else getattr(self.document, "status_now", None)
        return known or self.document.versions.values_list("status", flat=True).get(is_current=True)

    @cached_property
    def masked(self) -> bool:
        """Whether the patient is masked."""
        known: bool | None = getattr(self._version or self.document, "masked", None)
        return patients.is_masked(self.document.patient_id) if known is None else known


LOOKED_FOR = (Relation.AUTHOR, Relation.TEAM, Relation.BROKEN_GLASS, Relation.RCP)
"""Beyond the facility, in the order of what it costs to know."""
MASKED = F("document__patient__masked")
"""Annotated as ``masked`` on versions whose standing will be asked."""


def documents() -> QuerySet[Document]:
    """Documents with their facility, and what their standing asks of their current version and of their patient."""
    current = DocumentVersion.objects.filter(document=OuterRef("pk"), is_current=True).values("status")
    return Document.objects.select_related("facility").annotate(masked=F("patient__masked"), status_now=Subquery(current))


def standing(actor: User, document: Document) -> Standing:
    """What ``actor`` is to a document."""
    return Standing(actor, document)


def require(actor: User, action: str, version: DocumentVersion) -> None:
    """As :meth:`Standing.require`, of the current version, to write in it; :class:`HeldElsewhere` while another DCC has it."""
    Standing(actor, version.document, version).require(action)
    if version.held_elsewhere:
        raise HeldElsewhere(version.held_elsewhere)


def find(actor: User, action: str, document_id: uuid.UUID) -> DocumentVersion:
    """The current version of a document, once ``action`` is allowed; raises like :func:`require`."""
    return find_with_standing(actor, action, document_id)[0]


def find_with_standing(actor: User, action: str, document_id: uuid.UUID) -> tuple[DocumentVersion, Standing]:
    """As :func:`find`, with what else the actor may do."""
    version = _CURRENT.filter(document_id=document_id).first()
    if version is None:
        raise DocumentNotFound
    stand = Standing(actor, version.document, version)
    stand.require(action)
    return version, stand


VALIDATED_OF_SAME = DocumentVersion.objects.filter(document_id=OuterRef("document_id"), validated_at__isnull=False)
"""For subqueries: the validated versions of the same document."""
_IN_FORCE = Subquery(VALIDATED_OF_SAME.order_by("-number").values("number")[:1])
"""Number of the last validated version: what counts outside while another one is written."""

# The form is kept per process by the forms room; who validated is read where it is shown.
_CURRENT = (
    DocumentVersion.objects.filter(is_current=True)
    .select_related("document__facility")
    .annotate(in_force=_IN_FORCE, masked=MASKED)
)


EVERY = Q()


def visible(actor: User, among: Q = EVERY) -> QuerySet[DocumentVersion]:
    """Current versions the actor may open, with what a list shows of them; ``among`` some documents."""
    return (
        DocumentVersion.objects.filter(is_current=True, document__in=within(actor, Action.OPEN_DOCUMENT, among))
        .select_related("document__facility")
        .annotate(in_force=_IN_FORCE)
        .defer("answers", "provenance", "received", "legal_texts")
    )


def within(actor: User, action: Action, among: Q = EVERY) -> QuerySet[Any, Any]:
    """Ids of the documents on which the actor may do ``action``: :meth:`Standing.may`, read the other way round.

    One select by relation, put together: each goes by its own index, which an « or » between tables would forbid. ``among``
    narrows each of them to some documents, where few are asked about (those of a patient).
    """
    rights = accounts.rights(actor)
    whole = rights.policy.scopes(action)
    first, *others = [_tied(actor, reach, whole).filter(among) for reach in rights.reach(action)] or [Document.objects.none()]
    if rights.only_patient is not None:
        first, *others = [arm.filter(patient=rights.only_patient) for arm in (first, *others)]
    return first.values("pk").union(*(arm.values("pk") for arm in others), all=True) if others else first.values("pk")


def openable(actor: User, among: Q = EVERY) -> QuerySet[Any, Any]:
    """Ids of the documents that the actor may open, for the filters of the rooms above."""
    return within(actor, Action.OPEN_DOCUMENT, among)


def _tied(actor: User, reach: Reach, whole: Collection[Scope]) -> QuerySet[Document]:
    """The documents that a relation ties to the actor."""
    found = Document.objects.filter(_tie(actor, reach))
    if reach.scopes:
        current = DocumentVersion.objects.filter(_in_scopes(reach.scopes, whole), document=OuterRef("pk"), is_current=True)
        return found.filter(Exists(current))
    return found


def _tie(actor: User, reach: Reach) -> Q:
    if reach.relation is Relation.FACILITY:
        return Q(facility__in=reach.facility_ids) & ~Q(patient__in=patients.masked_patients())
    if reach.relation is Relation.AUTHOR:
        wrote = Contributor.objects.filter(user=actor).values("version__document")
        return Q(created_by=actor) | Q(pk__in=wrote)
    if reach.relation is Relation.RCP:
        addressed = DocumentVersion.objects.filter(is_current=True, rcp__in=directory.rcps_of(actor)).exclude(rcp="")
        return Q(pk__in=addressed.values("document")) & ~Q(patient__in=patients.masked_patients())
    return Q(patient__in=patients.tied_patients(actor, reach.relation))


def _in_scopes(scopes: Collection[Scope], whole: Collection[Scope]) -> Q:
    """Versions that one of some scopes speaks of; an empty field is whatever no other of the ``whole`` names."""
    found = Q(pk__in=[])
    for scope in scopes:
        by_type = _is(scope.document_type, "document__document_type", {other.document_type for other in whole})
        found |= by_type & _is(scope.status, "status", {other.status for other in whole})
    return found


def _is(value: str, field: str, named: Collection[str]) -> Q:
    return Q(**{field: value}) if value else ~Q(**{f"{field}__in": [name for name in named if name]})
