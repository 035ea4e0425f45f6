"""A new version of a validated document: the validated one stays what counts outside until the new one is, too (R-066, R-070)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.snapshots import Finding
from dcc.documents import access
from dcc.documents.edits import files_in
from dcc.documents.errors import ActionForbidden
from dcc.documents.kinds import type_of
from dcc.documents.models import Attachment, DocumentVersion
from dcc.documents.references import identifier_of, last_validated
from dcc.documents.services.contributions import note_contribution
from dcc.documents.services.creation import new_version, origins, trace
from dcc.documents.services.locking import lock_current
from dcc.documents.states import after
from forms_config import api as forms
from forms_config.schema.conditions import is_filled

ORIGIN = "version"
"""Provenance of what the former version said and nobody touched since; ``source`` is that version's number."""


def amend_document(*, actor: User, document_id: uuid.UUID) -> int:
    """Start the next version of a validated document, with its answers and its files, and answer its number.

    What is of one version only (why it was made, when it was handed over) is not carried. Raises :class:`DocumentNotFound`,
    :class:`ActionForbidden` for a type of which no version follows another (R-210), :class:`ForbiddenTransition`.
    """
    with transaction.atomic():
        former = lock_current(document_id)
        document = former.document
        access.require(actor, Action.EDIT_DOCUMENT, former)
        after(former.status, "amend")  # type: ignore[arg-type]  # the database holds only statuses of the table
        kind = type_of(document.document_type)
        if kind is None or not kind.amended:
            raise ActionForbidden("Un document validé de ce type ne se modifie plus")
        number = (document.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        former.is_current = False
        former.save(update_fields=["is_current"])
        kept = {key: value for key, value in former.answers.items() if key not in kind.renewed} | _referenced(kind, former)
        version = new_version(actor, document, number, forms.form_version(former.form_version_id), kept)
        version.answers = carry_files(former, version)
        carried = origins(kept, ORIGIN, actor, version.created_at, str(former.number))
        version.provenance = {**version.provenance, **{path: former.provenance.get(path, mark) for path, mark in carried.items()}}
        version.save(update_fields=["answers", "provenance"])
        note_contribution(version, actor, version.created_at)
        trace(actor, version, "document.amended")
    return number


def _referenced(kind: DocumentType, former: DocumentVersion) -> dict[str, Any]:
    """The documents that the former version refers to, and itself as it is known outside (cda.md §7.6)."""
    name = identifier_of(former.document)
    if name is None or forms.schema_of(former.form_version_id).by_key.get(kind.references) is None:
        return {}
    told = {"nature": kind.short_title or kind.title, "racine": name.root, "extension": name.extension}
    row = {f"{kind.references}.{column}": text for column, text in told.items() if text}
    return {kind.references: [*former.answers.get(kind.references, []), {"id": str(uuid.uuid4()), "values": row}]}


def carry_files(former: DocumentVersion, version: DocumentVersion) -> dict[str, Any]:
    """Join the same bytes to the new version, those that only answered what left the form apart; its answers, that name them."""
    aside = files_in({str(number): item["value"] for number, item in enumerate(former.set_aside)})
    carried: dict[str, str] = {}
    for attachment in former.attachments.exclude(pk__in=aside):
        former_id = str(attachment.pk)
        attachment.pk, attachment.version = uuid.uuid4(), version
        attachment.save(force_insert=True)
        carried[former_id] = str(attachment.pk)
    answers: dict[str, Any] = _with_files(version.answers, carried)
    return answers


def _with_files(value: Any, ids: Mapping[str, str]) -> Any:
    """Answers that name the joined files by their new ids, at any depth."""
    if isinstance(value, Mapping):
        named = {key: _with_files(item, ids) for key, item in value.items()}
        return {**named, "file": ids.get(value["file"], value["file"])} if "file" in value else named
    return [_with_files(item, ids) for item in value] if isinstance(value, list) else value


def shares_bytes(attachment: Attachment) -> bool:
    """Whether another version has the same file: its bytes are not only this one's."""
    return Attachment.objects.filter(storage_name=attachment.storage_name).exclude(pk=attachment.pk).exists()


def give_back(version: DocumentVersion) -> None:
    """After a version was cancelled: the validated one before it is current again; without any, the document is abandoned."""
    document = version.document
    former = last_validated(document)
    if former is None:
        document.abandoned = True
        document.save(update_fields=["abandoned"])
        return
    version.is_current = False
    version.save(update_fields=["is_current"])
    former.is_current = True
    former.save(update_fields=["is_current"])


def reason_findings(version: DocumentVersion) -> list[Finding]:
    """The reason of an update: asked from the second version on, of no meaning in a first one (R-071)."""
    kind, schema = type_of(version.document.document_type), forms.schema_of(version.form_version_id)
    question = schema.by_key.get(kind.update_reason) if kind else None
    if question is None:
        return []
    given = is_filled(version.answers.get(question.key))
    if given == (version.number > 1):
        return []
    words = (
        "ne se renseigne qu'à partir de la deuxième version : effacez-le" if given else "est à renseigner : c'est une mise à jour"
    )
    section = schema.section_of[question.key].key
    return [Finding("update-reason", "error", f"« {question.label} » {words}", question.key, section, source="R-071")]
