"""Bringing a document into being: written here, or received from elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from dcc.contracts.snapshots import HeaderActor, ReadResult
from dcc.documents.errors import ActionForbidden, AttachmentRefused, DocumentError
from dcc.documents.models import Contributor, Document, DocumentVersion, StatusChange
from dcc.documents.services.attachments import attach_received
from dcc.documents.services.contributions import note_contribution
from dcc.documents.services.freezing import freeze
from dcc.documents.states import Status
from dcc.documents.titles import title_of
from dcc.patients import api as patients
from forms_config import api as forms
from forms_config.schema.answers import path_of


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
    :class:`ActionForbidden`, :class:`DocumentError` when no form is published.
    """
    with transaction.atomic():
        _require_creator(actor, facility_id, patient_id)
        form = _published_form(document_type, form_key)
        first = {**forms.default_answers(form.schema), **(answers or {})}
        document = _new_document(actor, patient_id, facility_id, document_type)
        version = _new_version(actor, document, 1, form, first)
        version.provenance = _origins(answers or {}, "annuaire", actor, version.created_at)
        version.save(update_fields=["provenance"])
        note_contribution(version, actor, version.created_at)
        _trace(actor, version, "document.created")
    return document.pk


@dataclass(frozen=True, slots=True)
class Received:
    """What intake knows of a received document beside what the reader read."""

    intake_id: uuid.UUID
    result: ReadResult


def create_received(*, actor: User, patient_id: uuid.UUID, facility_id: uuid.UUID, received: Received) -> uuid.UUID:
    """Make a document, or a new version of the one with the same setId, from a received one.

    A document received « validé » stays validated and immutable. When another content is already held under the same reference it
    gets a new one, and a warning (R-087). Raises :class:`DocumentError` for an unknown type.
    """
    result = received.result
    with transaction.atomic():
        _require_creator(actor, facility_id, patient_id)
        document_type = _known_type(result.header.document_type)
        form = _published_form(document_type.key, "")
        document, other = _document_of_set(actor, patient_id, facility_id, result)
        status: Status = _received_status(result)
        number = 1 if other else result.header.version_number
        version = _new_version(actor, document, number, form, dict(result.answers))
        version.received = _remembered(received, other)
        version.provenance = _origins(result.answers, "import", actor, version.created_at, str(received.intake_id))
        if result.header.title:
            version.title = result.header.title
        version.save(update_fields=["received", "provenance", "title"])
        _copy_authors(version, result)
        _join_files(actor, version, result)
        if status != "en_cours":
            _receive_status(actor, version, status, result.header.legal_authenticator)
        _trace(actor, version, "document.received", intake=str(received.intake_id))
    return document.pk


def _require_creator(actor: User, facility_id: uuid.UUID, patient_id: uuid.UUID) -> None:
    rights = accounts.rights(actor)
    if not rights.may(Action.CREATE_DOCUMENT, facility_ids={facility_id}):
        raise ActionForbidden("Votre rôle ne permet pas de créer un document dans cet établissement")
    if not rights.may(Action.OPEN_PATIENT, facility_ids=patients.followed_by(patient_id)):
        raise ActionForbidden("Ce patient n'est pas suivi dans votre établissement")


def _published_form(document_type: str, form_key: str) -> forms.PublishedForm:
    """The form new documents of a type are written on: the one named, else the standard one, else the only one."""
    live = {form.key: form for form in forms.published_forms(document_type)}
    wanted = form_key or (f"{document_type}_standard" if f"{document_type}_standard" in live else next(iter(live), ""))
    if wanted not in live:
        raise DocumentError("Aucun formulaire n'est publié pour ce type de document")
    return live[wanted]


def _known_type(key: str) -> DocumentType:
    found = current().find(DocumentType, key)
    if found is None:
        raise DocumentError(f"Type de document inconnu de la plateforme : {key}")
    return found


def _new_document(actor: User, patient_id: uuid.UUID, facility_id: uuid.UUID, document_type: str) -> Document:
    key = uuid.uuid4()
    return Document.objects.create(
        id=key,
        document_type=document_type,
        patient_id=patient_id,
        facility_id=facility_id,
        set_id_root=f"2.25.{key.int}",
        created_by=actor,
    )


def _document_of_set(
    actor: User, patient_id: uuid.UUID, facility_id: uuid.UUID, result: ReadResult
) -> tuple[Document, DocumentVersion | None]:
    """The document a received one belongs to, and the other content already held under its reference, if there is one.

    One reference (setId, version) never names two contents (R-087): a divergent one gets a reference of our own, and says so.
    """
    header = result.header
    set_id = header.set_id or header.identifier
    held = Document.objects.select_for_update().filter(set_id_root=set_id.root, set_id_extension=set_id.extension or "").first()
    if held is None:
        return Document.objects.create(
            document_type=header.document_type,
            patient_id=patient_id,
            facility_id=facility_id,
            set_id_root=set_id.root,
            set_id_extension=set_id.extension or "",
            created_by=actor,
        ), None
    latest = held.versions.get(is_current=True)
    if held.patient_id != patient_id or held.facility_id != facility_id or latest.number >= header.version_number:
        return _new_document(actor, patient_id, facility_id, header.document_type), latest
    latest.is_current = False
    latest.save(update_fields=["is_current"])
    return held, None


def _new_version(
    actor: User, document: Document, number: int, form: forms.PublishedForm, answers: dict[str, Any]
) -> DocumentVersion:
    now = timezone.now()
    version = DocumentVersion.objects.create(
        document=document,
        number=number,
        form_version_id=form.version_id,
        title=title_of(document.document_type, answers),
        status_at=now,
        changed_at=now,
        answers=answers,
    )
    StatusChange.objects.create(version=version, after="en_cours", actor=actor, at=now)
    return version


def _received_status(result: ReadResult) -> Status:
    status = result.header.status
    return status if status in ("complete", "valide", "cloture") else "en_cours"  # type: ignore[return-value]  # narrowed here


def _receive_status(actor: User, version: DocumentVersion, status: Status, validator: HeaderActor | None) -> None:
    now = timezone.now()
    if status in ("valide", "cloture"):
        freeze(version, at=validator.time if validator else now, by=None, legal_texts=[])
    StatusChange.objects.create(version=version, before="en_cours", after=status, actor=actor, at=now)
    version.status, version.status_at = status, now
    version.save()


def _remembered(received: Received, other: DocumentVersion | None) -> dict[str, Any]:
    """What the received document said beside its answers: kept with the version, shown, never exported as ours."""
    header, result = received.result.header, received.result
    return {
        "intake": str(received.intake_id),
        "identifier": [header.identifier.root, header.identifier.extension],
        "volet_version": header.volet_version,
        "effective_time": header.effective_time.isoformat() if header.effective_time else None,
        "legal_authenticator": _actor_json(header.legal_authenticator) if header.legal_authenticator else None,
        "custodian": dict(header.custodian) if header.custodian else None,
        "unknown_parts": [
            {"title": part.title, "text": part.text, "xml": part.xml, "location": part.location} for part in result.unknown_parts
        ],
        "conflicts_with": str(other.document_id) if other else None,
        "findings": [
            *([_divergence(result, other)] if other else []),
            *(
                {"level": f.level, "message": f.message, "question_key": f.question_key, "location": f.location}
                for f in result.findings
            ),
        ],
    }


def _divergence(result: ReadResult, other: DocumentVersion) -> dict[str, str | None]:
    header = result.header
    reference = (header.set_id or header.identifier).root
    message = (
        f"La référence de ce document (lot {reference}, version {header.version_number}) désigne déjà un autre contenu "
        f"sur la plateforme : « {other.title} », version {other.number}. Il a reçu une nouvelle référence."
    )
    return {"level": "warning", "message": message, "question_key": None, "location": "setId"}


def _actor_json(actor: HeaderActor) -> dict[str, Any]:
    return {
        "professional": dict(actor.professional),
        "time": actor.time.isoformat(),
        "function": dict(actor.function) if actor.function else None,
        "comment": actor.comment,
    }


def _copy_authors(version: DocumentVersion, result: ReadResult) -> None:
    for author in result.header.authors:
        Contributor.objects.create(
            version=version,
            professional=dict(author.professional),
            function={"coded": dict(author.function) if author.function else None, "comment": author.comment},
            since=author.time,
            last_at=author.time,
        )


def _join_files(actor: User, version: DocumentVersion, result: ReadResult) -> None:
    """Join the files the document carried; one that may not be joined is said, and stays in the file that intake keeps."""
    for file in result.files:
        if file.is_copy:
            continue  # the PDF copy of the document itself is made anew, never taken over (cda.md §7.6)
        try:
            attach_received(actor, version, file.title, file.content)
        except AttachmentRefused as refusal:
            version.received["findings"].append(
                {
                    "level": "warning",
                    "message": f"Pièce jointe « {file.title} » : {refusal}",
                    "question_key": None,
                    "location": "",
                }
            )
            version.save(update_fields=["received"])


def _origins(answers: Mapping[str, Any], origin: str, actor: User, at: datetime, source: str = "") -> dict[str, Any]:
    """Provenance of first answers, value by value (R-047)."""
    mark = {"origin": origin, "at": at.isoformat(), "by": str(actor.pk), **({"source": source} if source else {})}
    paths: list[str] = []
    for key, value in answers.items():
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) and "values" in value[0] else None
        if rows is None:
            paths.append(key)
        else:
            paths += [path_of(column, key, row["id"]) for row in rows for column in row["values"]]
    return dict.fromkeys(paths, mark)


def _trace(actor: User, version: DocumentVersion, action: str, **facts: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"document:{version.document_id}",
        patient_id=version.document.patient_id,
        document_type=version.document.document_type,
        version=version.number,
        **facts,
    )
