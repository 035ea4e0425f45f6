"""Keeping a document of a DMP: by a gesture it goes through the door of exchange, as any document that somebody receives.

What was kept is looked at again at each search: whoever reads it is told when it was replaced, or is no longer there (DD15.02).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from plugins.dmp.consultation import cache
from plugins.dmp.consultation.looking import Looked
from plugins.dmp.models import FoundDocument, KeptDocument

log = logging.getLogger("dcc.dmp.consultation")
There = KeptDocument.There


class Gone(LookupError):
    """What was found is not held any more: it has to be looked for again."""


def places(actor: User, patient_id: UUID) -> Sequence[UUID]:
    """The facilities in which the actor may keep a document of a patient: first those that follow him."""
    rights = accounts.rights(actor)
    allowed = rights.facilities(Action.IMPORT_DOCUMENT) & rights.facilities(Action.CREATE_PATIENT)  # what an import asks
    following = [place for place in patients.followed_by(patient_id) if place in allowed]
    return [*following, *sorted(allowed - set(following), key=str)]


def keep(*, actor: User, patient_id: UUID, found_id: UUID, facility_id: UUID | None = None) -> UUID:
    """Import a document that the actor found in the DMP of a patient; returns the document's id.

    Raises :class:`Gone`, ``Refused`` in French, and ``ActionForbidden`` as the door of exchange does.
    """
    row = FoundDocument.objects.filter(pk=found_id, patient=patient_id, user=actor).first()
    told = cache.opened(row) if row is not None and row.told else None
    content = cache.content_of(row) if row is not None else None
    if row is None or told is None or content is None:
        raise Gone
    place = facility_id or next(iter(places(actor, patient_id)), None)
    if place is None:
        raise documents.ActionForbidden(_("Votre rôle ne permet pas de garder un document du DMP"))
    _check_whose(content, patient_id)
    name = f"DMP {told.document_type.upper()} {told.day}.xml"
    document_id = _imported(actor, place, name, content, patient_id)
    with transaction.atomic():
        KeptDocument.objects.update_or_create(
            document_id=document_id,
            defaults={"patient_id": patient_id, "user": actor, "unique_id": told.unique_id, "there": There.PRESENT},
        )
        FoundDocument.objects.filter(pk=row.pk).delete()
        audit.record(
            actor=actor, action="dmp.document_kept", subject=f"document:{document_id}", patient_id=patient_id, kind=told.type_code
        )
    return document_id


def _check_whose(content: bytes, patient_id: UUID) -> None:
    """Raise ``Refused`` when the door of exchange would not put a document into the file of this patient.

    What contradicts him, and him only, goes on: the import asks a person, as for any received document.
    """
    identity = exchange.read_file(content).identity
    try:
        whose = patients.recognise(identity) if identity is not None else None
    except patients.IdentityConflict as conflict:
        if conflict.patient_id != patient_id:
            raise
        return
    if whose != patient_id:
        raise Refused(_("Ce document désigne un autre patient"))


def _imported(actor: User, place: UUID, name: str, content: bytes, patient_id: UUID) -> UUID:
    """The document; nothing is imported that a person said to be of another patient."""
    with transaction.atomic():
        try:
            document_id = exchange.import_file(actor=actor, facility_id=place, filename=name, content=content)
        except Refused as error:
            refusal = error  # what the import kept of it, its question, stays
        else:
            if documents.reference(actor, Action.OPEN_DOCUMENT, document_id).patient_id != patient_id:
                raise Refused(_("Ce document désigne un autre patient"))
            return document_id
    raise refusal


def keep_all(*, actor: User, patient_id: UUID) -> int:
    """Where the region lets documents of DMPs be kept by themselves: all that was read; answers how many."""
    kept = 0
    for row, told in list(cache.held(patient_id, actor.pk)):
        if told.source() is None:
            continue
        try:
            keep(actor=actor, patient_id=patient_id, found_id=row.pk)
            kept += 1
        except (Refused, Gone, documents.DocumentError, PermissionDenied) as error:
            log.warning("found document %s is not kept: %s", row.pk, type(error).__name__)
    return kept


def known_of(patient_id: UUID) -> Sequence[str]:
    """The identifiers of what was kept of a patient's DMP."""
    return list(KeptDocument.objects.filter(patient=patient_id).values_list("unique_id", flat=True))


def check_again(patient_id: UUID, user_id: UUID, looked: Looked, at: datetime) -> None:
    """Note what became, in the DMP, of what was kept, as a professional was told.

    What is not described to him may be hidden from him only: it is gone for who kept it, or when the registry says so.
    """
    for row in KeptDocument.objects.filter(patient=patient_id):
        found = looked.there.get(row.unique_id)
        if found is not None:
            there = There.REPLACED if found.status == "Deprecated" or found.replaced_by else There.PRESENT
        elif row.unique_id in looked.deleted or (row.unique_id in looked.gone and row.user_id == user_id):
            there = There.GONE
        else:
            continue
        KeptDocument.objects.filter(pk=row.pk).update(there=there, checked_at=at)


def kept_of(actor: User, patient_id: UUID) -> Sequence[KeptDocument]:
    """What was kept of a patient's DMP and the actor may open here, last first."""
    rows = KeptDocument.objects.filter(patient=patient_id).order_by("-kept_at")
    return [row for row in rows if _may_open(actor, row.document_id)]


def _may_open(actor: User, document_id: UUID) -> bool:
    try:
        documents.reference(actor, Action.OPEN_DOCUMENT, document_id)
    except documents.DocumentError:
        return False
    return True
