"""Intake: a received file becomes a document of the platform, patient included, or is refused whole with its reason."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from dcc.contracts.capabilities import Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import ReadResult
from dcc.documents import api as documents
from dcc.exchange.models import Intake
from dcc.patients import api as patients

HEAD = 65_536


def import_file(*, actor: User, facility_id: uuid.UUID, filename: str, content: bytes) -> uuid.UUID:
    """Read a received file into a document; returns the document's id.

    The same file received again gives the same document. All is stored or nothing; a refused file is kept for the operator with
    the reason. Raises ``Refused`` (French, says what and where) and :class:`documents.ActionForbidden`.
    """
    if not accounts.may(actor, "document.import", facility_ids={facility_id}):
        raise documents.ActionForbidden("Votre rôle ne permet pas d'importer un document dans cet établissement")
    name = PurePath(filename.replace("\\", "/")).name[:200] or "document"
    digest = hashlib.sha256(content).hexdigest()
    known = Intake.objects.filter(sha256=digest, document__isnull=False).select_related("facility").first()
    if known is not None and known.document_id is not None:
        if known.facility_id != facility_id:
            raise Refused(f"Ce document est déjà enregistré sur la plateforme par une autre structure ({known.facility})")
        return known.document_id
    try:
        result = read_file(content)
        return _take_in(actor, facility_id, name, digest, content, result)
    except (Refused, documents.DocumentError) as refusal:
        _keep_refused(actor, facility_id, name, digest, content, str(refusal))
        raise Refused(str(refusal)) from refusal


def read_file(content: bytes) -> ReadResult:
    """Read a file with the reader that knows it; raises ``Refused``."""
    limit = settings.DCC_INTAKE_LIMIT
    if len(content) > limit:
        raise Refused(f"Fichier trop lourd : {len(content) // 1_000_000} Mo, {limit // 1_000_000} Mo au plus")
    if not content:
        raise Refused("Le fichier est vide")
    for reader in current().all(Reader):
        if reader.supports(content[:HEAD]):
            return reader.read(content)
    raise Refused("Ce fichier n'est pas un document que la plateforme sait lire (CDA R2 attendu)")


def _take_in(actor: User, facility_id: uuid.UUID, name: str, digest: str, content: bytes, result: ReadResult) -> uuid.UUID:
    if result.identity is None:
        raise Refused("Le document ne dit pas de quel patient il s'agit (en-tête, recordTarget)")
    stored = storages["artifacts"].save(f"recus/{digest[:2]}/{uuid.uuid4()}", ContentFile(content))
    try:
        with transaction.atomic():
            intake = Intake.objects.create(
                facility_id=facility_id,
                received_by=actor,
                filename=name,
                sha256=digest,
                size=len(content),
                storage_name=stored,
            )
            patient = patients.register_from_header(actor=actor, facility_id=facility_id, header=result.identity)
            document_id = documents.create_received(
                actor=actor,
                patient_id=patient.patient_id,
                facility_id=facility_id,
                received=documents.Received(intake.pk, result),
            )
            Intake.objects.filter(pk=intake.pk).update(document_id=document_id)
    except BaseException:
        storages["artifacts"].delete(stored)
        raise
    return document_id


def _keep_refused(actor: User, facility_id: uuid.UUID, name: str, digest: str, content: bytes, reason: str) -> None:
    """Keep a refused file that is small enough to be looked at; of a larger one only the trace."""
    stored = ""
    if 0 < len(content) <= settings.DCC_INTAKE_LIMIT:
        stored = storages["artifacts"].save(f"refuses/{digest[:2]}/{uuid.uuid4()}", ContentFile(content))
    Intake.objects.create(
        facility_id=facility_id,
        received_by=actor,
        filename=name,
        sha256=digest,
        size=len(content),
        storage_name=stored,
        reason=reason[:1000],
    )
