"""Freezing renditions, and making all their artifacts when a document is validated."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from dcc.contracts.events import Context, DocumentEvent, DocumentValidated, RenditionReady
from dcc.contracts.registry import current
from dcc.contracts.snapshots import DocumentSnapshot, InstanceId
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange.models import Conformance, Rendition, RenditionState, StoredArtifact
from dcc.exchange.pictures import to_json
from dcc.exchange.rendering import get_or_render, refuse_trial
from forms_config.schema.canonical import sha256_of

STRUCTURED = "cda-n3"
"""The format whose identifier stands for the document."""


FIRST, ASKED, IDENTITY, STATUS, VISIBILITY = "validation", "transmission", "identite", "statut", "visibilite"
"""Why a picture was frozen: its validation, a sending before it; another identity or status of the same validated content, or
that it takes the place of one that the patient could not see in his DMP (R-187), which concerns the DMP alone."""
RENEWED = (IDENTITY, STATUS, VISIBILITY)


def freeze_rendition(version_id: uuid.UUID, document_id: uuid.UUID, *, reason: str) -> Rendition:
    """Freeze the picture of a version as it is now; for ``validation`` there is one, and asking again gives it back.

    The same validated content frozen once more is one version further outside (decision 0283).
    """
    existing = Rendition.objects.filter(version_id=version_id, reason=FIRST).first() if reason == FIRST else None
    if existing is not None:
        return existing
    rendition_id, now = uuid.uuid4(), timezone.now()
    replaced = _replaced(version_id, document_id)
    snapshot = documents.picture(version_id, as_of=now, rendition_id=rendition_id, replaces=replaced)
    further = Rendition.objects.filter(version__document_id=document_id, reason__in=RENEWED).count() + (reason in RENEWED)
    snapshot = replace(snapshot, version_number=snapshot.version_number + further)
    refuse_trial(snapshot)
    refuse_to_leave(snapshot, amends=documents.amends_validated(version_id))
    picture = to_json(snapshot)
    try:
        with transaction.atomic():
            last = Rendition.objects.filter(version_id=version_id).order_by("-number").values_list("number", flat=True).first()
            return Rendition.objects.create(
                id=rendition_id,
                version_id=version_id,
                number=(last or 0) + 1,
                reason=reason,
                as_of=now,
                snapshot=picture,
                snapshot_sha256=sha256_of(picture),
            )
    except IntegrityError:
        return Rendition.objects.get(version_id=version_id, reason=FIRST)


VALIDATED = ("valide", "cloture")
VOLATILE = frozenset({"rendition_id", "effective_time", "replaces"})
"""What tells two pictures of the same content apart; the time of a validated content is that of its validation."""


def freeze_again(version_id: uuid.UUID, document_id: uuid.UUID) -> Rendition:
    """The rendition of a version as it is now, to be transmitted: the last one when it says the same, else a new one.

    Raises ``Refused`` in a status in which nothing of the type leaves.
    """
    last = Rendition.objects.filter(version_id=version_id).order_by("-number").first()
    if last is not None:
        now = to_json(documents.picture(version_id, as_of=last.as_of, rendition_id=last.pk, replaces={}))
        if all(last.snapshot[name] == now[name] for name in now if name not in VOLATILE and name != "version_number"):
            return last
        if last.snapshot["status"] in VALIDATED:
            return freeze_rendition(
                version_id, document_id, reason=STATUS if now["status"] != last.snapshot["status"] else IDENTITY
            )
    return freeze_rendition(version_id, document_id, reason=ASKED)


def _known_type(key: str) -> DocumentType:
    """The type of a document; ``NotConfigured`` while the module that brings it is off: nothing is made, nothing is lost."""
    found = current().find(DocumentType, key)
    if found is None:
        raise NotConfigured(f"Aucun module installé ne connaît les documents « {key} »")
    return found


def refuse_to_leave(snapshot: DocumentSnapshot, *, amends: bool = False) -> None:
    """A rendition is what leaves the platform: ``Refused`` in a status in which documents of the type stay in it (figure 10).

    A version that ``amends`` a validated one stays in it until it is validated too (R-070).
    """
    if amends and snapshot.status not in ("valide", "cloture"):
        raise Refused("La mise à jour d'un document validé ne sort pas de la plateforme avant d'être validée")
    if snapshot.status not in _known_type(snapshot.document_type).leaves:
        raise Refused(f"Un document « {snapshot.document_type} » ne sort pas de la plateforme au statut « {snapshot.status} »")


def _replaced(version_id: uuid.UUID, document_id: uuid.UUID) -> dict[str, InstanceId]:
    """Identifiers of the last CDA of the document, by format: what a new rendition replaces (relatedDocument RPLC)."""
    received = documents.former_identifier(version_id)
    mine = _made(rendition__version_id=version_id) if received else {}
    return mine or ({STRUCTURED: received} if received else _made(rendition__version__document_id=document_id))


def _made(**of: uuid.UUID) -> dict[str, InstanceId]:
    artifacts = StoredArtifact.objects.filter(**of).exclude(identifier_root="").order_by("created_at")
    return {a.format: InstanceId(a.identifier_root, a.identifier_extension or None) for a in artifacts}


def last_identifier(document_id: uuid.UUID) -> InstanceId | None:
    """ClinicalDocument/id by which others refer to a document: of its last structured artifact, or of the only one it has."""
    made = _made(rendition__version__document_id=document_id)
    return made.get(STRUCTURED) or next(iter(made.values()), None)


def make_artifacts(event: DocumentValidated, context: Context) -> None:
    """Subscriber of ``DocumentValidated``: all formats of the document's type, each exactly once, then ``RenditionReady``.

    Idempotent: what is stored is not made again. ``NotConfigured`` and ``RetryLater`` leave the delivery waiting; so does a
    document that follows another one, until that one has the identifier it refers to.
    """
    _known_type(event.document_type)
    if documents.unmade_reference(event.document_id):
        raise RetryLater("Les fichiers du document de référence ne sont pas encore prêts")
    make_ready(freeze_rendition(event.version_id, event.document_id, reason=FIRST), event)


def make_ready(rendition: Rendition, event: DocumentEvent) -> None:
    """Make every format of the document's type, each once, then tell ``RenditionReady``; what ``event`` asked for. Idempotent."""
    for output in _known_type(event.document_type).formats:
        get_or_render(rendition.pk, output)
    _settle(rendition, event)


def _settle(rendition: Rendition, event: DocumentEvent) -> None:
    with transaction.atomic():
        locked = Rendition.objects.select_for_update().get(pk=rendition.pk)
        if locked.state != RenditionState.PENDING:
            return
        rejected = locked.artifacts.filter(conformance=Conformance.REJECTED).exists()
        locked.state = RenditionState.REJECTED if rejected else RenditionState.READY
        locked.save(update_fields=["state"])
        if not rejected:
            events.publish(
                RenditionReady(
                    document_id=event.document_id,
                    version_id=event.version_id,
                    document_type=event.document_type,
                    at=timezone.now(),
                    actor_id=event.actor_id,
                    rendition_id=locked.pk,
                )
            )
