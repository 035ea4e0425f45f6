"""Creating a patient from what was typed, after looking for the same one; adopting one that another facility follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.snapshots import IdentityTraits, RelatedPerson
from dcc.patients import access
from dcc.patients.details import write_contacts, write_details
from dcc.patients.errors import CandidatesFound, DuplicateCandidate
from dcc.patients.homonyms import mark_homonyms
from dcc.patients.index import reindex
from dcc.patients.matching import alike, conflicts
from dcc.patients.merging.alerts import Why, open_alert
from dcc.patients.models import Following, Patient
from dcc.patients.pictures import identity_of, record_revision, today, traits_of, write_identity
from dcc.patients.traits import Identity, read_identity
from dcc.patients.words import LONGEST, letters

NEIGHBOURS = 500


def candidates(*, actor: accounts.User, facility_id: UUID, traits: IdentityTraits) -> Sequence[DuplicateCandidate]:
    """Patients who are, or may be, the one whose traits were typed; exact ones first.

    Raises ``PermissionDenied``, and ``IdentityErrors`` when the traits cannot be read.
    """
    _check_may_create(actor, facility_id)
    found = _candidates(actor, read_identity(traits, today=today()))
    _trace_shown(actor, found)
    return found


@transaction.atomic
def _trace_shown(actor: accounts.User, found: Sequence[DuplicateCandidate]) -> None:
    ids = [candidate.patient_id for candidate in found]
    audit.record_list(actor=actor, action="patient.candidates_shown", subject="patients:candidates", patient_ids=ids)


def create_patient(
    *,
    actor: accounts.User,
    facility_id: UUID,
    traits: IdentityTraits,
    used_name: str = "",
    used_given_name: str = "",
    address: Mapping[str, Any] | None = None,
    telecoms: Sequence[Mapping[str, str]] = (),
    contacts: Sequence[RelatedPerson] = (),
    despite: Collection[UUID] = (),
) -> UUID:
    """Create a *provisoire* identity followed by a facility; returns its id.

    ``traits`` are as typed; ``despite`` lists the candidates that the user saw and set aside. Raises ``CandidatesFound`` when
    others look like this one (nothing is created), ``IdentityErrors`` by field, ``PermissionDenied``. Creating in spite of an
    exact match marks both as homonyms.
    """
    _check_may_create(actor, facility_id)
    identity = read_identity(traits, today=today(), used_name=used_name, used_given_name=used_given_name)
    details = Details(address, telecoms, contacts)
    try:
        return _create(actor, facility_id, identity, details, despite)
    except CandidatesFound as shown:
        _trace_shown(actor, shown.candidates)  # nothing was created, yet these were shown
        raise


@dataclass(frozen=True, slots=True)
class Details:
    """What is written beside the traits, as typed."""

    address: Mapping[str, Any] | None
    telecoms: Sequence[Mapping[str, str]]
    contacts: Sequence[RelatedPerson]


@transaction.atomic
def _create(actor: accounts.User, facility_id: UUID, identity: Identity, details: Details, despite: Collection[UUID]) -> UUID:
    one_at_a_time(identity.traits)
    found = _candidates(actor, identity)
    if {c.patient_id for c in found} - set(despite):
        raise CandidatesFound(found)
    twins = [c.patient_id for c in found if c.match == "exact"]
    patient = Patient(homonym=bool(twins))
    write_identity(patient, identity)
    write_details(patient, address=details.address, telecoms=details.telecoms)
    patient.save(force_insert=True)
    write_contacts(patient, details.contacts)
    record_revision(patient, actor=actor, reason="creation", action="patient.created")
    follow(patient, facility_id, actor=actor)
    for other in found:
        open_alert(patient.pk, other.patient_id, Why.CREATION, actor=actor)
    mark_homonyms(twins, actor=actor)
    return patient.pk


@transaction.atomic
def adopt_patient(*, actor: accounts.User, facility_id: UUID, patient_id: UUID, traits: IdentityTraits) -> None:
    """Let a facility follow a patient whom another one follows already; knowing the strict traits is the proof of the need.

    Raises ``PermissionDenied`` when the actor may not create patients there or the traits contradict the patient's,
    ``IdentityErrors``, ``UnknownPatient``.
    """
    _check_may_create(actor, facility_id)
    identity = read_identity(traits, today=today())
    patient = access.locked_patient(patient_id)
    if not access.may(actor, accounts.Action.OPEN_PATIENT, patient):
        if conflicts(identity.traits, traits_of(patient)):
            raise PermissionDenied
        if patient.masked:
            raise PermissionDenied(_("Ce dossier est masqué : un membre de son équipe de soins doit vous y nommer"))
    follow(patient, facility_id, actor=actor)


def follow(patient: Patient, facility_id: UUID, *, actor: accounts.User | None) -> None:
    """Add a facility to those that follow a patient; already there, nothing changes. Inside a transaction."""
    _following, created = Following.objects.get_or_create(patient=patient, facility_id=facility_id)
    if created:
        audit.record(
            actor=actor,
            action="patient.followed",
            subject=f"patient:{patient.pk}",
            patient_id=patient.pk,
            facility_id=facility_id,
        )
        reindex(patient)


def one_at_a_time(traits: IdentityTraits) -> None:
    """Until the end of the transaction, nobody else looks for, or creates, a person of this name and birth date.

    Without it two imports at once would each see nobody and create somebody. SQLite's transactions are one at a time already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"patient {traits.birth_date} {letters(traits.birth_name)}"]
            )


def exact_matches(traits: IdentityTraits) -> Sequence[Patient]:
    """Patients, wherever they are followed, whose strict traits contradict none of these; fictitious ones are nobody."""
    same = Patient.objects.filter(
        birth_date=traits.birth_date, name_key=letters(traits.birth_name)[:LONGEST], fictitious=False
    ).order_by("created_at")
    return [patient for patient in same if not conflicts(traits, traits_of(patient))]


def _check_may_create(actor: accounts.User, facility_id: UUID) -> None:
    if not accounts.may(actor, accounts.Action.CREATE_PATIENT, facility_ids=[facility_id]):
        raise PermissionDenied


def _candidates(actor: accounts.User, identity: Identity) -> list[DuplicateCandidate]:
    mine = access.within(actor, accounts.Action.SEARCH_PATIENTS)
    exact = {patient.pk: patient for patient in exact_matches(identity.traits)}
    near = [p for p in neighbours(identity.traits, mine) if p.pk not in exact and alike(identity, identity_of(p))]
    followed = set(Patient.objects.filter(mine, pk__in=exact).values_list("pk", flat=True))
    return [
        *(DuplicateCandidate(p.pk, "exact", p.pk in followed, traits_of(p), p.status) for p in exact.values()),
        *(DuplicateCandidate(p.pk, "similar", True, traits_of(p), p.status) for p in near),
    ]


def neighbours_in(traits: IdentityTraits, facility_id: UUID) -> Sequence[Patient]:
    """Patients of a facility who may look like a person; fictitious ones are nobody."""
    followed = Q(pk__in=Following.objects.filter(facility=facility_id).values("patient"), fictitious=False)
    return neighbours(traits, followed)


def neighbours(traits: IdentityTraits, within: Q) -> Sequence[Patient]:
    """Patients that a search may show, born the same day, or of the same name and the same year or anniversary."""
    here = Patient.objects.filter(within).order_by("birth_name", "pk")
    same_day = here.filter(birth_date=traits.birth_date)[:NEIGHBOURS]
    near_day = Q(birth_date__startswith=traits.birth_date[:5]) | Q(birth_date__endswith=traits.birth_date[4:])
    same_name = here.filter(near_day, name_key=letters(traits.birth_name)[:LONGEST])[:NEIGHBOURS]
    return list({patient.pk: patient for patient in (*same_day, *same_name)}.values())
