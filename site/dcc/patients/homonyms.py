"""Two people of the same traits: each carries *homonyme*, so that whoever opens one thinks of the other (EXI SI 09)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from dcc.accounts import api as accounts
from dcc.patients.models import Patient
from dcc.patients.pictures import record_revision


def mark_homonyms(patient_ids: Collection[UUID], *, actor: accounts.User) -> None:
    """Set the attribute where it is not set; inside a transaction. A fictitious identity is nobody's homonym."""
    rows = Patient.objects.select_for_update().filter(pk__in=patient_ids, homonym=False, fictitious=False)
    for patient in rows.order_by("pk"):
        patient.homonym = True
        patient.save(update_fields=["homonym"])
        record_revision(patient, actor=actor, reason="homonyme", action="patient.changed")
