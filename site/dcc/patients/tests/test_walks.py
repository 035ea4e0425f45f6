"""Identities led at random through everything that may happen to them: the laws of the qualification hold after every step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused
from dcc.contracts.identity import IdentityVerdict
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.events import api as events
from dcc.patients import api
from dcc.patients.ins import key_of
from dcc.patients.models import Patient, Proposal
from dcc.patients.qualification.process import is_proved
from dcc.patients.qualification.table import Reliability, joined
from dcc.patients.tests.covered import FakeInsi, accept, ask, common, cover, insi_answers, prove, verdict
from tests.proofs.recorder import Proof

NIR_TEST = "1.2.250.1.213.1.4.10"
TOLD = (Refused, api.StaleIdentity, api.IdentityErrors, api.InsWouldBeLost, LookupError, AssertionError)
"""What a step may say instead of doing anything (an ``AssertionError``: there was no proposal to accept)."""


@dataclass
class Walk:
    """One identity on its way; without ``covered`` nobody of the walk ever accepted the terms."""

    dice: random.Random
    number: int
    people: list[User]
    facility: Facility
    insi: FakeInsi
    covered: bool
    told: Counter[str] = field(default_factory=Counter)
    patient_id: UUID | None = None

    @property
    def traits(self) -> IdentityTraits:
        """Whose identity it is: nobody else looks like it."""
        letters = "".join(chr(65 + self.number // 26**place % 26) for place in range(4))
        born = f"{1940 + self.number % 60}-{1 + self.number % 12:02}-{1 + self.number % 28:02}"
        return IdentityTraits(f"PROMENEUR {letters}", "ZOE", "ZOE ANNE", "F", born, "63220")

    @property
    def ins(self) -> InstanceId:
        """The INS that INSi knows of it."""
        number = f"2{self.traits.birth_date[2:4]}{self.traits.birth_date[5:7]}63{self.number:06}"
        return InstanceId(NIR_TEST, f"{number}{key_of(number):02}")

    def flow(self) -> None:
        status = self.dice.choice(["provisoire", "validee", "qualifiee"])
        header = PatientSnapshot(None, self.traits, "provisoire", ins=self.ins if status == "qualifiee" else None)
        actor = self.dice.choice([*self.people, None] if self.covered else self.people)
        self.patient_id = api.register_from_header(
            actor=actor,
            facility_id=self.facility.pk,
            header=header,
            source=self.dice.choice(["cda", "hl7", "datamatrix", "call"]),
            received=status,
            proof=self.dice.choice(["", "", "PA"]),
        ).patient_id

    def background(self) -> None:
        self.answers()
        events.drain()

    def asked(self) -> None:
        self.answers()
        ask(self.one, self.known)

    def accepted(self) -> None:
        accept(self.one, self.known)

    def refused(self) -> None:
        proposal = api.standing(actor=self.one, patient_id=self.known).proposal
        if proposal is not None:
            api.refuse_insi(**common(self.one, self.known), proposal_id=proposal.id)  # type: ignore[arg-type]

    def proved(self) -> None:
        prove(self.one, self.known, self.dice.choice(["CN", "PC", "TC"]))

    def doubted(self) -> None:
        person, revision = self.one, Patient.objects.get(pk=self.known).revision
        api.set_attributes(
            actor=person,
            patient_id=self.known,
            expected_revision=revision,
            doubtful=self.dice.random() < 0.4,
            give_up_ins=self.dice.random() < 0.5,
        )

    def answers(self) -> None:
        """What INSi will say."""
        found = verdict(self.traits, matricule=self.ins.extension or "")
        one = IdentityVerdict("00", found.traits, self.ins, at=found.at)
        said: list[IdentityVerdict | str] = [one, one, one, "01", "02", "fault"]
        self.insi.answers[self.traits.birth_name] = self.dice.choice(said)

    @property
    def one(self) -> User:
        """Somebody of the walk."""
        return self.dice.choice(self.people)

    @property
    def known(self) -> UUID:
        """The patient, once he is there."""
        if self.patient_id is None:
            self.patient_id = api.create_patient(actor=self.people[0], facility_id=self.facility.pk, traits=self.traits)
        return self.patient_id

    def step(self) -> None:
        """Anything that may happen; then the laws."""
        often = [self.flow, self.accepted, self.background, self.proved]
        does: Callable[[], None] = self.dice.choice([*often, *often, self.asked, self.refused, self.doubted])
        before = Patient.objects.filter(pk=self.patient_id).first() if self.patient_id else None
        try:
            does()
            self.told[does.__name__] += 1
        except TOLD as error:
            self.told[f"{does.__name__} : {type(error).__name__}"] += 1
        self.check(does.__name__, before)

    def check(self, done: str, before: Patient | None) -> None:
        """The laws of an identity."""
        patient = Patient.objects.get(pk=self.known)
        status, was = Reliability(patient.status), Reliability(before.status) if before else Reliability.PROV
        waits = [process.waits for process in patient.qualifications.filter(closed_at=None)]
        if done not in ("doubted", "background", "asked"):
            assert joined(was, status) is status, f"{done} lowered {was} to {status}"
        if done in ("background", "asked") and was.retrieved:
            assert status is was
        if not self.covered:
            assert not status.checked, "without the clause nothing is checked"
            assert not patient.proofs.exists()
        if status.retrieved:
            assert patient.proposals.filter(state=Proposal.State.ACCEPTED).exists(), "only what a person confirmed"
            assert (patient.ins_oid, patient.ins_matricule) == (self.ins.root, self.ins.extension)
        if status is Reliability.QUAL:
            told_by_flow = patient.qualifications.filter(received="validee", proof="").exists()
            assert is_proved(patient) or told_by_flow, (
                "a justificatif of high trust, or a check that a flow tells without naming one"
            )
            assert waits == []
        assert all(waits), "an open process says what it waits for"
        assert not patient.doubtful or (status is Reliability.PROV and not is_proved(patient))


def walk(count: int, steps: int, people: list[User], facility: Facility) -> Counter[str]:
    """Lead ``count`` identities through ``steps`` steps each; what happened, and how they ended."""
    told: Counter[str] = Counter()
    with insi_answers() as insi:  # one for all: what a fault put off comes back later
        for number in range(count):
            covered = number % 3 != 0
            dice = random.Random(number)  # noqa: S311  (a seed, not a secret)
            one = Walk(dice, number, people if covered else people[1:], facility, insi, covered)
            for _step in range(steps):
                one.step()
            told += one.told
            told[f"fin {Patient.objects.get(pk=one.known).status}"] += 1
    return told


def test_random_lives(alice: User, bob: User, facility: Facility) -> None:
    cover(facility, alice)
    told = walk(9, 12, [alice, bob], facility)
    assert {"fin provisoire", "fin qualifiee"} <= set(told)


@pytest.mark.prove
def test_random_lives_in_full(alice: User, bob: User, facility: Facility, proof: Proof) -> None:
    cover(facility, alice)
    told = walk(200, 25, [alice, bob], facility)
    steps = sum(number for name, number in told.items() if not name.startswith("fin "))
    assert steps == 200 * 25
    ends = {name: number for name, number in sorted(told.items()) if name.startswith("fin ")}
    figures = {"identités menées au hasard": 200, "étapes": steps, **ends, "lois rompues": 0}
    proof.record(issue=6, title="Une identité ne monte et ne descend que par la table, quoi qu'il arrive", figures=figures)
