"""The hand-over of a validated document to its patient, noted after its validation: beside what was frozen, never in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import access
from dcc.documents.cards import person_name, professional_card
from dcc.documents.errors import DocumentError, DocumentNotFound
from dcc.documents.kinds import type_of
from dcc.documents.models import DocumentVersion, HandOver
from dcc.documents.references import last_validated
from forms_config.schema.values import display_professional


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How the version in force was handed to the patient; ``noted_by`` is empty when its own answers say it."""

    version: int
    on: str
    by: str
    noted_by: str = ""


@dataclass(frozen=True, slots=True)
class HandOverState:
    """What is known of the hand-over of the version in force, and who may have handed it over, for who may note it."""

    version: int
    validated_on: date
    given: HandedOver | None
    givers: Mapping[str, Mapping[str, Any]]


def hand_over_state(actor: User, document_id: uuid.UUID) -> HandOverState | None:
    """Where the hand-over stands; nothing for a type that is not handed over, or before a version was validated."""
    document = access.documents().filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound
    standing = access.standing(actor, document)
    standing.require(Action.OPEN_DOCUMENT)
    kind = type_of(document.document_type)
    version = last_validated(document) if kind is not None and kind.hand_over else None
    if kind is None or version is None or version.validated_at is None:
        return None
    given = _given(version, kind.hand_over)
    noted_in_answers = given is not None and not given.noted_by
    givers = _givers(actor, version) if standing.may(Action.EDIT_DOCUMENT) and not noted_in_answers else {}
    return HandOverState(version.number, timezone.localdate(version.validated_at), given, givers)


def _given(version: DocumentVersion, key: str) -> HandedOver | None:
    row = version.hand_overs.select_related("recorded_by__practitioner").last()
    if row is not None:
        noted = person_name(row.recorded_by)
        return HandedOver(version.number, row.on.isoformat(), display_professional(row.professional), noted)
    day = version.answers.get(key)
    if not isinstance(day, str):
        return None
    who = version.answers.get(f"{key.rpartition('.')[0]}.remis_par")
    return HandedOver(version.number, day, display_professional(who) if isinstance(who, Mapping) and "family" in who else "")


def _givers(actor: User, version: DocumentVersion) -> Mapping[str, Mapping[str, Any]]:
    """Who may have handed it over, by name: who notes it, who validated, who wrote; professionals only."""
    users = [actor, *([version.validated_by] if version.validated_by else [])]
    cards: Sequence[Mapping[str, Any]] = [
        *(professional_card(user) for user in users),
        *(row.professional for row in version.contributors.order_by("since", "pk")),
    ]
    return {display_professional(card): card for card in cards if card}


def record_hand_over(*, actor: User, document_id: uuid.UUID, on: date, by: str) -> None:
    """Note that the version in force was handed to the patient ``on`` a day, by one of :attr:`HandOverState.givers`.

    What was validated does not change; noting again corrects. Raises :class:`DocumentNotFound`, :class:`ActionForbidden`,
    :class:`DocumentError` for another type, another person, or a day before its validation or to come.
    """
    with transaction.atomic():
        version = access.find(actor, Action.EDIT_DOCUMENT, document_id)
        state = hand_over_state(actor, document_id)
        if state is None:
            raise DocumentError("Ce document ne se remet pas au patient : aucune version n'en est validée")
        if by not in state.givers:
            raise DocumentError("Choisissez qui a remis le document, parmi ceux qui l'ont écrit ou validé")
        if not state.validated_on <= on <= timezone.localdate():
            raise DocumentError(f"La remise a lieu entre la validation ({state.validated_on:%d/%m/%Y}) et aujourd'hui")
        handed = version.document.versions.get(number=state.version)
        HandOver.objects.create(
            version=handed, on=on, professional=dict(state.givers[by]), recorded_by=actor, recorded_at=timezone.now()
        )
        audit.record(
            actor=actor,
            action="document.handed_over",
            subject=f"document:{document_id}",
            patient_id=version.document.patient_id,
            version=state.version,
        )
