"""Bringing a document into being; what is received from elsewhere goes through :mod:`dcc.documents.services.reception`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Subject, User
from dcc.audit import api as audit
from dcc.contracts.events import DocumentCreated
from dcc.documents.errors import ActionForbidden, DocumentError
from dcc.documents.kinds import type_of
from dcc.documents.models import Document, DocumentVersion, StatusChange
from dcc.documents.services.calculating import ORIGIN, calculated
from dcc.documents.services.contributions import note_contribution
from dcc.documents.titles import rcp_of, title_of
from dcc.events import api as events
from dcc.patients import api as patients
from forms_config import api as forms
from forms_config.schema.answers import path_of
from forms_config.schema.calculated import calculated_paths


def create_document(
    *,
    actor: User,
    patient_id: uuid.UUID,
    facility_id: uuid.UUID,
    document_type: str,
    form_key: str = "",
    answers: Mapping[str, Any] | None = None,
) -> uuid.UUID:
    """Start a document « en cours » on the published form (the default one of the type unless ``form_key`` names another).

    ``answers`` are first answers the platform knows (the RCP chosen in the directory); they are recorded as « annuaire ». Raises
    :class:`ActionForbidden`, :class:`DocumentError` when no form is published, when no module knows the type or when it follows
    another one (:func:`dcc.documents.services.succession.create_following`).
    """
    kind = type_of(document_type)
    if kind is None:
        raise DocumentError(f"Aucun module installé ne connaît les documents « {document_type} »")
    if kind.follows:
        followed = type_of(kind.follows)
        name = followed.title if followed else kind.follows
        raise DocumentError(f"« {kind.title} » se crée à partir d'un document « {name} » validé")
    with transaction.atomic():
        patient_id = patients.current_id(patient_id)
        require_creator(actor, facility_id, patient_id)
        document = Document(document_type=document_type, patient_id=patient_id, facility_id=facility_id)
        return start(actor, document, form_key, FirstAnswers(answers or {}, "annuaire"))


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """What a document begins with beside the defaults of its form, and where it comes from."""

    answers: Mapping[str, Any]
    origin: str
    source: str = ""


def start(actor: User, document: Document, form_key: str, given: FirstAnswers) -> uuid.UUID:
    """Store a document of which type, patient and facility are set, and its first version; inside the caller's transaction."""
    form = published_form(document.document_type, form_key)
    first = {**forms.default_answers(form.schema), **given.answers}
    store_new(actor, document)
    version = new_version(actor, document, 1, form, first)
    origin = origins(given.answers, given.origin, actor, version.created_at, given.source)
    version.provenance = {**origin, **version.provenance}
    version.save(update_fields=["provenance"])
    note_contribution(version, actor, version.created_at)
    trace(actor, version, "document.created")
    return document.pk


def require_creator(actor: User, facility_id: uuid.UUID, patient_id: uuid.UUID) -> None:
    if not accounts.may(actor, Action.CREATE_DOCUMENT, facility_ids={facility_id}, subject=Subject(patient_id)):
        raise ActionForbidden("Votre rôle ne permet pas de créer un document dans cet établissement")
    if not patients.cares_for(actor, patient_id):
        masked = patients.is_masked(patient_id)
        raise ActionForbidden(
            "Ce dossier est masqué : un membre de son équipe de soins doit le faire, ou vous y nommer"
            if masked
            else "Ce patient n'est pas suivi dans votre établissement"
        )


def published_form(document_type: str, form_key: str) -> forms.PublishedForm:
    """The form new documents of a type are written on: the one named, else the standard one, else the only one."""
    live = {form.key: form for form in forms.published_forms(document_type)}
    wanted = form_key or (f"{document_type}_standard" if f"{document_type}_standard" in live else next(iter(live), ""))
    if wanted not in live:
        raise DocumentError("Aucun formulaire n'est publié pour ce type de document")
    return live[wanted]


def store_new(actor: User | None, document: Document) -> None:
    """Store a document made here: its id, the setId that comes of it, who made it."""
    document.set_id_root = f"2.25.{document.pk.int}"
    document.created_by = actor
    document.save(force_insert=True)


def new_version(
    actor: User | None, document: Document, number: int, form: forms.PublishedForm, answers: dict[str, Any]
) -> DocumentVersion:
    now = timezone.now()
    answers = calculated(form.schema, answers, document.patient_id)
    mark = {"origin": ORIGIN, "at": now.isoformat(), **_by(actor)}
    version = DocumentVersion.objects.create(
        document=document,
        number=number,
        form_version_id=form.version_id,
        title=title_of(document.document_type, answers),
        rcp=rcp_of(document.document_type, answers),
        status_at=now,
        changed_at=now,
        answers=answers,
        provenance={path: mark for path, value in calculated_paths(form.schema, answers) if value is not None},
    )
    StatusChange.objects.create(version=version, after="en_cours", actor=actor, at=now)
    return version


def origins(answers: Mapping[str, Any], origin: str, actor: User | None, at: datetime, source: str = "") -> dict[str, Any]:
    """Provenance of first answers, value by value (R-047)."""
    mark = {"origin": origin, "at": at.isoformat(), **_by(actor), **({"source": source} if source else {})}
    paths: list[str] = []
    for key, value in answers.items():
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) and "values" in value[0] else None
        if rows is None:
            paths.append(key)
        else:
            paths += [path_of(column, key, row["id"]) for row in rows for column in row["values"]]
    return dict.fromkeys(paths, mark)


def _by(actor: User | None) -> dict[str, str]:
    return {"by": str(actor.pk)} if actor else {}


def trace(actor: User | None, version: DocumentVersion, action: str, **facts: str) -> None:
    """Record that a version came into being, and tell it."""
    document = version.document
    audit.record(
        actor=actor,
        action=action,
        subject=f"document:{document.pk}",
        patient_id=document.patient_id,
        document_type=document.document_type,
        version=version.number,
        **({"reference": str(document.reference_id)} if document.reference_id else {}),
        **facts,
    )
    events.publish(
        DocumentCreated(
            document_id=document.pk,
            version_id=version.pk,
            document_type=document.document_type,
            at=version.created_at,
            actor_id=actor.pk if actor else None,
            version_number=version.number,
            reference_id=document.reference_id,
        )
    )
