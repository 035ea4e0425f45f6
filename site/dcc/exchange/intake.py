"""Intake: a received file becomes a document of the platform, patient included, or is refused whole with its reason."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.capabilities import Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import PatientSnapshot, ReadResult
from dcc.contracts.untrusted import kind_of, too_heavy
from dcc.documents import api as documents
from dcc.exchange.models import Intake, StoredArtifact
from dcc.exchange.regions import entrustments
from dcc.patients import api as patients

HEAD = 65_536


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A file at the door: who brings it, for whom, and what it is. ``size`` may exceed what was read of a file too heavy."""

    actor: User
    facility_id: uuid.UUID
    filename: str
    content: bytes
    size: int

    @property
    def digest(self) -> str:
        """SHA-256 of the content, empty when the file was not read whole."""
        return hashlib.sha256(self.content).hexdigest() if self.size == len(self.content) else ""


def import_file(*, actor: User, facility_id: uuid.UUID, filename: str, content: bytes, size: int | None = None) -> uuid.UUID:
    """Read a received file into a document; returns the document's id.

    The same file received again gives the same document. All is stored or nothing; a refused file is kept for the operator with
    the reason. ``size`` is the file's size in bytes when it was too heavy to be read whole into ``content``. Raises ``Refused``
    (French, says what and where) and :class:`documents.ActionForbidden`.
    """
    if not accounts.may(actor, "document.import", facility_ids={facility_id}):
        raise documents.ActionForbidden("Votre rôle ne permet pas d'importer un document dans cet établissement")
    name = PurePath(filename.replace("\\", "/")).name[:200] or "document"
    file = _Incoming(actor, facility_id, name, content, len(content) if size is None else size)
    try:
        return _already_here(file) or _take_in(file, read_file(content, file.size))
    except (Refused, documents.DocumentError) as refusal:
        if isinstance(refusal, patients.IdentityConflict):
            patients.keep_conflict(refusal)  # what the room of patients kept of it was undone with the document
        _keep_refused(file, str(refusal))
        raise Refused(str(refusal)) from refusal


def read_file(content: bytes, size: int | None = None) -> ReadResult:
    """Read a file with the first reader that takes it; raises ``Refused`` with what the first one asked says."""
    limit = settings.DCC_INTAKE_LIMIT
    size = len(content) if size is None else size
    if size > limit:
        raise too_heavy(size, limit)
    if not content.strip():
        raise Refused("Le fichier est vide")
    refusal: Refused | None = None
    for reader in current().all(Reader):
        if not reader.supports(content[:HEAD]):
            continue
        try:
            return reader.read(content)
        except Refused as error:
            refusal = refusal or error
    raise refusal or _unknown_kind(content)


def _unknown_kind(content: bytes) -> Refused:
    kind = kind_of(content)
    what = f"Ce fichier est {kind}, pas" if kind else "Ce fichier n'est pas"
    return Refused(f"{what} un document que la plateforme sait lire (CDA R2 attendu)")


def _already_here(file: _Incoming) -> uuid.UUID | None:
    """The document that the same file made before; raises ``Refused`` when another facility has it."""
    known = Intake.objects.filter(sha256=file.digest, document__isnull=False).select_related("facility").first()
    if known is not None and known.facility_id != file.facility_id:
        raise Refused(f"Ce document est déjà enregistré sur la plateforme par une autre structure ({known.facility})")
    return known.document_id if known is not None else None


def _take_in(file: _Incoming, result: ReadResult) -> uuid.UUID:
    if result.identity is None:
        raise Refused("Le document ne dit pas de quel patient il s'agit (en-tête, recordTarget)")
    stored = storages["artifacts"].save(f"recus/{file.digest[:2]}/{uuid.uuid4()}", ContentFile(file.content))
    try:
        document_id = _recorded_once(file, result, result.identity, stored)
    except BaseException:
        storages["artifacts"].delete(stored)
        raise
    if not Intake.objects.filter(storage_name=stored).exists():
        storages["artifacts"].delete(stored)  # somebody sent the same file while it was being read
    return document_id


def _recorded_once(file: _Incoming, result: ReadResult, identity: PatientSnapshot, stored: str) -> uuid.UUID:
    """The document of a file; when it, or another version of it, is received twice at once, the second sees the first."""
    for last_try in (False, True):
        try:
            with documents.files_follow_the_transaction(), transaction.atomic():
                return _already_here(file) or _recorded(file, result, identity, stored)
        except IntegrityError:
            if last_try:
                raise
    raise AssertionError  # the loop returns or raises


def _recorded(file: _Incoming, result: ReadResult, identity: PatientSnapshot, stored: str) -> uuid.UUID:
    patient = patients.register_from_header(actor=file.actor, facility_id=file.facility_id, header=identity)
    _refuse_to_replace_work(result, patient.patient_id)
    intake = Intake.objects.create(**_columns(file), storage_name=stored)
    document_id = documents.create_received(
        actor=file.actor,
        patient_id=patient.patient_id,
        facility_id=file.facility_id,
        received=documents.Received(intake.pk, result, made_here(result)),
    )
    Intake.objects.filter(pk=intake.pk).update(document_id=document_id)
    return document_id


def _refuse_to_replace_work(result: ReadResult, patient_id: uuid.UUID) -> None:
    """What is completed here for another DCC goes back to it: a file imported by hand is not its next version (R-086, R-087)."""
    header = result.header
    held = documents.held_under(header.set_id or header.identifier)
    follows = held is not None and held.patient_id == patient_id and header.version_number > held.current.number
    if held is not None and follows and entrustments.to_complete(held.document_id) is not None:
        raise documents.DocumentError(
            "Cette fiche est complétée ici pour une autre région, à qui elle revient : un fichier importé ne la remplace pas"
        )


def made_here(result: ReadResult) -> uuid.UUID | None:
    """The document that was given outside under the name of what the received one follows."""
    named = result.header.reference.identifier if result.header.reference else None
    if named is None:
        return None
    artifacts = StoredArtifact.objects.filter(identifier_root=named.root, identifier_extension=named.extension or "")
    return artifacts.values_list("rendition__version__document_id", flat=True).first()


def _keep_refused(file: _Incoming, reason: str) -> None:
    """Keep a refused file that is small enough to be looked at, once however often it comes; of a larger one only the trace.

    The journal gets neither its name nor the reason, which may quote it.
    """
    former = Intake.objects.filter(sha256=file.digest, document=None).exclude(storage_name="").first() if file.digest else None
    stored = former.storage_name if former else _stored_refused(file)
    with transaction.atomic():
        intake = Intake.objects.create(**_columns(file), storage_name=stored, reason=reason[:1000])
        audit.record(actor=file.actor, action="intake.refused", subject=f"intake:{intake.pk}", digest=file.digest, size=file.size)


def _stored_refused(file: _Incoming) -> str:
    if not file.content or file.size != len(file.content) or file.size > settings.DCC_INTAKE_LIMIT:
        return ""
    return storages["artifacts"].save(f"refuses/{file.digest[:2]}/{uuid.uuid4()}", ContentFile(file.content))


def _columns(file: _Incoming) -> dict[str, Any]:
    return {
        "facility_id": file.facility_id,
        "received_by": file.actor,
        "filename": file.filename,
        "sha256": file.digest,
        "size": file.size,
    }
