"""The core and INSi together, over real TLS: what INSi says makes an identity rise, what goes wrong there leaves it as it is."""

from __future__ import annotations

from uuid import UUID

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api
from dcc.patients.models import Patient
from dcc.patients.tests.covered import accept, ask, cover, prove
from dcc.patients.tests.people import ECETINSI, VINCI, ZOE
from dcc.patients.tests.test_registration import create
from plugins.ins.models import InsiAnswer
from tests.insi.conftest import Insi

pytestmark = pytest.mark.django_db
NOBODY = IdentityTraits("PERSONNE", "NULLE", "NULLE", "F", "1950-05-05")


@pytest.fixture(autouse=True)
def _covered(insi: Insi, alice: User, facility: Facility) -> None:
    cover(facility, alice)


def _picture(patient_id: UUID) -> tuple[str, str, str]:
    patient = Patient.objects.get(pk=patient_id)
    return patient.status, patient.ins_matricule or "", patient.given_names


def test_typed_then_found_then_qualified(alice: User) -> None:
    patient_id = create(alice, ZOE)
    assert ask(alice, patient_id).code == "00"
    assert _picture(patient_id)[0] == "provisoire", "nothing enters before somebody confirms it"
    accept(alice, patient_id)
    assert _picture(patient_id) == ("recuperee", "275126322074974", "ZOE")
    prove(alice, patient_id)
    assert _picture(patient_id) == ("qualifiee", "275126322074974", "ZOE")


def test_two_have_the_traits_until_the_whole_list_is_asked(alice: User) -> None:
    patient_id = create(alice, VINCI)
    assert ask(alice, patient_id).code == "00"
    assert list(InsiAnswer.objects.order_by("answered_at").values_list("code", flat=True)) == ["02", "01", "00"]
    proposal = api.standing(actor=alice, patient_id=patient_id).proposal
    assert proposal is not None
    assert proposal.traits.first_given_name == "LEONARDO"


@pytest.mark.parametrize("mood", ["faute", "panne", "coupe", "page"])
def test_an_outage_moves_nobody(mood: str, alice: User, insi: Insi) -> None:
    patient_id = create(alice, ECETINSI)
    before = _picture(patient_id)
    insi.feel(kind=mood)
    answered = ask(alice, patient_id)
    assert answered.code == ""
    assert answered.reason
    assert _picture(patient_id) == before
    insi.feel()
    assert ask(alice, patient_id).code == "00"


def test_a_malformed_answer_is_refused_whole(alice: User, insi: Insi) -> None:
    patient_id = create(alice, ECETINSI)
    insi.feel()
    ask(alice, patient_id)
    accept(alice, patient_id)
    prove(alice, patient_id)
    qualified = _picture(patient_id)
    assert qualified[1] == "109076322083489"
    insi.feel(injection="2.04-2-malformed")
    with pytest.raises(Refused):
        ask(alice, patient_id)
    with pytest.raises(Refused, match="« IdIndividu » manque"):
        insi.verify(ECETINSI, again=True)
    assert _picture(patient_id) == qualified, "the matricule is not lost"


def test_asking_once_more_asks_insi(alice: User, insi: Insi) -> None:
    patient_id = create(alice, NOBODY)
    assert ask(alice, patient_id).code == "01"
    assert ask(alice, patient_id).code == "01"
    assert len(insi.service.received) == 2
