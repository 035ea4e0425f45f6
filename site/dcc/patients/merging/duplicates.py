"""The worklist of possible duplicates: pairs of which one may see both, what tells them apart, and the answer « two persons »."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import access
from dcc.patients.access import patient_of
from dcc.patients.homonyms import mark_homonyms
from dcc.patients.matching import conflicts
from dcc.patients.merging.columns import contradictions
from dcc.patients.merging.errors import MergeRefused
from dcc.patients.merging.merges import check_may
from dcc.patients.models import DuplicateAlert, Patient
from dcc.patients.pictures import snapshot_of, traits_of

LIMIT = 50
POOL = 500
"""Open alerts looked through for one page, oldest first."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A pair to look at: both identities as they stand now, and the fields in which they contradict each other."""

    alert_id: UUID
    why: str
    words: str
    at: datetime
    first: PatientSnapshot
    second: PatientSnapshot
    revisions: tuple[int, int]
    differing: Sequence[str]


def duplicates(actor: accounts.User, *, limit: int = LIMIT) -> Sequence[Duplicate]:
    """Pairs that the actor may merge, gravest first, then oldest first; both identities of each pair count as shown."""
    mine = Patient.objects.filter(access.within(actor, Action.MERGE_PATIENTS)).values("pk")
    alerts = DuplicateAlert.objects.filter(state=DuplicateAlert.State.OPEN).select_related("first", "second")
    lines = [_shown(alert, alert.first, alert.second) for alert in alerts.filter(first__in=mine, second__in=mine)[:POOL]]
    since = alerts.filter(Q(first__merged_into__isnull=False) | Q(second__merged_into__isnull=False))
    lines += [line for alert in since[:POOL] if (line := _standing(actor, alert))]
    order = {why: place for place, why in enumerate(DuplicateAlert.Why.values)}
    lines = sorted(lines, key=lambda line: (order[line.why], line.at))[:limit]
    ids = [snapshot.patient_id for line in lines for snapshot in (line.first, line.second) if snapshot.patient_id]
    if lines:
        with transaction.atomic():
            audit.record_list(actor=actor, action="patient.duplicates_listed", subject="patients:duplicates", patient_ids=ids)
    return lines


def duplicate(*, actor: accounts.User, alert_id: UUID) -> Duplicate:
    """One pair of the list; raises ``LookupError`` when it was answered or is not for the actor to see."""
    alert = DuplicateAlert.objects.filter(pk=alert_id, state=DuplicateAlert.State.OPEN).first()
    line = _standing(actor, alert) if alert else None
    if line is None:
        raise LookupError(_("Ce doublon possible a déjà été traité"))
    ids = [snapshot.patient_id for snapshot in (line.first, line.second) if snapshot.patient_id]
    with transaction.atomic():
        audit.record_list(actor=actor, action="patient.duplicates_listed", subject=f"duplicate:{alert_id}", patient_ids=ids)
    return line


def _standing(actor: accounts.User, alert: DuplicateAlert) -> Duplicate | None:
    """A pair as it is now: an identity absorbed since stands for the one that was kept."""
    first, second = patient_of(alert.first_id), patient_of(alert.second_id)
    if first.pk == second.pk or not all(access.may(actor, Action.MERGE_PATIENTS, patient) for patient in (first, second)):
        return None
    return _shown(alert, first, second)


def _shown(alert: DuplicateAlert, first: Patient, second: Patient) -> Duplicate:
    return Duplicate(
        alert_id=alert.pk,
        why=alert.why,
        words=str(alert.get_why_display()),
        at=alert.at,
        first=snapshot_of(first, brief=True),
        second=snapshot_of(second, brief=True),
        revisions=(first.revision, second.revision),
        differing=contradictions(first, second),
    )


@transaction.atomic
def answer_distinct(*, actor: accounts.User, alert_id: UUID, reason: str) -> None:
    """Say that a pair are two persons: not asked again unless INSi or a flow says so; same traits make both homonyms (RNIV).

    Raises ``LookupError`` for one that is unknown or answered, ``MergeRefused`` without a reason, ``UnknownPatient``,
    ``PermissionDenied``.
    """
    alert = DuplicateAlert.objects.select_for_update().filter(pk=alert_id, state=DuplicateAlert.State.OPEN).first()
    if alert is None:
        raise LookupError(_("Ce doublon possible a déjà été traité"))
    ids = {patient_of(alert.first_id).pk, patient_of(alert.second_id).pk}
    pair = list(Patient.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    for patient in pair:
        check_may(actor, Action.MERGE_PATIENTS, patient)
    if not reason.strip():
        raise MergeRefused(_("Dire ce qui montre que ce sont deux personnes"))
    alert.state, alert.reason = DuplicateAlert.State.DISTINCT, reason.strip()[:500]
    alert.answered_at, alert.answered_by = timezone.now(), actor.pk
    alert.save()
    for patient in pair:
        audit.record(
            actor=actor,
            action="patient.duplicate_answered",
            subject=f"duplicate:{alert.pk}",
            patient_id=patient.pk,
            why=alert.why,
        )
    if len(pair) == 2 and not conflicts(traits_of(pair[0]), traits_of(pair[1])):
        mark_homonyms([patient.pk for patient in pair], actor=actor)
