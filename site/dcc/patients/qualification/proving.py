"""The justificatif that a person saw: it checks the identity, under the clause (R-130 to R-132)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import Refused
from dcc.patients.models import Patient
from dcc.patients.pictures import record_revision
from dcc.patients.qualification import catalogue
from dcc.patients.qualification.access import locked_patient
from dcc.patients.qualification.covering import Cover, cover_of
from dcc.patients.qualification.errors import ClauseMissing
from dcc.patients.qualification.models import IdentityProof, Origin
from dcc.patients.qualification.policy import THIRD_PARTY, Policy
from dcc.patients.qualification.process import advance, begun_by_hand, step
from dcc.patients.qualification.regional import policy
from dcc.patients.qualification.table import Reliability, joined
from dcc.patients.traits import IdentityErrors


def record_proof(
    *,
    actor: accounts.User,
    facility_id: UUID,
    patient_id: UUID,
    expected_revision: int,
    kind: str,
    knows_patient: bool,
    condition: bool = False,
) -> None:
    """Keep the justificatif that ``actor`` saw of a patient whom she knows; one of high trust checks the identity.

    ``condition`` declares met what a conditional kind asks for. Raises ``IdentityErrors`` by field (``kind``, ``knows_patient``,
    ``condition``), ``ClauseMissing`` (what was chosen is not kept, the process waits), ``Refused`` for a doubtful identity,
    ``PermissionDenied``, ``UnknownPatient``, ``StaleIdentity``.
    """
    chosen = _checked(kind, knows_patient, condition, policy())
    with transaction.atomic():
        patient = locked_patient(actor, facility_id, patient_id, expected_revision)
        if patient.doubtful or patient.fictitious:
            raise Refused(_("Identité douteuse ou fictive : un justificatif ne la valide pas tant que le doute n'est pas levé"))
        cover = cover_of(actor, facility_id, policy())
        _keep(patient, actor, facility_id, chosen, cover)
    if not cover.present:
        raise ClauseMissing(cover.reasons)


def _checked(kind: str, knows_patient: bool, condition: bool, region: Policy) -> catalogue.Kind:
    chosen = catalogue.kind_of(kind, region)
    errors = {}
    if kind == THIRD_PARTY:
        errors["kind"] = _("« Tiers de confiance » ne se choisit pas : il ne vient que d'un flux")
    elif chosen is None or chosen.level == "retire":
        errors["kind"] = _("Choisir un justificatif de la liste")
    elif chosen.level == "condition" and not condition:
        errors["condition"] = _("Confirmer la condition de ce justificatif : %(words)s") % {"words": chosen.words}
    if not knows_patient:
        errors["knows_patient"] = _("Déclarer que vous connaissez le patient")
    if errors or chosen is None:
        raise IdentityErrors(errors)
    return chosen


def _keep(patient: Patient, actor: accounts.User, facility_id: UUID, chosen: catalogue.Kind, cover: Cover) -> None:
    process = begun_by_hand(patient, actor, facility_id)
    before = patient.status
    if cover.present:
        IdentityProof.objects.create(
            patient=patient,
            kind=chosen.code,
            level=chosen.level,
            origin=Origin.TYPED,
            knows_patient=True,
            facility_id=facility_id,
            actor_id=actor.pk,
            at=timezone.now(),
        )
        if chosen.level in ("eleve", "condition"):
            patient.status = joined(Reliability(patient.status), Reliability.VALI).value
            patient.save()
        step(process, patient, "identity.proved", actor, proof=chosen.code, level=chosen.level, before=before)
    advance(process, patient, actor=actor)
    if patient.status != before:
        record_revision(patient, actor=actor, reason="justificatif", action="patient.changed")
