"""Documents received from elsewhere: a new document, a new version of one that is here, or one to be completed here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.snapshots import HeaderActor, ReadResult
from dcc.documents.errors import AttachmentRefused, DocumentError, HeldElsewhere
from dcc.documents.held import content_key
from dcc.documents.kinds import type_of
from dcc.documents.models import Contributor, Document, DocumentVersion, StatusChange
from dcc.documents.services.attachments import attach_received
from dcc.documents.services.creation import new_version, origins, published_form, require_creator, store_new, trace
from dcc.documents.services.entrusting import work_on
from dcc.documents.services.freezing import freeze
from dcc.documents.services.linking import adopt_followers, contradiction, link_of
from dcc.documents.states import Status
from dcc.patients import api as patients

TITLE_LENGTH = 500
HIGHEST_VERSION = 9_999
"""Of a received document: a number above is a mistake of its source, and no column would hold some of them."""


@dataclass(frozen=True, slots=True)
class Received:
    """What intake knows of a received document beside what the reader read.

    ``reference_id`` is the document that was made here and given outside under the name of what the received one follows.
    ``to_complete``: another DCC asks this one to complete and validate it; it is kept as it came, the next version is worked on
    here (R-082, R-086).
    """

    intake_id: uuid.UUID
    result: ReadResult
    reference_id: uuid.UUID | None = None
    to_complete: bool = False


def create_received(*, actor: User | None, patient_id: uuid.UUID, facility_id: uuid.UUID, received: Received) -> uuid.UUID:
    """Make a document, or a new version of the one with the same setId, from a received one.

    A document received « validé » stays validated and immutable. When another content is already held under the same reference it
    gets a new one, and a warning (R-087). Without an ``actor`` the platform itself receives. Raises :class:`DocumentError` for an
    unknown type, :class:`HeldElsewhere` when an ``actor`` would replace what another DCC has to complete.
    """
    result = received.result
    with transaction.atomic():
        patient_id = patients.current_id(patient_id)
        if actor is not None:
            require_creator(actor, facility_id, patient_id)
        document_type = _known_type(result.header.document_type)
        form = published_form(document_type.key, "")
        place = _place_of(actor, patient_id, facility_id, received)
        status: Status = _received_status(result)
        version = new_version(actor, place.document, place.number, form, dict(result.answers))
        version.received = _remembered(received, place)
        imported = origins(result.answers, "import", actor, version.created_at, str(received.intake_id))
        version.provenance = {**imported, **version.provenance}
        if result.header.title:
            version.title = result.header.title[:TITLE_LENGTH]
        version.save(update_fields=["received", "provenance", "title"])
        _copy_authors(version, result)
        _join_files(actor, version, result)
        if status != "en_cours":
            _receive_status(actor, version, status, result.header.legal_authenticator)
        adopt_followers(version)
        trace(actor, version, "document.received", intake=str(received.intake_id))
        if received.to_complete:
            work_on(actor, version)
    return place.document.pk


def _known_type(key: str) -> DocumentType:
    found = type_of(key)
    if found is None:
        raise DocumentError(f"Type de document inconnu de la plateforme : {key}")
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a received document goes: document and version number, whose reference it contradicts, what is to be said."""

    document: Document
    number: int
    conflicts_with: DocumentVersion | None = None
    remarks: Sequence[str] = ()


def _place_of(actor: User | None, patient_id: uuid.UUID, facility_id: uuid.UUID, received: Received) -> _Place:
    """One reference (setId, version) never names two contents (R-087): a divergent one gets ours, and a remark."""
    result, header = received.result, received.result.header
    if not 1 <= header.version_number <= HIGHEST_VERSION:
        raise DocumentError(f"Numéro de version incorrect (ClinicalDocument/versionNumber) : {header.version_number}")
    set_id = header.set_id or header.identifier
    held = (
        Document.objects.select_for_update(no_key=True)
        .filter(set_id_root=set_id.root, set_id_extension=set_id.extension or "")
        .first()
    )
    named = header.reference.identifier if header.reference else None
    link = link_of(header.document_type, patient_id, named, received.reference_id)
    document = Document(
        document_type=header.document_type, patient_id=patient_id, facility_id=facility_id, created_by=actor, **link.columns
    )
    if held is None:
        document.set_id_root, document.set_id_extension = set_id.root, set_id.extension or ""
        document.save(force_insert=True)
        return _Place(document, header.version_number, remarks=[link.remark])
    latest = held.versions.get(is_current=True)
    same = (held.patient_id, held.facility_id, held.document_type) == (patient_id, facility_id, header.document_type)
    if not same or latest.number >= header.version_number:
        store_new(actor, document)
        return _Place(document, 1, latest, [_divergence(result, latest, shared=same), link.remark])
    if actor is not None and latest.held_elsewhere:
        raise HeldElsewhere(latest.held_elsewhere)  # its return comes from there, by the table of outcomes
    latest.is_current = False
    latest.save(update_fields=["is_current"])
    return _Place(held, header.version_number, remarks=[_superseded(latest), contradiction(held, link)])


def _received_status(result: ReadResult) -> Status:
    status = result.header.status
    return status if status in ("complete", "valide", "cloture") else "en_cours"  # type: ignore[return-value]  # narrowed here


def _receive_status(actor: User | None, version: DocumentVersion, status: Status, validator: HeaderActor | None = None) -> None:
    now = timezone.now()
    if status in ("valide", "cloture"):
        freeze(version, at=validator.time if validator else now, by=None, legal_texts=[])
    StatusChange.objects.create(version=version, before="en_cours", after=status, actor=actor, at=now)
    version.status, version.status_at = status, now
    version.save()


def _remembered(received: Received, place: _Place) -> dict[str, Any]:
    """What the received document said beside its answers: kept with the version, shown, never exported as ours."""
    header, result = received.result.header, received.result
    return {
        "intake": str(received.intake_id),
        "identifier": [header.identifier.root, header.identifier.extension],
        "content": content_key(result.answers),
        "volet_version": header.volet_version,
        "effective_time": header.effective_time.isoformat() if header.effective_time else None,
        "legal_authenticator": _actor_json(header.legal_authenticator) if header.legal_authenticator else None,
        "custodian": dict(header.custodian) if header.custodian else None,
        "unknown_parts": [
            {"title": part.title, "text": part.text, "xml": part.xml, "location": part.location} for part in result.unknown_parts
        ],
        "conflicts_with": str(place.conflicts_with.document_id) if place.conflicts_with else None,
        "findings": [
            *(_warning(remark, "setId") for remark in place.remarks if remark),
            *(
                {"level": f.level, "message": f.message, "question_key": f.question_key, "location": f.location}
                for f in result.findings
            ),
        ],
    }


def _divergence(result: ReadResult, other: DocumentVersion, *, shared: bool) -> str:
    header = result.header
    reference = (header.set_id or header.identifier).root
    # What another facility or another patient's file holds is not for this one to know.
    held = f" : « {other.title} », version {other.number}" if shared else ""
    return (
        f"La référence de ce document (lot {reference}, version {header.version_number}) désigne déjà un autre contenu "
        f"sur la plateforme{held}. Il a reçu une nouvelle référence."
    )


def _superseded(former: DocumentVersion) -> str:
    """What was written here in the version that a newer one replaces is not in it: never silently."""
    if not former.revision or former.held_elsewhere:
        return ""
    return (
        f"La version {former.number} avait été modifiée sur la plateforme ({former.revision} modification(s)) : "
        "ces modifications ne sont pas dans cette version reçue, elles restent lisibles dans l'historique."
    )


def _warning(message: str, location: str = "") -> dict[str, str | None]:
    return {"level": "warning", "message": message, "question_key": None, "location": location}


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


def _join_files(actor: User | None, version: DocumentVersion, result: ReadResult) -> None:
    """Join the files the document carried; one that may not be joined is said, and stays in the file that intake keeps."""
    for file in result.files:
        if file.is_copy:
            continue  # the PDF copy of the document itself is made anew, never taken over (cda.md §7.6)
        try:
            attach_received(actor, version, file.title, file.content)
        except AttachmentRefused as refusal:
            version.received["findings"].append(_warning(f"Pièce jointe « {file.title} » : {refusal}"))
            version.save(update_fields=["received"])
