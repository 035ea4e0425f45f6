"""Creating patients: duplicates shown first, homonyms, adoption by a second facility, rights, traces."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.snapshots import IdentityTraits, RelatedPerson
from dcc.patients import api
from dcc.patients.models import Patient
from dcc.patients.tests.people import CORSE, NESSI, PAT_TROIS, VINCI

ADDRESS = {"house_number": "28", "street": "Avenue de Breteuil", "postal_code": "75007", "city": "PARIS"}
PHONE = {"value": "tel:0144534551", "use": "H"}


def here(user: User) -> UUID:
    found: UUID | None = user.memberships.get().facility_id
    assert found is not None
    return found


def create(user: User, traits: IdentityTraits = NESSI, **more: object) -> UUID:
    return api.create_patient(actor=user, facility_id=here(user), traits=traits, **more)  # type: ignore[arg-type]  # tests' shorthand


def test_a_patient_is_created_provisional(alice: User) -> None:
    related = RelatedPerson("representant", "NESSI", "Jeanne", "MME", address=ADDRESS, telecoms=(PHONE,))
    patient_id = create(
        alice, replace(NESSI, birth_name="Nessi"), used_name="Corsé", address=ADDRESS, telecoms=[PHONE], contacts=[related]
    )
    snapshot = api.patient_snapshot(patient_id)
    assert snapshot.traits == NESSI
    assert (snapshot.status, snapshot.ins, snapshot.used_name, snapshot.used_given_name) == ("provisoire", None, "CORSE", "")
    assert (snapshot.address, snapshot.telecoms) == (ADDRESS, (PHONE,))
    assert snapshot.related == (related,)
    assert [t.action for t in audit.traces(patient_id=patient_id)] == ["patient.followed", "patient.created"]
    assert all(t.actor_id == alice.pk for t in audit.traces(patient_id=patient_id))


def test_no_trait_reaches_the_journal(alice: User) -> None:
    patient_id = create(alice)
    api.update_identity(actor=alice, patient_id=patient_id, expected_revision=1, traits=CORSE)
    written = str(audit.traces(patient_id=patient_id))
    assert "birth_name" in written
    assert not any(value in written for value in ("NESSI", "CORSE", "NATHALIE", "1977-07-14", "2B020"))


@pytest.mark.parametrize("person", ["charlie", "lea", "edith", "adrien"])
def test_who_may_not_create(request: pytest.FixtureRequest, alice: User, person: str) -> None:
    user: User = request.getfixturevalue(person)
    for act in (api.candidates, api.create_patient):
        with pytest.raises(PermissionDenied):
            act(actor=user, facility_id=here(alice), traits=NESSI)
    assert not Patient.objects.exists()


def test_an_assistant_creates(sonia: User) -> None:
    assert api.patient_snapshot(create(sonia)).traits == NESSI


def test_the_same_person_is_shown_first(alice: User, bob: User) -> None:
    known = create(alice)
    with pytest.raises(api.CandidatesFound) as found:
        create(bob)
    (candidate,) = found.value.candidates
    assert (candidate.patient_id, candidate.match, candidate.followed_here) == (known, "exact", True)
    assert Patient.objects.count() == 1


def test_a_look_alike_of_the_team_is_shown_first(alice: User, bob: User) -> None:
    known = create(alice)
    typed = replace(NESSI, first_given_name="NATALIE", given_names="")
    with pytest.raises(api.CandidatesFound) as found:
        create(bob, typed)
    assert [(c.patient_id, c.match) for c in found.value.candidates] == [(known, "similar")]
    other = create(bob, typed, despite=[known])
    assert not Patient.objects.get(pk=other).homonym, "near is not homonym"


def test_a_look_alike_of_strangers_is_not_shown(charlie: User, alice: User) -> None:
    """Its traits would be somebody else's secret."""
    create(charlie)
    assert api.candidates(actor=alice, facility_id=here(alice), traits=replace(NESSI, birth_name="NESI")) == []


def test_homonyms_are_marked_on_both_sides(alice: User) -> None:
    first = create(alice)
    with pytest.raises(api.CandidatesFound):
        create(alice, despite=[uuid4()])
    second = create(alice, despite=[first])
    assert {p.pk: p.homonym for p in Patient.objects.all()} == {first: True, second: True}
    assert api.history(actor=alice, patient_id=first)[0].reason == "homonyme"


def test_adopting_a_patient_of_another_facility(charlie: User, alice: User) -> None:
    known = create(charlie)
    with pytest.raises(api.CandidatesFound) as found:
        create(alice)
    (candidate,) = found.value.candidates
    assert (candidate.match, candidate.followed_here) == ("exact", False)
    with pytest.raises(PermissionDenied):
        api.open_patient(actor=alice, patient_id=known)
    with pytest.raises(PermissionDenied):
        api.adopt_patient(actor=alice, facility_id=here(alice), patient_id=known, traits=CORSE)
    api.adopt_patient(actor=alice, facility_id=here(alice), patient_id=known, traits=NESSI)
    assert set(api.open_patient(actor=alice, patient_id=known).facility_ids) == {here(alice), here(charlie)}
    assert [t.action for t in audit.traces(patient_id=known)][:2] == ["patient.opened", "patient.followed"]
    assert api.search(actor=alice, text="nessi").lines[0].patient_id == known


def test_a_stranger_cannot_be_adopted_by_number(charlie: User, alice: User) -> None:
    with pytest.raises(api.UnknownPatient):
        api.adopt_patient(actor=alice, facility_id=here(alice), patient_id=uuid4(), traits=NESSI)


def test_bad_traits_create_nothing(alice: User) -> None:
    with pytest.raises(api.IdentityErrors) as refusal:
        create(alice, replace(NESSI, birth_date="31/02/1977"))
    assert refusal.value.fields == {"birth_date": "Cette date n'existe pas"}
    for bad in (
        {"contacts": [RelatedPerson("voisin", "X")]},
        {"telecoms": [{"value": "tel:1", "note": "x"}]},
        {"address": {"x": "y"}},
    ):
        with pytest.raises(api.IdentityErrors):
            create(alice, **bad)
    assert not Patient.objects.exists()
    assert audit.traces() == []


def test_who_opens_a_file(alice: User, bob: User, sonia: User, lea: User, charlie: User, edith: User, adrien: User) -> None:
    patient_id = create(alice, PAT_TROIS)
    for friend in (alice, bob, sonia, lea):
        assert api.open_patient(actor=friend, patient_id=patient_id).snapshot.traits == PAT_TROIS
    for stranger in (charlie, edith, adrien):
        with pytest.raises(PermissionDenied):
            api.open_patient(actor=stranger, patient_id=patient_id)
        with pytest.raises(PermissionDenied):
            api.history(actor=stranger, patient_id=patient_id)
    opened = [t for t in audit.traces(patient_id=patient_id) if t.action == "patient.opened"]
    assert [t.actor_id for t in reversed(opened)] == [u.pk for u in (alice, bob, sonia, lea)], "a refused opening is no opening"


def test_a_contributor_opens_the_file_of_his_document(alice: User, charlie: User) -> None:
    from dcc.accounts.api import Relation

    patient_id = create(alice)
    assert api.open_patient(actor=charlie, patient_id=patient_id, relation=Relation.AUTHOR, via="document").revision == 1


def test_unknown_patients(alice: User) -> None:
    for ask in (api.patient_snapshot, api.followed_by):
        with pytest.raises(api.UnknownPatient):
            ask(uuid4())
    with pytest.raises(api.UnknownPatient):
        api.open_patient(actor=alice, patient_id=uuid4())


def test_several_pictures_cost_a_fixed_number_of_queries(alice: User, django_assert_num_queries: object) -> None:
    ids = [create(alice, NESSI), create(alice, CORSE), create(alice, VINCI)]
    with django_assert_num_queries(3):  # type: ignore[operator]  # pytest-django's fixture
        assert {s.traits for s in api.snapshots(ids).values()} == {NESSI, CORSE, VINCI}
    assert api.followed_by(ids[0]) == (here(alice),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "qualifiee"},
        {"status": "recuperee"},
        {"status": "validee", "ins_oid": "1.2", "ins_matricule": "x"},
        {"status": "qualifiee", "ins_oid": "1.2"},
        {"doubtful": True, "status": "validee"},
        {"fictitious": True, "doubtful": True},
        {"fictitious": True, "homonym": True},
        {"sex": "X"},
    ],
)
def test_the_database_holds_the_rules_of_identity(alice: User, wrong: dict[str, object]) -> None:
    patient_id = create(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=patient_id).update(**wrong)
