"""What the operator's commands need beyond the pages: a facility and an account to act for, and outputs written to files."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from dcc.audit import api as audit
from dcc.contracts.snapshots import DocumentSnapshot
from dcc.documents import api as documents
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.rendering import get_or_render, render_unsaved
from dcc.exchange.transmissions.queries import TransmissionLine, lines
from forms_config.schema.canonical import canonical_json


def facility_for(finess: str) -> Facility:
    """The facility named by its FINESS number, or the default one. Raises ``LookupError`` in French."""
    wanted = finess or settings.DCC_DEFAULT_FACILITY
    if wanted:
        facility = Facility.objects.filter(finess=wanted).first()
        if facility is None:
            raise LookupError(f"Structure inconnue : FINESS {wanted}")
        return facility
    found = list(Facility.objects.order_by("name")[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        raise LookupError(
            "Aucune structure n'est enregistrée : en créer une (administration, Structures) ou lancer « make demo »"
        )
    raise LookupError("Plusieurs structures sont enregistrées : préciser --facility FINESS ou DCC_DEFAULT_FACILITY")


def operator_of(facility: Facility) -> User:
    """The service account of a facility: an assistant without a password, whose acts are told from those of people."""
    return accounts.service_account(f"service-{facility.finess or facility.pk}", facility)


def export(document_id: uuid.UUID, output: str) -> bytes:
    """One output of a document's current version: stored bytes when it has a rendition, else rendered from its present state.

    It leaves the platform, so the journal says so. Raises ``LookupError`` for an unknown document, and what renderers raise.
    """
    now = timezone.now()
    version_id, snapshot = documents.current_picture(document_id, as_of=now)
    content = _output(version_id, snapshot, output, now)
    with transaction.atomic():
        audit.record(
            actor=None,
            action="document.exported",
            subject=f"document:{document_id}",
            patient_id=snapshot.patient.patient_id,
            format=output,
        )
    return content


def follow_up_of(document_id: uuid.UUID, channel: str) -> list[TransmissionLine]:
    """What became of a document on a channel, newest first, for the operator's commands: nothing of the patient is in it."""
    rows = Transmission.objects.filter(document_id=document_id, channel=channel).prefetch_related("steps")
    return lines(list(rows.order_by("-requested_at")))


def _output(version_id: uuid.UUID, snapshot: DocumentSnapshot, output: str, now: datetime) -> bytes:
    if output == "answers":
        return canonical_json(snapshot.answers) + b"\n"
    rendition = Rendition.objects.filter(version_id=version_id).order_by("-number").first()
    if rendition is not None:
        return get_or_render(rendition.pk, output).content
    return render_unsaved(snapshot, output, as_of=now).content
