"""A qualified identity for a demonstration or a test, as if INSi had answered and a justificatif had been seen."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.snapshots import InstanceId
from dcc.patients.models import Patient
from dcc.patients.pictures import record_revision
from dcc.patients.qualification.models import IdentityProof, Origin
from dcc.patients.qualification.process import close, open_process
from dcc.patients.qualification.table import Reliability


@transaction.atomic
def play_qualified(*, actor: accounts.User, facility_id: UUID, patient_id: UUID, ins: InstanceId) -> None:
    """Qualify a fictitious patient; never for a region: raises ``PermissionDenied`` where test identities are refused."""
    if not settings.DCC_TEST_IDENTITIES or not accounts.may(actor, accounts.Action.CREATE_PATIENT, facility_ids=[facility_id]):
        raise PermissionDenied
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.status == Reliability.QUAL:
        return
    patient.status, patient.ins_oid, patient.ins_matricule = Reliability.QUAL.value, ins.root, ins.extension or ""
    patient.save()
    IdentityProof.objects.create(
        patient=patient,
        kind="CN",
        level="eleve",
        origin=Origin.TYPED,
        knows_patient=True,
        facility_id=facility_id,
        actor_id=actor.pk,
        at=timezone.now(),
    )
    process = open_process(patient)
    if process is not None:
        close(process)
    audit.record(actor=actor, action="identity.played", subject=f"patient:{patient.pk}", patient_id=patient.pk)
    record_revision(patient, actor=actor, reason="demonstration", action="patient.changed")
