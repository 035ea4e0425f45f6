"""Correcting identities: what is locked, what is lost, who was faster, what is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from dcc.accounts.api import Facility, User
from dcc.contracts.event import Context
from dcc.contracts.events import IdentityChanged
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import InstanceId, RelatedPerson
from dcc.events import api as events
from dcc.patients import api
from dcc.patients.models import FormerIns, Patient
from dcc.patients.tests import covered
from dcc.patients.tests.people import CORSE, ECETINSI, MATRICULES, NESSI, NIR, header
from dcc.patients.tests.test_registration import create, here


@pytest.fixture
def told() -> Iterator[list[IdentityChanged]]:
    """What subscribers are told once the outbox is drained."""
    heard: list[IdentityChanged] = []

    def hear(event: IdentityChanged, _context: Context) -> None:
        heard.append(event)

    registry = Registry()
    registry.subscribe(IdentityChanged, hear, key="test.identity")
    with use_registry(registry):
        yield heard


def qualified(user: User) -> Patient:
    registration = covered.qualified(user, here(user), header(NESSI))
    return Patient.objects.get(pk=registration.patient_id)


def test_a_provisional_identity_is_corrected(alice: User, told: list[IdentityChanged]) -> None:
    patient_id = create(alice)
    api.update_identity(
        actor=alice, patient_id=patient_id, expected_revision=1, traits=replace(NESSI, birth_date="15/07/1977"), used_name="Corse"
    )
    events.drain()
    snapshot = api.patient_snapshot(patient_id)
    assert (snapshot.traits.birth_date, snapshot.used_name, snapshot.status) == ("1977-07-15", "CORSE", "provisoire")
    assert [(e.patient_id, e.status) for e in told] == [(patient_id, "provisoire")]
    correction, creation = api.history(actor=alice, patient_id=patient_id)
    assert (correction.number, correction.reason, correction.actor_id) == (2, "correction", alice.pk)
    assert correction.fields == {"birth_date": ("1977-07-14", "1977-07-15"), "used_name": ("", "CORSE")}
    assert (creation.number, creation.fields) == (1, {})
    assert api.search(actor=alice, text="corse").lines[0].patient_id == patient_id, "the index follows"


def test_contact_details_are_not_the_identity(alice: User, told: list[IdentityChanged]) -> None:
    patient_id = create(alice)
    trusted = RelatedPerson("confiance", "NESSI", "Jeanne")
    api.update_contact_details(
        actor=alice,
        patient_id=patient_id,
        expected_revision=1,
        address={"city": "PARIS"},
        telecoms=[{"value": "tel:0100000000"}],
        contacts=[trusted],
    )
    events.drain()
    assert told == []
    assert api.patient_snapshot(patient_id).related == (trusted,)
    assert set(api.history(actor=alice, patient_id=patient_id)[0].fields) == {"address", "telecoms", "contacts"}
    api.update_contact_details(actor=alice, patient_id=patient_id, expected_revision=2, address=None, telecoms=[], contacts=[])
    assert api.patient_snapshot(patient_id).related == ()


def test_a_strict_trait_of_a_qualified_identity_is_locked(alice: User, told: list[IdentityChanged]) -> None:
    patient = qualified(alice)
    with pytest.raises(api.InsWouldBeLost):
        api.update_identity(
            actor=alice, patient_id=patient.pk, expected_revision=patient.revision, traits=replace(NESSI, birth_name="NESSY")
        )
    patient.refresh_from_db()
    assert (patient.status, patient.birth_name, patient.revision) == ("qualifiee", "NESSI", 2)
    api.update_identity(
        actor=alice,
        patient_id=patient.pk,
        expected_revision=patient.revision,
        traits=replace(NESSI, birth_name="NESSY"),
        give_up_ins=True,
    )
    snapshot = api.patient_snapshot(patient.pk)
    assert (snapshot.status, snapshot.ins, snapshot.traits.birth_name) == ("provisoire", None, "NESSY")
    assert [(f.oid, f.matricule) for f in FormerIns.objects.all()] == [(NIR, MATRICULES["NESSI"])]
    events.drain()
    assert [e.status for e in told] == ["qualifiee", "provisoire"]
    assert api.search(actor=alice, text=MATRICULES["NESSI"]).lines[0].patient_id == patient.pk, "a former INS still finds"


def test_what_stays_editable_in_a_qualified_identity(alice: User) -> None:
    registration = covered.qualified(alice, here(alice), header(ECETINSI))
    shorter = replace(ECETINSI, first_given_name="PIERRE", birth_place_name="MOULINS")
    api.update_identity(
        actor=alice, patient_id=registration.patient_id, expected_revision=2, traits=shorter, used_given_name="Alain"
    )
    snapshot = api.patient_snapshot(registration.patient_id)
    assert (snapshot.status, snapshot.traits, snapshot.used_given_name) == ("qualifiee", shorter, "ALAIN")
    assert snapshot.ins == InstanceId(NIR, MATRICULES["ECETINSI"])


def test_only_a_qualified_identity_shows_its_ins(alice: User) -> None:
    patient = qualified(alice)
    assert api.patient_snapshot(patient.pk).ins == InstanceId(NIR, MATRICULES["NESSI"])
    Patient.objects.filter(pk=patient.pk).update(status="recuperee")
    assert api.patient_snapshot(patient.pk).ins is None


@pytest.mark.parametrize("attribute", ["doubtful", "fictitious"])
def test_doubt_takes_the_ins_away(alice: User, attribute: str) -> None:
    patient = qualified(alice)
    with pytest.raises(api.InsWouldBeLost):
        api.set_attributes(actor=alice, patient_id=patient.pk, expected_revision=patient.revision, **{attribute: True})
    api.set_attributes(
        actor=alice, patient_id=patient.pk, expected_revision=patient.revision, give_up_ins=True, **{attribute: True}
    )
    snapshot = api.patient_snapshot(patient.pk)
    assert (snapshot.status, snapshot.ins) == ("provisoire", None)
    assert getattr(api.open_patient(actor=alice, patient_id=patient.pk), attribute)


def test_homonym_takes_nothing_away(alice: User) -> None:
    patient = qualified(alice)
    api.set_attributes(actor=alice, patient_id=patient.pk, expected_revision=patient.revision, homonym=True)
    assert api.patient_snapshot(patient.pk).status == "qualifiee"


@pytest.mark.parametrize("other", ["doubtful", "homonym"])
def test_fictitious_stands_alone(alice: User, other: str) -> None:
    patient_id = create(alice)
    with pytest.raises(api.IdentityErrors):
        api.set_attributes(actor=alice, patient_id=patient_id, expected_revision=1, fictitious=True, **{other: True})


def test_who_is_slower_looks_again(alice: User, bob: User) -> None:
    patient_id = create(alice)
    api.update_identity(actor=bob, patient_id=patient_id, expected_revision=1, traits=CORSE)
    with pytest.raises(api.StaleIdentity):
        api.update_identity(actor=alice, patient_id=patient_id, expected_revision=1, traits=NESSI)
    assert api.patient_snapshot(patient_id).traits == CORSE


@pytest.mark.parametrize("person", ["charlie", "lea", "edith", "adrien"])
def test_who_may_not_correct(request: pytest.FixtureRequest, alice: User, person: str) -> None:
    patient_id = create(alice)
    user: User = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        api.update_identity(actor=user, patient_id=patient_id, expected_revision=1, traits=CORSE)
    with pytest.raises(PermissionDenied):
        api.set_attributes(actor=user, patient_id=patient_id, expected_revision=1, homonym=True)
    with pytest.raises(PermissionDenied):
        api.update_contact_details(actor=user, patient_id=patient_id, expected_revision=1, address=None, telecoms=[], contacts=[])


def test_local_identifiers(facility: Facility, alice: User) -> None:
    first, second = create(alice), create(alice, CORSE)
    with pytest.raises(api.IdentityErrors, match="OID"):
        api.add_local_identifier(actor=alice, patient_id=first, expected_revision=1, facility_id=facility.pk, number="A12")
    facility.identifier_oid = "1.2.3.4"
    facility.save()
    api.add_local_identifier(actor=alice, patient_id=first, expected_revision=1, facility_id=facility.pk, number=" A12 ")
    assert api.patient_snapshot(first).identifiers == (InstanceId("1.2.3.4", "A12"),)
    with pytest.raises(api.IdentityErrors, match="autre patient"):
        api.add_local_identifier(actor=alice, patient_id=second, expected_revision=1, facility_id=facility.pk, number="A12")
    assert [line.patient_id for line in api.search(actor=alice, text="A12").lines] == [first]
