"""Starting a document that follows a validated one: the PPS of an FRCP (R-056, R-059). One family for each, whoever is faster."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DocumentType
from dcc.documents import access
from dcc.documents.cards import person_name
from dcc.documents.errors import AlreadyFollowed, DocumentError
from dcc.documents.kinds import type_of
from dcc.documents.models import Document
from dcc.documents.references import known_day, last_validated
from dcc.documents.services.creation import FirstAnswers, require_creator, start
from dcc.patients import api as patients


def create_following(
    *,
    actor: User,
    reference_id: uuid.UUID,
    document_type: str = "pps",
    facility_id: uuid.UUID | None = None,
    form_key: str = "",
) -> uuid.UUID:
    """Start the document that follows a validated one, for the same patient, in its facility unless another is named.

    Only its date is taken over: what else the followed document says is proposed, never put (R-058). Raises
    :class:`DocumentNotFound`, :class:`ActionForbidden`, :class:`DocumentError` when it is of another type or never was validated,
    and :class:`AlreadyFollowed` when it has one, be it started at the same moment.
    """
    kind = type_of(document_type)
    if kind is None or not kind.follows:
        raise DocumentError("Ce type de document ne se crée pas à partir d'un autre")
    followed = access.find(actor, Action.OPEN_DOCUMENT, reference_id).document
    try:
        with transaction.atomic():
            patients.current_id(followed.patient_id)  # no merge moves the followed document before its follower is there
            followed.refresh_from_db(fields=["patient"])
            require_creator(actor, facility_id or followed.facility_id, followed.patient_id)
            first = _first_answers(kind, followed)
            refuse_second(actor, kind, followed)
            place = facility_id or followed.facility_id
            document = Document(document_type=kind.key, patient_id=followed.patient_id, facility_id=place, reference=followed)
            return start(actor, document, form_key, first)
    except IntegrityError:
        refuse_second(actor, kind, followed)
        raise


def _first_answers(kind: DocumentType, followed: Document) -> FirstAnswers:
    """What the followed document is known by; raises :class:`DocumentError` when it may not be followed."""
    expected = type_of(kind.follows)
    name = expected.title if expected else kind.follows
    if followed.document_type != kind.follows:
        raise DocumentError(f"« {kind.title} » se crée à partir d'un document « {name} »")
    version = last_validated(followed)
    if version is None:
        raise DocumentError(f"« {kind.title} » se crée à partir d'un document « {name} » validé : celui-ci ne l'est pas")
    day = known_day(followed.document_type, version.answers)
    answers: dict[str, Any] = {kind.reference_date: day.isoformat()} if day and kind.reference_date else {}
    return FirstAnswers(answers, "reprise", str(followed.pk))


def follower_of(document_id: uuid.UUID, document_type: str) -> Document | None:
    """The document that follows another one, those that were given up apart."""
    found = access.documents().filter(reference_id=document_id, document_type=document_type, abandoned=False)
    return found.select_related("created_by__practitioner").first()


def refuse_second(actor: User, kind: DocumentType, followed: Document) -> None:
    """Raise :class:`AlreadyFollowed` when a document has its follower: which one, for who may open it, else only that it is."""
    existing = follower_of(followed.pk, kind.key)
    if existing is None:
        return
    already = f"Un document « {kind.title} » existe déjà à partir de celui-ci"
    if not access.standing(actor, existing).may(Action.OPEN_DOCUMENT):
        raise AlreadyFollowed(f"{already}, dans une autre structure")
    day, author = timezone.localdate(existing.created_at), existing.created_by
    told = f"commencé le {day:%d/%m/%Y} par {person_name(author)}" if author else f"reçu le {day:%d/%m/%Y}"
    raise AlreadyFollowed(f"{already} : {told} ({existing.facility.name})", existing.pk)
