"""People covered by the trust clause, and a verifier that answers what it is told, for the tests of qualification."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.accounts.sessions import Level
from dcc.contracts.capabilities import IdentityVerifier
from dcc.contracts.errors import RetryLater
from dcc.contracts.identity import FormerMatricule, IdentityQuery, IdentityVerdict
from dcc.contracts.registry import Registry, current, use_registry
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.patients import api
from dcc.patients.models import Patient
from dcc.patients.tests.people import MATRICULES, NIR
from dcc.patients.tests.test_registration import here
from dcc.trust import api as trust


@dataclass
class FakeInsi:
    """Plays INSi: answers per birth name, ``00`` with these traits by default; keeps the questions."""

    answers: dict[str, IdentityVerdict | str] = field(default_factory=dict)
    asked: list[IdentityQuery] = field(default_factory=list)

    def verify(self, query: IdentityQuery) -> IdentityVerdict:
        self.asked.append(query)
        answer = self.answers.get(query.traits.birth_name, "00")
        if isinstance(answer, IdentityVerdict):
            return answer
        if answer == "fault":
            raise RetryLater("INSi ne répond pas")
        return verdict(query.traits) if answer == "00" else IdentityVerdict(answer, at=timezone.now())


def verdict(traits: IdentityTraits, *, matricule: str = "", former: tuple[FormerMatricule, ...] = ()) -> IdentityVerdict:
    """Exactly one identity."""
    ins = InstanceId(NIR, matricule or MATRICULES[traits.birth_name])
    return IdentityVerdict("00", traits, ins, former=former, at=timezone.now())


@contextmanager
def insi_answers(**answers: IdentityVerdict | str) -> Iterator[FakeInsi]:
    """A registry like the current one, in which INSi is played; names of birth (``_`` for a space) give its answers."""
    made, registry = FakeInsi({name.replace("_", " "): answer for name, answer in answers.items()}), Registry()
    was = current()
    registry._entries = {kind: dict(entries) for kind, entries in was._entries.items() if kind is not IdentityVerifier}
    registry._subscriptions, registry._events = dict(was._subscriptions), dict(was._events)
    registry.add(IdentityVerifier, "fake", made)
    with use_registry(registry):
        yield made


def commit(*people: User) -> None:
    """Have people accept the terms that ship, clause included."""
    trust.publish_default_terms()
    for person in people:
        for asked in trust.asked_of(person):
            if asked.standing.reason is not None:
                trust.accept_terms(actor=person, version_id=asked.version.pk, sha256=asked.version.sha256, level=Level.OTP)


def sign(facility: Facility) -> None:
    """Record the convention of an establishment, clause included."""
    facility.legal_finess = facility.legal_finess or "490000049"
    facility.save()
    trust.record_convention(actor=None, facility=facility, signed_on=date(2026, 1, 1), clause_version="1")


def cover(facility: Facility, *people: User) -> None:
    """Terms accepted and convention signed: the clause is there."""
    sign(facility)
    commit(*people)


def qualified(actor: User, facility_id: UUID, header: PatientSnapshot) -> api.Registration:
    """The patient of a header, as if INSi had confirmed it."""
    registration = api.register_from_header(actor=actor, facility_id=facility_id, header=header)
    if header.ins is not None:
        api.play_qualified(actor=actor, facility_id=facility_id, patient_id=registration.patient_id, ins=header.ins)
    return registration


def status(patient_id: UUID) -> str:
    return Patient.objects.get(pk=patient_id).status


def step(actor: User, patient_id: UUID) -> str:
    return api.standing(actor=actor, patient_id=patient_id).next


def common(actor: User, patient_id: UUID) -> dict[str, object]:
    """What every step of a person takes."""
    revision = Patient.objects.get(pk=patient_id).revision
    return {"actor": actor, "facility_id": here(actor), "patient_id": patient_id, "expected_revision": revision}


def ask(actor: User, patient_id: UUID) -> api.Answered:
    return api.ask_insi(**common(actor, patient_id))  # type: ignore[arg-type]


def accept(actor: User, patient_id: UUID, first: str = "") -> None:
    proposal = api.standing(actor=actor, patient_id=patient_id).proposal
    assert proposal is not None
    api.accept_insi(**common(actor, patient_id), proposal_id=proposal.id, first_given_name=first)  # type: ignore[arg-type]


def prove(actor: User, patient_id: UUID, kind: str = "CN", **declared: bool) -> None:
    api.record_proof(**common(actor, patient_id), kind=kind, **{"knows_patient": True, **declared})  # type: ignore[arg-type]
