"""Reads of the exchange room: what was made of a document, by an actor who may see it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.snapshots import Artifact
from dcc.documents import api as documents
from dcc.exchange.models import ArtifactCheck, Intake, Rendition, StoredArtifact
from dcc.exchange.rendering import CorruptArtifact, load


@dataclass(frozen=True, slots=True)
class ArtifactLine:
    """A stored artifact in a list; ``conformance`` is ``conforme``, ``non_conforme`` or ``non_controle``."""

    artifact_id: uuid.UUID
    format: str
    filename: str
    media_type: str
    size: int
    sha256: str
    conformance: str
    conformance_label: str
    findings: Sequence[Mapping[str, Any]]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RenditionLine:
    """A rendition and its artifacts, for the panel « fichiers produits »."""

    rendition_id: uuid.UUID
    version: int
    number: int
    reason: str
    state: str
    state_label: str
    as_of: datetime
    artifacts: Sequence[ArtifactLine]


def renditions_of(actor: User, document_id: uuid.UUID) -> list[RenditionLine]:
    """Renditions of a document, newest first; raises ``DocumentNotFound``."""
    documents.reference(actor, "document.open", document_id)
    renditions = (
        Rendition.objects.filter(version__document_id=document_id)
        .select_related("version")
        .prefetch_related("artifacts__later_check")
        .order_by("-version__number", "-number")
    )
    return [
        RenditionLine(
            rendition_id=r.pk,
            version=r.version.number,
            number=r.number,
            reason=r.reason,
            state=r.state,
            state_label=r.get_state_display(),
            as_of=r.as_of,
            artifacts=[_line(a) for a in sorted(r.artifacts.all(), key=lambda a: a.format)],
        )
        for r in renditions
    ]


def _line(artifact: StoredArtifact) -> ArtifactLine:
    verdict: StoredArtifact | ArtifactCheck = getattr(artifact, "later_check", artifact)
    return ArtifactLine(
        artifact_id=artifact.pk,
        format=artifact.format,
        filename=artifact.filename,
        media_type=artifact.media_type,
        size=artifact.size,
        sha256=artifact.sha256,
        conformance=verdict.conformance,
        conformance_label=verdict.get_conformance_display(),
        findings=verdict.findings,
        created_at=artifact.created_at,
    )


def download(actor: User, document_id: uuid.UUID, output: str, *, version: int | None = None) -> Artifact:
    """The last rendition's artifact in a format, of one ``version`` or of the last that has it; audited.

    Raises ``DocumentNotFound``, ``ActionForbidden``, ``LookupError``.
    """
    reference = documents.reference(actor, "document.download", document_id)
    made = StoredArtifact.objects.filter(rendition__version__document_id=document_id, format=output)
    stored = (
        (made if version is None else made.filter(rendition__version__number=version))
        .order_by("-rendition__version__number", "-rendition__number")
        .first()
    )
    if stored is None:
        raise LookupError(f"Le format {output} n'a pas encore été produit pour ce document")
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="document.downloaded",
            subject=f"document:{document_id}",
            patient_id=reference.patient_id,
            artifact=str(stored.pk),
        )
    return load(stored)


def is_made(actor: User, document_id: uuid.UUID, output: str) -> bool:
    """Whether a format of the document is kept; raises ``DocumentNotFound``."""
    documents.reference(actor, "document.open", document_id)
    return StoredArtifact.objects.filter(rendition__version__document_id=document_id, format=output).exists()


def received_file(actor: User, document_id: uuid.UUID) -> tuple[str, bytes]:
    """Name and bytes of the file a document was received in, audited; raises as :func:`download`."""
    reference = documents.reference(actor, "document.download", document_id)
    intake = Intake.objects.filter(document_id=document_id).first()
    if intake is None:
        raise LookupError("Ce document a été saisi sur la plateforme : il n'y a pas de fichier reçu")
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="document.downloaded",
            subject=f"document:{document_id}",
            patient_id=reference.patient_id,
            intake=str(intake.pk),
        )
    with storages["artifacts"].open(intake.storage_name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != intake.sha256:
        raise CorruptArtifact(f"Le fichier reçu {intake.pk} ne correspond plus à son empreinte")
    return intake.filename, content


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """A file that came in."""

    intake_id: uuid.UUID
    filename: str
    received_at: datetime
    size: int
    document_id: uuid.UUID | None
    reason: str


def intakes(actor: User, facility_ids: set[uuid.UUID], limit: int = 50) -> list[IntakeLine]:
    """What came in for those of ``facility_ids`` in which the actor may import, newest first.

    Of a document that the actor may not open (its patient is masked), not even the name of its file is shown.
    """
    allowed = facility_ids & accounts.rights(actor).facilities(accounts.Action.IMPORT_DOCUMENT)
    return [
        IntakeLine(i.pk, i.filename, i.received_at, i.size, i.document_id, i.reason)
        for i in Intake.objects.filter(Q(document=None) | Q(document__in=documents.openable(actor)), facility_id__in=allowed)[
            :limit
        ]
    ]
