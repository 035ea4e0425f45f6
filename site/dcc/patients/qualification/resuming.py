"""What goes on by itself: a process stopped without the clause when the clause appears (R-152, R-159), INSi asked again later."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.contracts.event import Context
from dcc.contracts.events import CommitmentChanged, IdentityToVerify
from dcc.events import api as events
from dcc.patients.pictures import record_revision
from dcc.patients.qualification.covering import cover_of, person
from dcc.patients.qualification.models import Origin, Qualification, Wait
from dcc.patients.qualification.process import advance, locked, step
from dcc.patients.qualification.regional import policy

BATCH = 500


def resume_covered(event: CommitmentChanged, context: Context) -> None:
    """Go on with what waited for the clause of a person, or of the establishments of a convention."""
    if event.user_id is not None:
        whose = Q(actor_id=event.user_id)
    else:
        signers = accounts.Facility.objects.filter(network=event.network)
        whose = Q(facility__in=signers.filter(legal_finess=event.legal_finess) if event.legal_finess else signers)
    waiting = Qualification.objects.filter(whose, closed_at=None, waits=Wait.CLAUSE).order_by("opened_at")
    for process_id in list(waiting.values_list("pk", flat=True)):
        resume(process_id)


@transaction.atomic
def resume(process_id: UUID) -> bool:
    """Go on with a process, if the clause is there now. What INSi said without the clause is asked anew."""
    patient, process = locked(process_id)
    if patient is None or process is None or process.waits != Wait.CLAUSE:
        return False
    actor = person(process.actor_id)
    if not cover_of(actor, process.facility_id, policy()).present:
        return False
    process.code = ""
    step(process, patient, "identity.resumed", actor, before=patient.status)
    if advance(process, patient, actor=actor):
        record_revision(patient, actor=actor, reason="clause", action="patient.changed")
    return True


def sweep() -> None:
    """What no event tells: a convention that begins on its day, INSi asked again when the region's delay is over."""
    stopped = Qualification.objects.filter(closed_at=None, waits=Wait.CLAUSE)
    for actor_id, facility_id in list(
        stopped.order_by("actor_id", "facility_id").values_list("actor_id", "facility_id").distinct()
    ):
        if cover_of(person(actor_id), facility_id, policy()).present:
            theirs = stopped.filter(actor_id=actor_id, facility_id=facility_id).order_by("opened_at")
            for process_id in list(theirs.values_list("pk", flat=True)[:BATCH]):
                resume(process_id)
    due = Qualification.objects.filter(closed_at=None, waits=Wait.CORRECTION, due_at__lte=timezone.now(), asks__lt=policy().asks)
    for process_id in list(due.exclude(source=Origin.TYPED).values_list("pk", flat=True)[:BATCH]):
        ask_again(process_id)


@transaction.atomic
def ask_again(process_id: UUID) -> None:
    """Have INSi asked once more of a flow that it did not find."""
    patient, process = locked(process_id)
    if patient is None or process is None or process.waits != Wait.CORRECTION:
        return
    process.code, process.waits, process.due_at = "", Wait.INSI, None
    process.save()
    events.publish(IdentityToVerify(qualification_id=process.pk, patient_id=patient.pk, at=timezone.now()))
