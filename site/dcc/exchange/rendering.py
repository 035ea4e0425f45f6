"""Rendering: each format of a rendition is made once, checked, and stored; previews are made and forgotten.

Renderers are asked through the registry; a format that embeds others (a CDA N3 holds the PDF) gets them first.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from dcc.audit import api as audit
from dcc.contracts.capabilities import ConformanceCheck, Renderer
from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding, InstanceId
from dcc.documents import api as documents
from dcc.exchange.models import Conformance, Rendition, StoredArtifact
from dcc.exchange.pictures import from_json


class CorruptArtifact(Exception):
    """The store gives other bytes than those that were written."""


def renderer_for(snapshot: DocumentSnapshot, output: str) -> Renderer:
    """The renderer of a format for a document; raises ``NotConfigured`` when no plugin offers it."""
    for renderer in current().all(Renderer):
        if renderer.format == output and renderer.supports(snapshot):
            return renderer
    raise NotConfigured(f"Aucun module installé ne produit le format {output} pour ce document")


def render_unsaved(snapshot: DocumentSnapshot, output: str, *, as_of: datetime) -> Artifact:
    """Render for a preview or a test drive: nothing is stored. Raises ``NotConfigured`` or ``Refused``."""
    made: dict[str, Artifact] = {}

    def make(wanted: str) -> Artifact:
        if wanted not in made:
            renderer = renderer_for(snapshot, wanted)
            made[wanted] = renderer.render(snapshot, {name: make(name) for name in renderer.inputs}, as_of=as_of)
        return made[wanted]

    return make(output)


def refuse_trial(snapshot: DocumentSnapshot) -> None:
    """What is kept and sent is never a trial; raises ``Refused``."""
    if snapshot.trial:
        raise Refused("Un document d'essai n'est ni conservé ni transmis")


def check(artifact: Artifact) -> tuple[Conformance, list[Finding]]:
    """What the installed checks say of an artifact; raises ``RetryLater`` when a checker does not answer.

    « Conforme » is said of what every check of its format looked at, and of nothing else.
    """
    findings: list[Finding] = []
    checkers = [checker for checker in current().all(ConformanceCheck) if artifact.format in checker.formats]
    verdict = Conformance.CONFORMANT if checkers else Conformance.UNCHECKED
    for checker in checkers:
        try:
            findings.extend(checker.check(artifact))
        except NotConfigured as absence:
            verdict = Conformance.UNCHECKED
            findings.append(Finding(code="not-configured", level="info", message=absence.reason))
    if any(finding.level == "error" for finding in findings):
        verdict = Conformance.REJECTED
    return verdict, findings


def get_or_render(rendition_id: uuid.UUID, output: str) -> Artifact:
    """The artifact of a rendition in a format: the stored one, else made, checked and stored now, exactly once.

    Raises ``NotConfigured``, ``Refused`` or ``RetryLater`` from the renderer or the checker; nothing is stored then.
    """
    stored = StoredArtifact.objects.filter(rendition_id=rendition_id, format=output).first()
    if stored is not None:
        return load(stored)
    rendition = Rendition.objects.get(pk=rendition_id)
    snapshot = from_json(rendition.snapshot, documents.attachment_bytes)
    refuse_trial(snapshot)
    renderer = renderer_for(snapshot, output)
    inputs = {name: get_or_render(rendition_id, name) for name in renderer.inputs}
    artifact = renderer.render(snapshot, inputs, as_of=rendition.as_of)
    verdict, findings = check(artifact)
    return _store(rendition, artifact, verdict, findings)


def _store(rendition: Rendition, artifact: Artifact, verdict: Conformance, findings: Sequence[Finding]) -> Artifact:
    digest = hashlib.sha256(artifact.content).hexdigest()
    identifier = artifact.identifier or InstanceId("")
    name = storages["artifacts"].save(f"{digest[:2]}/{rendition.pk}-{artifact.format}", ContentFile(artifact.content))
    try:
        with transaction.atomic():
            StoredArtifact.objects.create(
                rendition=rendition,
                format=artifact.format,
                media_type=artifact.media_type,
                filename=artifact.filename,
                sha256=digest,
                size=len(artifact.content),
                storage_name=name,
                identifier_root=identifier.root,
                identifier_extension=identifier.extension or "",
                facts=dict(artifact.facts),
                conformance=verdict,
                findings=[finding_json(finding) for finding in findings],
            )
            document = rendition.version.document
            audit.record(
                actor=None,
                action="document.rendered",
                subject=f"document:{document.pk}",
                patient_id=document.patient_id,
                rendition=rendition.pk,
                format=artifact.format,
            )
    except IntegrityError:
        # Another worker stored it in the meantime: its bytes are the ones that count.
        storages["artifacts"].delete(name)
        return load(StoredArtifact.objects.get(rendition=rendition, format=artifact.format))
    return artifact


def load(stored: StoredArtifact) -> Artifact:
    """An artifact out of the store, its hash verified; raises :class:`CorruptArtifact`."""
    with storages["artifacts"].open(stored.storage_name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise CorruptArtifact(f"Le fichier {stored.pk} ne correspond plus à son empreinte")
    identifier = InstanceId(stored.identifier_root, stored.identifier_extension or None) if stored.identifier_root else None
    return Artifact(stored.format, stored.media_type, content, stored.filename, identifier, stored.facts)


def finding_json(finding: Finding) -> dict[str, str | None]:
    """A finding as it is stored."""
    return {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "question_key": finding.question_key,
        "section_key": finding.section_key,
        "location": finding.location,
        "source": finding.source,
    }
