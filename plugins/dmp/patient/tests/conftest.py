"""A DMP that answers what a test says and remembers what it was asked, and a patient whose identity is qualified."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import pytest

from dcc.accounts.models import Facility, User
from dcc.contracts.snapshots import InstanceId
from dcc.patients import api as patients
from plugins.dmp.patient.services import Through
from plugins.dmp.transactions.types import Caller, Dmp, Existence

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@dataclass
class Told:
    """Stands for the services of the DMP; ``fails`` is raised by each call instead of an answer."""

    answer: Existence = field(default_factory=lambda: Existence(True, active=True, authorisation="NON_EXISTE"))
    fails: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def existence(self, _caller: Caller, ins: InstanceId) -> Existence:
        self._asked(f"existence {ins.extension}")
        return self.answer

    def authorise(self, _caller: Caller, _ins: InstanceId, *, withdraw: bool = False) -> None:
        self._asked("withdraw" if withdraw else "authorise")

    def _asked(self, what: str) -> None:
        self.asked.append(what)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def told() -> Told:
    """A DMP that is there, open, and authorises nobody."""
    return Told()


def way_of(user: User, told: Told) -> Through:
    """A call to ``told`` in the session of ``user``."""
    national_id = user.practitioner.national_id if user.practitioner else ""
    caller = Caller(national_id, user.last_name, user.first_name, "10", "", "", "SA01")
    return Through(cast("Dmp", told), caller)


@pytest.fixture
def qualified(alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """The patient of alice's establishment, qualified."""
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    return patient_id
