"""The picture of a version that renderers and checks get: plain data, the answers in their exportable form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dcc.contracts.snapshots import (
    AttachmentSnapshot,
    DocumentSnapshot,
    FormSnapshot,
    HeaderActor,
    InstanceId,
    LegalText,
)
from dcc.documents.cards import organisation_card, professional_card
from dcc.documents.edits import files_in
from dcc.documents.models import Contributor, DocumentVersion
from dcc.documents.references import reference_of
from dcc.documents.services.attachments import content_of
from dcc.patients import api as patients
from forms_config import api as forms
from forms_config.legal import api as legal
from forms_config.schema.answers import exportable
from forms_config.schema.model import schema_to_json

COORDINATOR = "frcp.participants.coordonnateur"


def snapshot_of(
    version: DocumentVersion,
    *,
    as_of: datetime,
    rendition_id: uuid.UUID | None = None,
    replaces: Mapping[str, InstanceId] | None = None,
    with_attachments: bool = True,
) -> DocumentSnapshot:
    """Picture a version as of ``as_of``, with the identity as known now and, until it is validated, the legal texts in force.

    Without ``rendition_id`` (previews, checks) the version's own id stands for it.
    """
    document, schema = version.document, forms.schema_of(version.form_version_id)
    answers = exportable(schema, version.answers)
    authors = _authors(version, answers, as_of)
    return DocumentSnapshot(
        rendition_id=rendition_id or version.pk,
        document_id=document.pk,
        document_type=document.document_type,
        volet_version=schema.volet_version,
        set_id=InstanceId(document.set_id_root, document.set_id_extension or None),
        version_number=version.number,
        status=version.status,
        status_time=version.status_at,
        effective_time=version.validated_at or as_of,
        title=version.title,
        form=FormSnapshot(schema.key, version.form_version.number, version.form_version.sha256, schema_to_json(schema)),
        patient=patients.patient_snapshot(document.patient_id),
        answers=answers,
        authors=authors,
        legal_authenticator=_responsible(version, answers, authors, as_of),
        custodian=_custodian(version),
        legal_texts=_legal_texts(version, as_of),
        attachments=_attachments(version) if with_attachments else (),
        replaces=dict(replaces or {}),
        reference=reference_of(document),
    )


def _authors(version: DocumentVersion, answers: Mapping[str, Any], as_of: datetime) -> Sequence[HeaderActor]:
    """The professionals who wrote; assistants write for them. Without any, those of the version before answer for the content, or
    the coordinator of the RCP."""
    found = _writers(version)
    if not found and isinstance(answers.get(COORDINATOR), Mapping):
        return (HeaderActor(answers[COORDINATOR], version.changed_at),)
    earlier = version.document.versions.filter(number__lt=version.number).order_by("-number") if not found else ()
    return tuple(found or next((writers for former in earlier if (writers := _writers(former))), ()))


def _writers(version: DocumentVersion) -> list[HeaderActor]:
    rows = version.contributors.order_by("since", "pk")
    return [_header_actor(contributor) for contributor in rows if contributor.professional]


def _header_actor(contributor: Contributor) -> HeaderActor:
    function = contributor.function or {}
    return HeaderActor(contributor.professional, contributor.last_at, function.get("coded"), function.get("comment", ""))


def _responsible(
    version: DocumentVersion, answers: Mapping[str, Any], authors: Sequence[HeaderActor], as_of: datetime
) -> HeaderActor | None:
    """Who takes responsibility: who validated; before that (as in the official sample) the coordinator, else an author."""
    if version.validated_by is not None and version.validated_by.practitioner is not None:
        return HeaderActor(professional_card(version.validated_by), version.validated_at or as_of)
    received = version.received.get("legal_authenticator")
    if received and version.validated_at is not None:
        return HeaderActor(
            received["professional"], datetime.fromisoformat(received["time"]), received["function"], received["comment"]
        )
    coordinator = answers.get(COORDINATOR)
    if isinstance(coordinator, Mapping) and "family" in coordinator:
        return HeaderActor({k: v for k, v in coordinator.items() if k != "comment"}, version.status_at)
    return authors[0] if authors else None


def _custodian(version: DocumentVersion) -> Mapping[str, Any]:
    """Our establishment keeps what is written here; what was received validated stays in the keeping of its source (R-089)."""
    received: Mapping[str, Any] | None = version.received.get("custodian")
    if received and version.validated_at is not None and version.validated_by is None:
        return received
    return organisation_card(version.document.facility)


def _legal_texts(version: DocumentVersion, as_of: datetime) -> Sequence[LegalText]:
    if version.legal_texts:
        return tuple(LegalText(**text) for text in version.legal_texts)
    return tuple(legal.texts_for(version.document.facility_id, as_of))


def _attachments(version: DocumentVersion) -> Sequence[AttachmentSnapshot]:
    """The joined files, less those that answered a question which left the form: they stay here, as what was typed does."""
    aside = files_in({str(number): item["value"] for number, item in enumerate(version.set_aside)})
    rows = (a for a in version.attachments.all() if str(a.pk) not in aside)
    return tuple(AttachmentSnapshot(a.pk, a.title, a.media_type, a.sha256, content_of(a)) for a in rows)
