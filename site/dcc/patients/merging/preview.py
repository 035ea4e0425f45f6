"""Before a merge: which identity it retains, where both contradict each other, what moves; after it: what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients.access import patient_of
from dcc.patients.errors import UnknownPatient
from dcc.patients.merging import rules
from dcc.patients.merging.columns import contradictions, ins_of
from dcc.patients.merging.holding import holders
from dcc.patients.merging.merges import check_may
from dcc.patients.models import Merge, Patient
from dcc.patients.pictures import snapshot_of


@dataclass(frozen=True, slots=True)
class Moving:
    """So many of something go to the kept identity."""

    title: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A merge that is not made: ``reference`` is empty when somebody must say which identity is right.

    ``loses_ins``: the INS of the identity that is not retained goes to the history.
    """

    kept: PatientSnapshot
    absorbed: PatientSnapshot
    revisions: tuple[int, int]
    contradictions: Sequence[str]
    reference: str
    status: str
    loses_ins: bool
    impossible: bool
    moving: Sequence[Moving]
    remarks: Sequence[str]


@transaction.atomic
def preview_merge(*, actor: accounts.User, kept_id: UUID, absorbed_id: UUID, right: str = "") -> Preview:
    """What :func:`merge_patients` would do; traced as a reading of both. Raises ``UnknownPatient``, ``PermissionDenied``."""
    kept, absorbed = patient_of(kept_id), patient_of(absorbed_id)
    if kept.pk == absorbed.pk:
        raise UnknownPatient
    for patient in (kept, absorbed):
        check_may(actor, Action.MERGE_PATIENTS, patient)
        audit.record(actor=actor, action="patient.merge_previewed", subject=f"patient:{patient.pk}", patient_id=patient.pk)
    contradicted = contradictions(kept, absorbed)
    side = rules.reference(kept.status, absorbed.status, contradicted, right)
    retained, other = (kept, absorbed) if side != rules.ABSORBED else (absorbed, kept)
    return Preview(
        kept=snapshot_of(kept),
        absorbed=snapshot_of(absorbed),
        revisions=(kept.revision, absorbed.revision),
        contradictions=contradicted,
        reference=side or "",
        status=retained.status if side else "",
        loses_ins=bool(side and other.ins_matricule and ins_of(other) != ins_of(retained)),
        impossible=kept.fictitious != absorbed.fictitious,
        moving=[Moving(holder.title, count) for holder in holders() if (count := holder.count(absorbed.pk))],
        remarks=[remark for holder in holders() for remark in holder.remarks(kept.pk, absorbed.pk)],
    )


@dataclass(frozen=True, slots=True)
class Done:
    """A merge into a patient that was not undone; ``last`` says whether it is the one that may be undone now."""

    merge_id: UUID
    at: datetime
    by: str
    source: str
    reason: str
    absorbed: PatientSnapshot
    last: bool


def merges_of(patient_id: UUID) -> Sequence[Done]:
    """Merges into a patient whose file was opened, last first."""
    rows = list(Merge.objects.filter(kept=patient_id, undone_at=None))
    absorbed = Patient.everyone.in_bulk([row.absorbed_id for row in rows])
    names = accounts.names({row.actor_id for row in rows if row.actor_id})
    return [
        Done(
            merge_id=row.pk,
            at=row.at,
            by=names.get(row.actor_id, "") if row.actor_id else "",
            source=row.source,
            reason=row.reason,
            absorbed=snapshot_of(absorbed[row.absorbed_id], brief=True),
            last=place == 0,
        )
        for place, row in enumerate(rows)
    ]
