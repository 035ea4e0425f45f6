"""Opening a patient's file, which leaves a trace, and taking the picture that documents carry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import access
from dcc.patients.access import patient_of
from dcc.patients.glass import glass_until
from dcc.patients.matching import age
from dcc.patients.models import Patient
from dcc.patients.pictures import snapshot_of


@dataclass(frozen=True, slots=True)
class PatientFile:
    """What the identity banner and the patient's page show."""

    snapshot: PatientSnapshot
    revision: int
    birth_date_unknown: str
    homonym: bool
    doubtful: bool
    fictitious: bool
    facility_ids: Sequence[UUID]
    masked: bool = False
    glass_until: datetime | None = None
    """Until when the reader has it open by « bris de glace », when nothing else ties him to the patient."""

    def age(self, on: date) -> int | None:
        """Completed years on a day; nothing when the birth date is not a calendar date."""
        return age(self.snapshot.traits.birth_date, on)


@transaction.atomic
def open_patient(
    *,
    actor: accounts.User,
    patient_id: UUID,
    relation: accounts.Relation = accounts.Relation.NONE,
    via: str = "page",
    brief: bool = False,
) -> PatientFile:
    """The file of a patient to whom something ties the actor; the opening is traced.

    ``relation`` is what the caller knows beside this room (see :mod:`dcc.patients.access`); ``via`` is a short code of the way
    in; ``brief`` leaves out local identifiers and related persons. Raises ``UnknownPatient``, ``PermissionDenied``.
    """
    patient = patient_of(patient_id)
    tie = access.tie_of(actor, accounts.Action.OPEN_PATIENT, patient, relation=relation)
    if tie is None:
        raise PermissionDenied
    by_glass = tie is accounts.Relation.BROKEN_GLASS
    facts = {"via": via, **({"tie": tie.value} if by_glass else {})}
    patient_id = patient.pk  # of a merged identity, the one that was kept
    audit.record(actor=actor, action="patient.opened", subject=f"patient:{patient_id}", patient_id=patient_id, **facts)
    return PatientFile(
        snapshot=snapshot_of(patient, brief=brief),
        revision=patient.revision,
        birth_date_unknown=patient.birth_date_unknown,
        homonym=patient.homonym,
        doubtful=patient.doubtful,
        fictitious=patient.fictitious,
        facility_ids=followed_by(patient_id),
        masked=patient.masked,
        glass_until=glass_until(actor, patient_id) if by_glass else None,
    )


def patient_snapshot(patient_id: UUID) -> PatientSnapshot:
    """The picture of a patient as known now, for a document whose access was already decided; raises ``UnknownPatient``."""
    return snapshot_of(patient_of(patient_id))


def snapshots(patient_ids: Collection[UUID]) -> dict[UUID, PatientSnapshot]:
    """Pictures of several patients in a fixed number of queries, for lists whose access was already decided."""
    found = Patient.objects.filter(pk__in=patient_ids).prefetch_related("contacts", "identifiers")
    return {patient.pk: snapshot_of(patient) for patient in found}


def followed_by(patient_id: UUID) -> Sequence[UUID]:
    """Ids of the facilities that follow a patient."""
    return tuple(patient_of(patient_id).followings.order_by("pk").values_list("facility_id", flat=True))


@dataclass(frozen=True, slots=True)
class Change:
    """One revision of an identity: what each changed field was and became (values as stored)."""

    number: int
    at: datetime
    actor_id: UUID | None
    reason: str
    fields: Mapping[str, tuple[Any, Any]]


def history(*, actor: accounts.User, patient_id: UUID) -> Sequence[Change]:
    """All changes of an identity, newest first; reading them is traced as an opening. Raises as :func:`open_patient`."""
    open_patient(actor=actor, patient_id=patient_id, via="history")
    return changes_of(patient_id)


def changes_of(patient_id: UUID) -> Sequence[Change]:
    """The same for a page whose access was already decided and traced; raises ``UnknownPatient``."""
    changes: list[Change] = []
    before: dict[str, Any] = {}
    for revision in patient_of(patient_id).revisions.order_by("number"):
        now = revision.picture
        fields = {k: (before.get(k), now.get(k)) for k in now if before.get(k) != now.get(k)}
        changes.insert(0, Change(revision.number, revision.at, revision.actor_id, revision.reason, fields if before else {}))
        before = now
    return changes
