"""What a document follows and what follows it, for pages and lists; which validated documents wait for the one that follows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DocumentType
from dcc.documents import access
from dcc.documents.kinds import follower_types, type_of
from dcc.documents.models import Document, DocumentVersion
from dcc.documents.queries import DocumentLine, DocumentView, listed, narrowed
from dcc.documents.references import known_day, last_validated
from dcc.documents.states import Status

VALIDATED: tuple[Status, ...] = ("valide", "cloture")


@dataclass(frozen=True, slots=True)
class Relative:
    """A document beside another one, ``day`` that of its RCP; of one that the actor may not open there is only the type."""

    document_id: uuid.UUID | None
    type_title: str
    title: str = ""
    day: date | None = None
    status: Status | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class NextStep:
    """A type of document that follows this validated one: the one there is, else whether the actor may start it."""

    document_type: str
    title: str
    existing: Relative | None
    may_create: bool


@dataclass(frozen=True, slots=True)
class Kin:
    """What a document follows (``named``: the identifier of one that is not here), and what follows it."""

    followed: Relative | None
    named: str
    next_steps: Sequence[NextStep]


def kin_of(actor: User, view: DocumentView) -> Kin:
    """What stands beside a document that ``actor`` opened."""
    steps = next_steps(actor, [view.line]).get(view.line.document_id, [])
    if view.reference_id is None:
        return Kin(None, view.named, steps)
    return Kin(_relative(actor, access.documents().get(pk=view.reference_id)), "", steps)


def _relative(actor: User, document: Document) -> Relative:
    """A document as it stands beside another one: its last validated version, else the current one."""
    title = _short(type_of(document.document_type), document.document_type)
    if not access.standing(actor, document).may(Action.OPEN_DOCUMENT):
        return Relative(None, title)
    version = last_validated(document) or document.versions.get(is_current=True)
    status: Status = version.status  # type: ignore[assignment]  # the database holds only statuses of the table
    day = known_day(document.document_type, version.answers)
    return Relative(document.pk, title, version.title, day, status, version.number)


def _short(kind: DocumentType | None, key: str) -> str:
    return (kind.short_title or kind.title) if kind else key


def next_steps(actor: User, lines: Collection[DocumentLine]) -> Mapping[uuid.UUID, list[NextStep]]:
    """What follows, or may follow, each of these documents that has a validated version."""
    kinds: dict[str, list[DocumentType]] = {}
    for kind in follower_types():
        kinds.setdefault(kind.follows, []).append(kind)
    asked = [line for line in lines if line.document_type in kinds and (line.status in VALIDATED or line.in_force)]
    if not asked:
        return {}
    followers = access.documents().filter(reference_id__in=[line.document_id for line in asked], abandoned=False)
    found = {(d.reference_id, d.document_type): d for d in followers}
    may_create = accounts.rights(actor).facilities(Action.CREATE_DOCUMENT)
    return {
        line.document_id: [
            _step(actor, kind, found.get((line.document_id, kind.key)), line.facility_id in may_create)
            for kind in kinds[line.document_type]
        ]
        for line in asked
    }


def _step(actor: User, kind: DocumentType, existing: Document | None, may_create: bool) -> NextStep:
    relative = _relative(actor, existing) if existing else None
    return NextStep(kind.key, _short(kind, kind.key), relative, may_create and existing is None)


def unfollowed(
    actor: User,
    *,
    document_type: str = "pps",
    mine: bool = False,
    patient_ids: Collection[uuid.UUID] | None = None,
    limit: int = 100,
) -> list[DocumentLine]:
    """The validated documents of the actor's facilities that wait for the one that follows them (R-049), newest first."""
    waiting = narrowed(actor, _waiting(access.visible(actor), document_type), mine=mine, patient_ids=patient_ids)
    return listed(waiting.order_by("-status_at")[:limit], actor=actor)


def _waiting(versions: QuerySet[DocumentVersion], document_type: str) -> QuerySet[DocumentVersion]:
    kind = type_of(document_type)
    followers = Document.objects.filter(reference=OuterRef("document_id"), document_type=document_type, abandoned=False)
    of_type = versions.filter(document__document_type=kind.follows if kind else "")
    return of_type.filter(Exists(access.VALIDATED_OF_SAME)).exclude(Exists(followers))


def unfollowed_count(actor: User, *, document_type: str = "pps", at_most: int = 100) -> int:
    """How many documents :func:`unfollowed` would give, counted up to ``at_most``."""
    kind = type_of(document_type)
    followers = Document.objects.filter(reference=OuterRef("pk"), document_type=document_type, abandoned=False)
    validated = DocumentVersion.objects.filter(document=OuterRef("pk"), validated_at__isnull=False)
    alone = Document.objects.filter(document_type=kind.follows if kind else "", pk__in=access.within(actor, Action.OPEN_DOCUMENT))
    return len(alone.exclude(Exists(followers)).filter(Exists(validated)).values_list("pk", flat=True)[:at_most])


def unfollowed_between(since: datetime, until: datetime, *, document_type: str = "pps") -> tuple[int, int]:
    """Of the documents first validated in ``[since, until)``: how many, and how many have no follower (indicator of R-049)."""
    first = DocumentVersion.objects.filter(validated_at__isnull=False).order_by("document_id", "number")
    earlier = first.filter(document=OuterRef("document"), number__lt=OuterRef("number"))
    kind = type_of(document_type)
    validated = first.filter(
        document__document_type=kind.follows if kind else "", validated_at__gte=since, validated_at__lt=until
    ).exclude(Exists(earlier))
    followed = Document.objects.filter(reference=OuterRef("document_id"), document_type=document_type, abandoned=False)
    return validated.count(), validated.exclude(Exists(followed)).count()
