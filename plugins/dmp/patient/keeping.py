"""What TD0.2 said, remembered here for whoever asks next: the page, deposits, the search at the opening of a file (R-181)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dcc.exchange import api as exchange
from dcc.patients import api as patients
from plugins.dmp.deposits.standing import is_minor
from plugins.dmp.models import Consent, FoundDocument, PatientFile
from plugins.dmp.patient.words import TO_WITHDRAW, VALID
from plugins.dmp.settings import in_force
from plugins.dmp.transactions.types import Existence

REASON_LENGTH = 200


@transaction.atomic
def remember(*, patient_id: UUID, user_id: UUID | None, answer: Existence, at: datetime) -> None:
    """Keep the answer of TD0.2 made in the session of ``user_id``, that was asked for ``at``.

    A withdrawal that the DMP has not obeyed yet stays one: its answer does not open again what the patient closed. What was held
    for want of a DMP, or of a choice for a minor who has come of age, leaves. Raises ``UnknownPatient``.
    """
    current = patients.current_id(patient_id)
    known = PatientFile.Existence
    existence = known.NONE if not answer.exists else known.ACTIVE if answer.active else known.CLOSED
    facts = {"existence": existence, "closed_reason": answer.closed_reason[:REASON_LENGTH], "checked_at": at}
    PatientFile.objects.update_or_create(patient_id=current, defaults=facts)
    if existence == known.ACTIVE:
        exchange.release_held(patient_id=current, causes=("no_dmp", "closed_dmp"))
    if not is_minor(patients.patient_snapshot(current).traits.birth_date, timezone.localdate(at), in_force().minority):
        exchange.release_held(patient_id=current, causes=("minor",))
    if user_id is not None:
        keep_authorisation(current, user_id, answer.authorisation, at)


def keep_authorisation(patient_id: UUID, user_id: UUID, authorisation: str, at: datetime) -> None:
    """Keep what the patient lets a professional consult, as the DMP said it, or was told, ``at``.

    An answer that was asked for before what is known now was noted says nothing of it: he may have withdrawn it since.
    """
    consent, _created = Consent.objects.get_or_create(patient_id=patient_id, user_id=user_id)
    if consent.checked_at is not None and at < consent.checked_at:
        return
    if consent.authorisation == TO_WITHDRAW and authorisation in (VALID, ""):
        return
    Consent.objects.filter(pk=consent.pk).update(authorisation=authorisation, checked_at=at)


def may_consult(patient_id: UUID, user_id: UUID) -> bool:
    """Whether the patient lets a professional consult his DMP, as far as is known here."""
    return Consent.objects.filter(patient=patient_id, user=user_id, authorisation=VALID).exists()


def forget_found(patient_id: UUID, user_id: UUID) -> None:
    """Empty what a professional found in the DMP of a patient: he no longer lets him consult it."""
    FoundDocument.objects.filter(patient=patient_id, user=user_id).update(told="", file="")
