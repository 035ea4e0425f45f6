"""Reads of the documents room: always by an actor, filtered by what he may open; opening a patient's document is audited."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import SimpleLazyObject

from dcc.accounts.api import Relation, User
from dcc.audit import api as audit
from dcc.contracts.snapshots import DocumentSnapshot, Finding
from dcc.documents import access
from dcc.documents.cards import person_name, validator_name
from dcc.documents.errors import DocumentNotFound
from dcc.documents.history import HistoryLine, history_of
from dcc.documents.kinds import type_of
from dcc.documents.models import Attachment, Contributor, Document, DocumentVersion
from dcc.documents.references import named_reference
from dcc.documents.services.attachments import content_of
from dcc.documents.services.lifecycle import readiness
from dcc.documents.snapshots import snapshot_of
from dcc.documents.states import ACTION_LABELS, STATUS_LABELS, Action, Status, actions_from
from forms_config import api as forms
from forms_config.schema.answers import Hidden, hidden
from forms_config.schema.model import FormSchema
from forms_config.schema.values import display_professional

POLICY_OF: Mapping[Action, str] = {
    "save": "document.edit",
    "complete": "document.complete",
    "reopen": "document.edit",
    "validate": "document.validate",
    "amend": "document.edit",
    "close": "document.validate",
    "cancel": "document.cancel",
}
"""Which policy action stands behind each step of the state table."""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list. ``in_force`` is the validated version that counts while another one is written, 0 for none."""

    document_id: uuid.UUID
    patient_id: uuid.UUID
    document_type: str
    title: str
    status: Status
    status_label: str
    version: int
    changed_at: datetime
    created_at: datetime
    facility: str
    facility_id: uuid.UUID | None = None
    in_force: int = 0


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """A joined file in a list; ``size`` in bytes."""

    attachment_id: uuid.UUID
    title: str
    filename: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document open on a screen: its content, and what the actor may do with it (``actions``: key -> French label).

    ``reference_id`` is the document here that it follows, ``named`` the identifier of one that is not here; ``tie`` says by
    which relation the actor opened it, ``held_elsewhere`` which other DCC has it to complete (nothing changes here meanwhile).
    """

    line: DocumentLine
    version_id: uuid.UUID
    form_version_id: uuid.UUID
    form_number: int
    revision: int
    answers: Mapping[str, Any]
    provenance: Mapping[str, Any]
    schema: FormSchema
    editable: bool
    actions: Mapping[str, str]
    contributors: Sequence[str]
    attachments: Sequence[AttachmentLine]
    received: Mapping[str, Any]
    set_aside: Sequence[Mapping[str, Any]]
    validated_at: datetime | None
    validated_by: str
    versions: Sequence[int]
    reference_id: uuid.UUID | None = None
    named: str = ""
    tie: Relation = Relation.NONE
    held_elsewhere: str = ""


def _line(version: DocumentVersion) -> DocumentLine:
    document = version.document
    status: Status = version.status  # type: ignore[assignment]  # the database holds only statuses of the table
    return DocumentLine(
        document_id=document.pk,
        patient_id=document.patient_id,
        document_type=document.document_type,
        title=version.title,
        status=status,
        status_label=STATUS_LABELS[status],
        version=version.number,
        in_force=0 if status in ("valide", "cloture") else getattr(version, "in_force", None) or 0,
        changed_at=version.changed_at,
        created_at=document.created_at,
        facility=document.facility.name,
        facility_id=document.facility_id,
    )


def worklist(
    actor: User,
    *,
    status: Status | None = None,
    mine: bool = False,
    patient_ids: Collection[uuid.UUID] | None = None,
    limit: int = 100,
) -> list[DocumentLine]:
    """The documents of the actor's facilities, last changed first; cancelled ones only when asked for.

    ``mine`` keeps those the actor started or wrote in, ``patient_ids`` those of some patients.
    """
    versions = access.visible(actor)
    if status == "valide":  # also what is being brought up to date: its validated version is in force
        updated = Q(status__in=("en_cours", "complete"), number__gt=1)
        versions = versions.filter(Q(status=status) | (updated & Exists(access.VALIDATED_OF_SAME)))
    else:
        versions = versions.filter(status=status) if status else versions.exclude(status="annule")
    return listed(narrowed(actor, versions, mine=mine, patient_ids=patient_ids).order_by("-changed_at")[:limit], actor=actor)


def narrowed(
    actor: User, versions: QuerySet[DocumentVersion], *, mine: bool, patient_ids: Collection[uuid.UUID] | None
) -> QuerySet[DocumentVersion]:
    """Those the actor started or wrote in (``mine``), those of some patients."""
    if mine:
        wrote = Contributor.objects.filter(version=OuterRef("pk"), user=actor)
        versions = versions.filter(Q(document__created_by=actor) | Exists(wrote))
    return versions if patient_ids is None else versions.filter(document__patient_id__in=patient_ids)


def listed(versions: Iterable[DocumentVersion], *, actor: User | None = None) -> list[DocumentLine]:
    """Versions as lines of a list; one that is shown to an ``actor`` by itself, not inside a patient's file, is audited."""
    lines = [_line(version) for version in versions]
    if actor:
        with transaction.atomic():
            audit.record_list(actor, "documents.listed", "documents:list", [line.patient_id for line in lines])
    return lines


def patient_of(document_id: uuid.UUID) -> uuid.UUID | None:
    """Whose document it is; nothing for a document that does not exist. Who may know is for the caller to decide."""
    return Document.objects.filter(pk=document_id).values_list("patient_id", flat=True).first()


def tie_to_patient(actor: User, patient_id: uuid.UUID) -> Relation:
    """``AUTHOR`` when the actor wrote in a document of the patient, for :func:`dcc.patients.api.open_patient`; else ``NONE``."""
    wrote = Contributor.objects.filter(user=actor).values("version__document")
    theirs = Document.objects.filter(Q(created_by=actor) | Q(pk__in=wrote), patient=patient_id)
    return Relation.AUTHOR if theirs.exists() else Relation.NONE


def documents_of(actor: User, patient_id: uuid.UUID) -> list[DocumentLine]:
    """The documents of one patient that the actor may open, oldest first."""
    versions = access.visible(actor, Q(patient=patient_id))
    return listed(versions.order_by("document__created_at"))


def open_document(actor: User, document_id: uuid.UUID) -> DocumentView:
    """A document to show or edit; audited. Raises :class:`DocumentNotFound`."""
    with transaction.atomic():
        version, standing = access.find_with_standing(actor, "document.open", document_id)
        _trace_opening(actor, version, standing)
    return _view(version, standing)


def open_version(actor: User, document_id: uuid.UUID, number: int) -> DocumentView:
    """One version of a document to read, whatever came after it; audited. Raises :class:`DocumentNotFound`."""
    with transaction.atomic():
        current, standing = access.find_with_standing(actor, "document.open", document_id)
        version = current.document.versions.select_related("document__facility").filter(number=number).first()
        if version is None:
            raise DocumentNotFound
        _trace_opening(actor, version, standing)
    return replace(_view(version, standing), editable=False, actions={})


def _trace_opening(actor: User, version: DocumentVersion, standing: access.Standing, action: str = "document.opened") -> None:
    by_glass = standing.tie("document.open") is Relation.BROKEN_GLASS
    audit.record(
        actor=actor,
        action=action,
        subject=f"document:{version.document_id}",
        patient_id=version.document.patient_id,
        version=version.number,
        **({"tie": Relation.BROKEN_GLASS.value} if by_glass else {}),
    )


def _view(version: DocumentVersion, standing: access.Standing) -> DocumentView:
    line, document = _line(version), version.document
    kind = type_of(document.document_type)
    possible = (a for a in actions_from(line.status) if a != "amend" or (kind is not None and kind.amended))
    allowed = [a for a in possible if not version.held_elsewhere and standing.may(POLICY_OF[a])]
    return DocumentView(
        line=line,
        version_id=version.pk,
        form_version_id=version.form_version_id,
        form_number=forms.form_version(version.form_version_id).number,
        revision=version.revision,
        answers=version.answers,
        provenance=version.provenance,
        schema=forms.schema_of(version.form_version_id),
        editable="save" in allowed,
        actions={a: _label(a, line) for a in allowed if a != "save"},
        contributors=cast(Sequence[str], SimpleLazyObject(lambda: _contributors(version))),  # read where they are shown
        attachments=[_attachment_line(a) for a in version.attachments.all()],
        received=version.received,
        set_aside=version.set_aside,
        validated_at=version.validated_at,
        validated_by=validator_name(version),
        versions=list(document.versions.order_by("number").values_list("number", flat=True)) if version.number > 1 else [1],
        reference_id=document.reference_id,
        named=named_reference(document),
        tie=standing.tie("document.open") or Relation.NONE,
        held_elsewhere=version.held_elsewhere,
    )


def _label(action: Action, line: DocumentLine) -> str:
    """How an action is called here: what is cancelled beside a version in force is only its update."""
    return "Abandonner la mise à jour" if action == "cancel" and line.in_force else ACTION_LABELS[action]


def _contributors(version: DocumentVersion) -> list[str]:
    rows = version.contributors.select_related("user__practitioner").order_by("since", "pk")
    names = (person_name(row.user) if row.user else display_professional(row.professional) for row in rows)
    return list(dict.fromkeys(names))


def _attachment_line(attachment: Attachment) -> AttachmentLine:
    return AttachmentLine(attachment.pk, attachment.title, attachment.filename, attachment.media_type, attachment.size)


def attachment_content(actor: User, document_id: uuid.UUID, attachment_id: uuid.UUID) -> tuple[AttachmentLine, bytes]:
    """A joined file and its bytes; audited. Raises :class:`DocumentNotFound`."""
    with transaction.atomic():
        version = access.find(actor, "document.download", document_id)
        attachment = Attachment.objects.filter(version__document_id=document_id, pk=attachment_id).first()
        if attachment is None:
            raise DocumentNotFound
        audit.record(
            actor=actor,
            action="document.attachment_read",
            subject=f"document:{document_id}",
            patient_id=version.document.patient_id,
            attachment=str(attachment_id),
        )
    return _attachment_line(attachment), content_of(attachment)


def validation_findings(actor: User, document_id: uuid.UUID) -> list[Finding]:
    """What stands between the document and its validation, each finding pointing to its question."""
    return readiness(access.find(actor, "document.open", document_id))


def hidden_answers(actor: User, document_id: uuid.UUID) -> list[Hidden]:
    """Questions answered and then hidden by a condition: kept, not exported, listed before validation."""
    version = access.find(actor, "document.open", document_id)
    return list(hidden(forms.schema_of(version.form_version_id), version.answers))


def document_history(actor: User, document_id: uuid.UUID) -> list[HistoryLine]:
    """All versions' lines, newest first."""
    document = access.find(actor, "document.open", document_id).document
    return [line for version in document.versions.order_by("-number") for line in history_of(version)]


def preview_snapshot(actor: User, document_id: uuid.UUID, *, as_of: datetime) -> DocumentSnapshot:
    """The picture of the document as it stands, for previews; audited, nothing else is stored."""
    version, standing = access.find_with_standing(actor, "document.open", document_id)
    with transaction.atomic():
        _trace_opening(actor, version, standing, "document.previewed")
    return snapshot_of(version, as_of=as_of)
