"""A document that another DCC completes, or that this one completes for another: one writes, never both (R-085...R-089)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.documents import access
from dcc.documents.errors import DocumentError, HeldElsewhere
from dcc.documents.models import Contributor, DocumentVersion, StatusChange
from dcc.documents.services.amending import carry_files
from dcc.documents.services.creation import new_version
from dcc.documents.services.locking import lock_current
from forms_config import api as forms

HOLDER_LENGTH = 200
SOURCE = "le système DCC émetteur"
"""Who has the say over a version kept as it came, when it does not say who keeps it."""
_OWN = ("identifier", "content", "legal_authenticator", "custodian")
"""What a received document says of itself, not of the version that is worked on here."""


@dataclass(frozen=True, slots=True)
class Entrusted:
    """What was entrusted to another DCC: the version, whose document it is, the RCP it is addressed to."""

    document_id: uuid.UUID
    version_id: uuid.UUID
    number: int
    document_type: str
    patient_id: uuid.UUID
    rcp: str


def entrust(*, actor: User, document_id: uuid.UUID, expected_revision: int, holder: str) -> Entrusted:
    """Give a completed document to another DCC (``holder``, in words) to complete: it is read here, not written, from now on.

    For a physician, who answers for its content (R-079, R-081). Raises :class:`DocumentNotFound`, :class:`ActionForbidden`,
    :class:`HeldElsewhere` when it already is, :class:`Stale`, :class:`DocumentError` for a document that is not completed.
    """
    with transaction.atomic():
        version = lock_current(document_id, expected_revision=expected_revision)
        access.require(actor, Action.VALIDATE_DOCUMENT, version)
        if version.status != "complete":
            raise DocumentError("Seule une fiche « Complété » se confie à une autre région : terminez d'abord la saisie")
        version.held_elsewhere = holder.strip()[:HOLDER_LENGTH] or "un autre système DCC"
        version.save(update_fields=["held_elsewhere"])
        _trace(actor, version, "document.entrusted")
    document = version.document
    return Entrusted(document.pk, version.pk, version.number, document.document_type, document.patient_id, version.rcp)


def take_back(*, actor: User, document_id: uuid.UUID) -> None:
    """Make an entrusted document writable here again; whether that may be is for the exchange room to say.

    Raises :class:`DocumentNotFound`, :class:`ActionForbidden`, :class:`DocumentError` when it is not entrusted.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        try:
            access.require(actor, Action.VALIDATE_DOCUMENT, version)
        except HeldElsewhere:
            version.held_elsewhere = ""
            version.save(update_fields=["held_elsewhere"])
            _trace(actor, version, "document.taken_back")
        else:
            raise DocumentError("Cette fiche n'est pas confiée à un autre système DCC")


def work_on(actor: User | None, received: DocumentVersion) -> DocumentVersion:
    """Open the next version of a received document, to be completed here: with its answers, files and authors (R-082).

    The received one stays as it came. Inside the transaction that creates it.
    """
    received.is_current, received.held_elsewhere = False, _source_of(received)
    received.save(update_fields=["is_current", "held_elsewhere"])
    form = forms.form_version(received.form_version_id)
    version = new_version(actor, received.document, received.number + 1, form, dict(received.answers))
    version.title = received.title
    version.answers = carry_files(received, version)
    version.provenance = {**version.provenance, **received.provenance}
    version.received = {key: said for key, said in received.received.items() if key not in _OWN}
    now = timezone.now()
    version.status, version.status_at = "complete", now
    version.save()
    StatusChange.objects.create(version=version, before="en_cours", after="complete", actor=actor, at=now)
    for author in received.contributors.order_by("since", "pk"):
        Contributor.objects.create(
            version=version,
            professional=author.professional,
            function=author.function,
            since=author.since,
            last_at=author.last_at,
        )
    return version


def _source_of(received: DocumentVersion) -> str:
    custodian: dict[str, Any] = received.received.get("custodian") or {}
    return str(custodian.get("name") or SOURCE)[:HOLDER_LENGTH]


def _trace(actor: User, version: DocumentVersion, action: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=f"document:{version.document_id}",
        patient_id=version.document.patient_id,
        version=version.number,
    )
