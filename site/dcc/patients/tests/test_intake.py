"""Recognising the patient of a received document: INS, local identifier, traits, contradictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot, RelatedPerson
from dcc.patients import api
from dcc.patients.models import Patient
from dcc.patients.tests.covered import qualified
from dcc.patients.tests.people import CORSE, MATRICULES, NESSI, NIR, NIR_TEST, PAT_TROIS, header
from dcc.patients.tests.test_registration import ADDRESS, PHONE, create, here

IPP = InstanceId("1.2.3.4.567.8.9.10", "1234567890121")
PAT_TROIS_HEADER = replace(
    header(PAT_TROIS, oid=NIR_TEST, identifiers=(IPP,)),
    used_name="PAT-TROIS",
    used_given_name="DOMINIQUE",
    address=ADDRESS,
    telecoms=(PHONE, {"value": "mailto:279035121518989@patient.mssante.fr"}),
    related=(RelatedPerson("representant", "NESSI", "Jeanne", "MME", address=ADDRESS, telecoms=(PHONE,)),),
)
"""The patient of every official sample of the kit."""

Receive = Callable[[PatientSnapshot], api.Registration]


@pytest.fixture
def receive(alice: User) -> Receive:
    return lambda snapshot: api.register_from_header(actor=alice, facility_id=here(alice), header=snapshot)


@pytest.fixture
def receive_qualified(alice: User) -> Receive:
    """Receive, then let INSi confirm: the tests of qualification tell how."""
    return lambda snapshot: qualified(alice, here(alice), snapshot)


def test_the_patient_of_the_official_samples(receive: Receive, receive_qualified: Receive, alice: User) -> None:
    registration = receive_qualified(PAT_TROIS_HEADER)
    assert registration.outcome == "created"
    expected = replace(PAT_TROIS_HEADER, patient_id=registration.patient_id)
    assert api.patient_snapshot(registration.patient_id) == expected, "what came in goes out, qualified"
    assert api.open_patient(actor=alice, patient_id=registration.patient_id).revision == 2
    again = receive(PAT_TROIS_HEADER)
    assert (again.patient_id, again.outcome) == (registration.patient_id, "ins")
    assert api.open_patient(actor=alice, patient_id=registration.patient_id).revision == 2, "nothing changed, nothing is written"


def test_without_ins_the_identity_is_provisional(receive: Receive) -> None:
    registration = receive(header(NESSI, oid=None))
    snapshot = api.patient_snapshot(registration.patient_id)
    assert (registration.outcome, snapshot.status, snapshot.ins) == ("created", "provisoire", None)
    assert receive(header(NESSI, oid=None)) == api.Registration(registration.patient_id, "traits")


def test_an_ins_recognises_the_same_person_and_qualifies_nobody_by_itself(
    receive: Receive, receive_qualified: Receive, alice: User
) -> None:
    known = create(alice)
    assert receive(header(NESSI)) == api.Registration(known, "traits")
    assert api.patient_snapshot(known).status == "provisoire"
    receive_qualified(header(NESSI))
    snapshot = api.patient_snapshot(known)
    assert (snapshot.status, snapshot.ins) == ("qualifiee", InstanceId(NIR, MATRICULES["NESSI"]))
    assert receive(header(NESSI, oid=None)).patient_id == known
    assert api.patient_snapshot(known).status == "qualifiee", "a header never lowers"


def test_the_same_ins_tolerates_a_poorer_header(receive: Receive, receive_qualified: Receive) -> None:
    first = receive_qualified(header(NESSI))
    poorer = replace(NESSI, given_names="", birth_place_code="")
    assert receive(header(poorer)) == api.Registration(first.patient_id, "ins")
    assert api.patient_snapshot(first.patient_id).traits == NESSI


def test_the_same_ins_with_other_traits_is_refused(receive: Receive, receive_qualified: Receive) -> None:
    receive_qualified(header(NESSI))
    other = replace(NESSI, birth_name="NESSY", birth_date="1977-07-15")
    with pytest.raises(Refused, match="nom de naissance, date de naissance"):
        receive(header(other, matricule=MATRICULES["NESSI"]))
    assert Patient.objects.count() == 1


def test_the_same_traits_with_another_ins_are_refused(receive: Receive, receive_qualified: Receive) -> None:
    receive_qualified(header(NESSI))
    with pytest.raises(Refused, match="autre INS"):
        receive(header(NESSI, matricule=MATRICULES["CORSE"]))


def test_a_local_identifier_recognises(receive: Receive) -> None:
    first = receive(header(NESSI, oid=None, identifiers=(IPP,)))
    assert receive(header(NESSI, identifiers=(IPP,))) == api.Registration(first.patient_id, "identifier")
    with pytest.raises(Refused, match="traits diffèrent"):
        receive(header(CORSE, oid=None, identifiers=(IPP,)))


def test_ins_and_identifier_of_two_patients_are_refused(receive: Receive, receive_qualified: Receive) -> None:
    receive_qualified(header(NESSI))
    receive(header(CORSE, identifiers=(IPP,)))
    with pytest.raises(Refused, match="deux patients"):
        receive(header(NESSI, identifiers=(IPP,)))


def test_homonyms_are_not_guessed(receive: Receive, alice: User) -> None:
    first = create(alice)
    create(alice, despite=[first])
    with pytest.raises(Refused, match="Plusieurs patients"):
        receive(header(NESSI, oid=None))


@pytest.mark.parametrize("attribute", ["doubtful", "fictitious"])
def test_a_doubtful_identity_is_not_qualified_by_a_header(receive: Receive, alice: User, attribute: str) -> None:
    known = create(alice)
    Patient.objects.filter(pk=known).update(**{attribute: True})
    registration = receive(header(NESSI))
    if attribute == "doubtful":
        assert registration == api.Registration(known, "traits")
    else:
        assert registration.outcome == "created", "a fictitious identity is nobody"
    assert api.patient_snapshot(known).ins is None


@pytest.mark.parametrize(
    ("snapshot", "why"),
    [
        (header(replace(NESSI, birth_name="NESSI7"), oid=None), "Nom de naissance"),
        (header(replace(NESSI, birth_date="")), "Date de naissance"),
        (header(NESSI, matricule="277076322082911"), "clé"),
        (header(NESSI, oid="1.2.250.1.213.1.4.2"), "inconnue"),
        (replace(header(NESSI), address={"planet": "Mars"}), "Adresse"),
        (replace(header(NESSI), related=(RelatedPerson("voisin", "X"),)), "Rôle"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(receive: Receive, snapshot: PatientSnapshot, why: str) -> None:
    with pytest.raises(Refused, match=why):
        receive(snapshot)
    assert not Patient.objects.exists()


def test_test_identities_are_refused_in_production(receive: Receive, settings: Settings) -> None:
    settings.DCC_TEST_IDENTITIES = False
    with pytest.raises(Refused, match="Identité de test"):
        receive(PAT_TROIS_HEADER)


def test_names_of_other_systems_are_converted(receive: Receive) -> None:
    registration = receive(
        header(
            replace(NESSI, birth_name="Nessi", first_given_name="Nathalie", given_names="Nathalie"), matricule=MATRICULES["NESSI"]
        )
    )
    assert api.patient_snapshot(registration.patient_id).traits == NESSI


def test_the_platform_itself_may_receive(alice: User) -> None:
    registration = api.register_from_header(actor=None, facility_id=here(alice), header=header(NESSI))
    assert api.history(actor=alice, patient_id=registration.patient_id)[0].actor_id is None


@pytest.mark.parametrize("person", ["charlie", "lea", "edith", "adrien"])
def test_who_may_not_receive(request: pytest.FixtureRequest, alice: User, person: str) -> None:
    with pytest.raises(PermissionDenied):
        api.register_from_header(actor=request.getfixturevalue(person), facility_id=here(alice), header=header(NESSI))


def test_a_second_facility_follows(receive: Receive, alice: User, charlie: User) -> None:
    first = receive(header(NESSI))
    second = api.register_from_header(actor=charlie, facility_id=here(charlie), header=header(NESSI))
    assert second.patient_id == first.patient_id
    assert set(api.followed_by(first.patient_id)) == {here(alice), here(charlie)}
    assert [line.patient_id for line in api.search(actor=charlie, text="nathalie").lines] == [first.patient_id]


def test_an_ins_that_a_flow_said_recognises_before_insi_answers(receive: Receive) -> None:
    first = receive(header(NESSI))
    again = receive(header(replace(NESSI, given_names="NATHALIE MARIE")))
    assert (again.patient_id, again.outcome) == (first.patient_id, "ins")


def test_an_ins_that_a_flow_said_of_somebody_else_is_a_question(receive: Receive) -> None:
    first = receive(header(NESSI))
    with pytest.raises(api.IdentityConflict) as asked:
        receive(header(CORSE, matricule=MATRICULES["NESSI"]))
    assert asked.value.patient_id == first.patient_id
    assert Patient.objects.count() == 1


def test_another_ins_for_the_same_traits_is_a_question_before_insi_answers(receive: Receive) -> None:
    receive(header(NESSI))
    with pytest.raises(api.IdentityConflict, match="un autre INS"):
        receive(header(NESSI, matricule=MATRICULES["ADRUN"]))
