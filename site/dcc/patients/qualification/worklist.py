"""What waits for a person: identities to reconcile, qualifications that stand still. Pairs are in ``merging.duplicates``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import access
from dcc.patients.models import Patient
from dcc.patients.pictures import traits_of
from dcc.patients.qualification.headers import read_back
from dcc.patients.qualification.models import Qualification, Wait
from dcc.patients.qualification.reconciling import waiting

LIMIT = 200


@dataclass(frozen=True, slots=True)
class ToDo:
    """A line of the list: ``kind`` is ``rapprocher`` or a :class:`Wait`; ``id`` is of the question, or the patient.

    ``fault`` is why INSi did not answer (French), ``code`` what it answered last.
    """

    kind: str
    id: UUID
    traits: IdentityTraits
    since: datetime
    patient_id: UUID | None = None
    facility_id: UUID | None = None
    status: str = ""
    fault: str = ""
    code: str = ""


@transaction.atomic
def to_do(actor: accounts.User) -> Sequence[ToDo]:
    """The lines of an actor: questions, then what stands still, oldest first; patients named are traced.

    Pairs that may be one person have their own list (``merging.api.duplicates``)."""
    lines = [*_questions(actor), *_stuck(actor)]
    shown = [line.patient_id for line in lines if line.patient_id]
    audit.record_list(actor=actor, action="identity.worklist_read", subject="patients:identity", patient_ids=shown)
    return lines


def count_to_do(actor: accounts.User) -> int:
    """How many lines wait for an actor; names nobody."""
    return waiting(actor).count() + _processes(actor).count()


def _questions(actor: accounts.User) -> list[ToDo]:
    return [
        ToDo(
            "rapprocher",
            row.pk,
            read_back(row.header).traits,
            row.received_at,
            facility_id=row.facility_id,
            status=row.received,
        )
        for row in waiting(actor)[:LIMIT]
    ]


def _processes(actor: accounts.User) -> QuerySet[Qualification]:
    mine = Patient.objects.filter(access.within(actor, Action.QUALIFY_IDENTITY))
    rows = Qualification.objects.filter(closed_at=None, patient__in=mine).exclude(waits__in=("", Wait.DUPLICATE))
    return rows.select_related("patient").order_by("opened_at")


def _stuck(actor: accounts.User) -> list[ToDo]:
    return [
        ToDo(
            row.waits,
            row.patient_id,
            traits_of(row.patient),
            row.opened_at,
            patient_id=row.patient_id,
            facility_id=row.facility_id,
            status=row.patient.status,
            fault=row.fault,
            code=row.code,
        )
        for row in _processes(actor)[:LIMIT]
    ]
