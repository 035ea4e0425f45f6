"""Files joined to a document: their type is read from their content, their size is bounded, a scanner may refuse them (R-008)."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.documents import access
from dcc.documents.edits import files_in
from dcc.documents.errors import ActionForbidden, AttachmentRefused, DocumentNotFound
from dcc.documents.models import Attachment, DocumentVersion
from dcc.documents.services.locking import lock_current
from dcc.documents.states import FROZEN

SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
"""Types a file may have, by its first bytes: those the volet's « document attaché » carries and every recipient can open."""
ACCEPTED = "PDF, JPEG, PNG ou TIFF"


def media_type_of(content: bytes) -> str:
    """The type a content really has; raises :class:`AttachmentRefused` for anything else than the accepted ones."""
    for signature, media_type in SIGNATURES:
        if content.startswith(signature):
            return media_type
    raise AttachmentRefused(f"Ce fichier n'est pas un {ACCEPTED}")


def add_attachment(*, actor: User, document_id: uuid.UUID, title: str, filename: str, content: bytes) -> uuid.UUID:
    """Join a file; raises :class:`AttachmentRefused` (type, size, virus) or :class:`ActionForbidden` (frozen document)."""
    check_content(content)
    with files_follow_the_transaction(), transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        require_open(version)
        return join(actor, version, title, filename, content).pk


def join(actor: User | None, version: DocumentVersion, title: str, filename: str, content: bytes) -> Attachment:
    """Join a controlled content to a locked version; raises :class:`AttachmentRefused` when the document gets too heavy."""
    _check_total(version, content)
    return _store(actor, version, title, filename, content)


def check_content(content: bytes) -> str:
    """Type of a content that may be joined; raises :class:`AttachmentRefused`."""
    limit = settings.DCC_ATTACHMENT_LIMIT
    if not content:
        raise AttachmentRefused("Ce fichier est vide")
    if len(content) > limit:
        raise AttachmentRefused(f"Fichier trop lourd : {len(content) // 1_000_000} Mo, {limit // 1_000_000} Mo au plus")
    media_type = media_type_of(content)
    _scan(content)
    return media_type


def remove_attachment(*, actor: User, document_id: uuid.UUID, attachment_id: uuid.UUID) -> None:
    """Take a file off a document that is not frozen; its bytes stay in the store.

    Raises :class:`DocumentNotFound`, :class:`ActionForbidden` for a file that answers a question: it goes with its answer.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        require_open(version)
        if str(attachment_id) in files_in(version.answers):
            raise ActionForbidden("Ce fichier répond à une question de la fiche : retirez-le depuis cette question")
        if not drop(actor, version, {str(attachment_id)}):
            raise DocumentNotFound


def drop(actor: User, version: DocumentVersion, attachment_ids: Iterable[str]) -> int:
    """Take files off a locked version; answers how many there were."""
    found = list(version.attachments.filter(pk__in=list(attachment_ids)))
    for attachment in found:
        _trace(actor, version, "document.attachment_removed", attachment.pk)
        attachment.delete()
    return len(found)


def attach_received(actor: User | None, version: DocumentVersion, title: str, content: bytes) -> None:
    """Join a file that came inside a received document; inside the transaction that creates it."""
    check_content(content)
    join(actor, version, title, title, content)


def _check_total(version: DocumentVersion, content: bytes) -> None:
    """All files of a document travel inside its CDA, in base64: what cannot be checked or sent is refused when it is joined."""
    limit = settings.DCC_ATTACHMENTS_TOTAL_LIMIT
    total = (version.attachments.aggregate(total=Sum("size"))["total"] or 0) + len(content)
    if total > limit:
        raise AttachmentRefused(
            f"Pièces jointes trop lourdes : {total // 1_000_000} Mo avec ce fichier, {limit // 1_000_000} Mo au plus par document"
        )


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a joined file; raises ``ValueError`` when the store gives others than those that came in."""
    with storages["attachments"].open(attachment.storage_name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise ValueError(f"La pièce jointe {attachment.pk} ne correspond plus à son empreinte")
    return content


def require_open(version: DocumentVersion) -> None:
    """Raises :class:`ActionForbidden` when the files of a version no longer change."""
    if version.status in FROZEN:
        raise ActionForbidden("Les pièces jointes de ce document ne changent plus")


_stored: ContextVar[list[str] | None] = ContextVar("stored", default=None)
"""Names stored by the transaction under way, where :func:`files_follow_the_transaction` watches one."""


@contextmanager
def files_follow_the_transaction() -> Iterator[None]:
    """Around a transaction: when it fails, the bytes stored in it leave the store, as its rows leave the tables."""
    stored: list[str] = []
    token = _stored.set(stored)
    try:
        yield
    except BaseException:
        for name in stored:
            storages["attachments"].delete(name)
        raise
    finally:
        _stored.reset(token)


def _store(actor: User | None, version: DocumentVersion, title: str, filename: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    name = storages["attachments"].save(f"{digest[:2]}/{uuid.uuid4()}", ContentFile(content))
    names = _stored.get()
    if names is not None:
        names.append(name)
    safe_name = PurePath(filename.replace("\\", "/")).name[:200] or "piece-jointe"
    attachment = Attachment.objects.create(
        version=version,
        title=title.strip()[:200] or safe_name,
        filename=safe_name,
        media_type=media_type_of(content),
        size=len(content),
        sha256=digest,
        storage_name=name,
        added_by=actor,
        added_at=timezone.now(),
    )
    _trace(actor, version, "document.attachment_added", attachment.pk)
    return attachment


def _scan(content: bytes) -> None:
    """Ask the virus scanner of the site (``DCC_SCAN_COMMAND``, reading the file on its standard input; exit code 0 is clean)."""
    command = shlex.split(settings.DCC_SCAN_COMMAND)
    if not command:
        return
    try:
        code = subprocess.run(command, input=content, capture_output=True, timeout=60, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        raise AttachmentRefused("L'antivirus ne répond pas : réessayez dans quelques instants") from None
    if code != 0:
        raise AttachmentRefused("Ce fichier a été refusé par l'antivirus")


def _trace(actor: User | None, version: DocumentVersion, action: str, attachment_id: uuid.UUID) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"document:{version.document_id}",
        patient_id=version.document.patient_id,
        attachment=str(attachment_id),
    )
