"""The steps of the state table: finish, take up again, validate, close, cancel. One transaction each (DESIGN §5)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.capabilities import ReadinessCheck
from dcc.contracts.events import DocumentStatusChanged, DocumentValidated
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Finding
from dcc.documents import access
from dcc.documents.errors import NotReady
from dcc.documents.models import DocumentVersion, StatusChange
from dcc.documents.services.amending import give_back, reason_findings
from dcc.documents.services.contributions import note_contribution
from dcc.documents.services.freezing import freeze
from dcc.documents.services.linking import adopt_followers
from dcc.documents.services.locking import lock_current
from dcc.documents.services.saving import refresh_calculations
from dcc.documents.snapshots import snapshot_of
from dcc.documents.states import Action, Status, after
from dcc.events import api as events
from forms_config import api as forms
from forms_config.legal import api as legal
from forms_config.schema.answers import missing
from forms_config.schema.model import Required


def gaps(version: DocumentVersion, stage: Required) -> list[Finding]:
    """What is missing for a stage, one finding per question, in order of display (R-029)."""
    schema = forms.schema_of(version.form_version_id)
    section_of = schema.section_of
    return [
        Finding(
            code="missing",
            level="error",
            message=f"« {gap.question.label} » n'est pas renseigné",
            question_key=gap.path,
            section_key=section_of[gap.group_key or gap.question.key].key,
            source="R-029",
        )
        for gap in missing(schema, version.answers, stage)
    ]


def readiness(version: DocumentVersion) -> list[Finding]:
    """All that stands between a version and its validation: missing answers, the reason of an update, then what plugins say."""
    findings = [*reason_findings(version), *gaps(version, "validate")]
    checks = current().all(ReadinessCheck)
    if checks and not findings:
        snapshot = snapshot_of(version, as_of=timezone.now())
        for check in checks:
            findings.extend(check.check(snapshot))
    return findings


def complete_document(*, actor: User, document_id: uuid.UUID, expected_revision: int) -> None:
    """Mark the end of a contributor's work, who checked his data (R-024). Raises :class:`NotReady` with what is missing."""
    refresh_calculations(actor=actor, document_id=document_id, action="document.complete")
    with transaction.atomic():
        version = _take(actor, "document.complete", document_id, expected_revision)
        _refuse_errors("Le document ne peut pas être déclaré complété", gaps(version, "complete"))
        note_contribution(version, actor, timezone.now())
        _step(actor, version, "complete")


def reopen_document(*, actor: User, document_id: uuid.UUID) -> None:
    """Take a completed document up again: several contributors may enrich it in turn (R-027)."""
    with transaction.atomic():
        _step(actor, _take(actor, "document.edit", document_id, None), "reopen")


def validate_document(*, actor: User, document_id: uuid.UUID, expected_revision: int) -> None:
    """The medical act of validation: freeze answers, form, texts and hash, and tell it (R-029, R-033, R-034).

    Raises :class:`Stale` when the document moved on, :class:`NotReady` with the findings, :class:`ForbiddenTransition`.
    """
    refresh_calculations(actor=actor, document_id=document_id, action="document.validate")
    with transaction.atomic():
        version = _take(actor, "document.validate", document_id, expected_revision)
        after(version.status, "validate")  # type: ignore[arg-type]  # the database holds only statuses of the table
        _refuse_errors("Le document ne peut pas être validé", readiness(version))
        now = timezone.now()
        texts = legal.texts_for(version.document.facility_id, now)
        freeze(version, at=now, by=actor, legal_texts=texts)
        _step(actor, version, "validate", content=version.content_sha256)
        adopt_followers(version)
        events.publish(
            DocumentValidated(
                document_id=version.document_id,
                version_id=version.pk,
                document_type=version.document.document_type,
                at=now,
                actor_id=actor.pk,
            )
        )


def close_document(*, actor: User, document_id: uuid.UUID) -> None:
    """Close a validated document: terminal (R-032)."""
    with transaction.atomic():
        _step(actor, _take(actor, "document.validate", document_id, None), "close")


def cancel_document(*, actor: User, document_id: uuid.UUID) -> None:
    """Give up a version that was never validated: internal, never transmitted. The validated one before it is current again."""
    with transaction.atomic():
        version = _take(actor, "document.cancel", document_id, None)
        _step(actor, version, "cancel")
        give_back(version)


def _take(actor: User, action: str, document_id: uuid.UUID, expected_revision: int | None) -> DocumentVersion:
    version = lock_current(document_id, expected_revision=expected_revision)
    access.require(actor, action, version)
    return version


def _refuse_errors(message: str, findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise NotReady(message, errors)


def _step(actor: User, version: DocumentVersion, action: Action, **facts: str) -> None:
    before: Status = version.status  # type: ignore[assignment]  # the database holds only statuses of the table
    version.status = after(before, action)
    version.status_at = timezone.now()
    version.save()
    StatusChange.objects.create(version=version, before=before, after=version.status, actor=actor, at=version.status_at)
    audit.record(
        actor=actor,
        action=f"document.{action}",
        subject=f"document:{version.document_id}",
        patient_id=version.document.patient_id,
        version=version.number,
        before=before,
        after=version.status,
        **facts,
    )
    if action != "validate":
        events.publish(
            DocumentStatusChanged(
                document_id=version.document_id,
                version_id=version.pk,
                document_type=version.document.document_type,
                at=version.status_at,
                actor_id=actor.pk,
                status=version.status,
            )
        )
