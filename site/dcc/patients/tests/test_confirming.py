"""What a person does: confirms what INSi gave, shows a justificatif, corrects, doubts; and what the region sets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dcc.accounts.api import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.identity import FormerMatricule
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.events import api as events
from dcc.patients import api
from dcc.patients.models import IdentityProof, Patient, PolicyVersion
from dcc.patients.tests.covered import (
    FakeInsi,
    accept,
    ask,
    common,
    cover,
    insi_answers,
    prove,
    status,
    step,
    verdict,
)
from dcc.patients.tests.people import CORSE, ECETINSI, MATRICULES, NESSI, NIR, ZOE, header
from dcc.patients.tests.test_registration import create, here


def test_what_insi_gave_enters_whole_and_is_locked(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    former = (FormerMatricule(InstanceId(NIR, MATRICULES["ADRUN"]), "2019-03-01", "2019-02-28"),)
    given = replace(ECETINSI, first_given_name="PIERRE-ALAIN", birth_place_code="")
    with insi_answers(ECETINSI=verdict(given, former=former)):
        patient_id = create(alice, replace(ECETINSI, given_names="PIERRE-ALAIN"))
        ask(alice, patient_id)
        with pytest.raises(api.IdentityErrors):
            accept(alice, patient_id, "MURIEL")
        accept(alice, patient_id, "PIERRE ALAIN")
    patient = Patient.objects.get(pk=patient_id)
    assert (patient.first_given_name, patient.given_names) == ("PIERRE ALAIN", "PIERRE-ALAIN MURIEL FLORIANT")
    assert [(h.begins, h.ends) for h in patient.ins_history.all()] == [("2019-03-01", "2019-02-28")]
    assert patient.insi_at is not None
    with pytest.raises(api.InsWouldBeLost):
        api.update_identity(actor=alice, patient_id=patient_id, expected_revision=patient.revision, traits=CORSE)


def test_refusing_what_insi_gave_changes_nothing(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    ask(alice, patient_id)
    proposal = api.standing(actor=alice, patient_id=patient_id).proposal
    assert proposal is not None
    api.refuse_insi(**common(alice, patient_id), proposal_id=proposal.id)  # type: ignore[arg-type]
    assert (status(patient_id), step(alice, patient_id)) == ("provisoire", "correction")
    with pytest.raises(api.AlreadyAnswered):
        api.accept_insi(**common(alice, patient_id), proposal_id=proposal.id)  # type: ignore[arg-type]


def test_equal_traits_enter_without_a_question_where_the_region_says_so(
    insi: FakeInsi, alice: User, edith: User, facility: Facility
) -> None:
    cover(facility, alice)
    api.change_policy(actor=edith, expected_number=0, data={"take_equal_traits": True}, reason="Essai")
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
    events.drain()
    assert status(patient_id) == "qualifiee"
    with insi_answers(ADRUN=verdict(ZOE, matricule=MATRICULES["CORSE"])):
        other = api.register_from_header(actor=alice, facility_id=here(alice), header=header(ZOE)).patient_id
        events.drain()
    where = api.standing(actor=alice, patient_id=other)
    assert where.proposal is not None
    assert where.proposal.remarks == ("INSi donne un autre INS que celui qui a été reçu",)


@pytest.mark.parametrize(
    ("kind", "declared", "field"),
    [
        ("TC", {}, "kind"),
        ("XX", {}, "kind"),
        ("", {}, "kind"),
        ("AN", {}, "condition"),
        ("CN", {"knows_patient": False}, "knows_patient"),
    ],
)
def test_what_proves_nothing_is_refused(
    alice: User, facility: Facility, kind: str, declared: dict[str, bool], field: str
) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    with pytest.raises(api.IdentityErrors) as refused:
        prove(alice, patient_id, kind, **declared)
    assert set(refused.value.fields) == {field}
    assert status(patient_id) == "provisoire"


def test_a_weak_justificatif_is_kept_and_proves_nothing(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    prove(alice, patient_id, "PC")
    assert status(patient_id) == "provisoire"
    prove(alice, patient_id, "AN", condition=True)
    assert status(patient_id) == "validee"


def test_third_party_is_offered_to_nobody_and_the_database_refuses_it_typed(alice: User, facility: Facility) -> None:
    patient_id = create(alice)
    assert "TC" not in [kind.code for kind in api.standing(actor=alice, patient_id=patient_id).proofs]
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityProof.objects.create(patient_id=patient_id, kind="TC", level="eleve", origin="saisie", at="2026-11-01T00:00Z")


@pytest.mark.parametrize("attribute", ["doubtful", "fictitious"])
def test_a_doubtful_identity_is_asked_nothing_and_proved_nothing(
    insi: FakeInsi, alice: User, facility: Facility, attribute: str
) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    revision = Patient.objects.get(pk=patient_id).revision
    api.set_attributes(actor=alice, patient_id=patient_id, expected_revision=revision, **{attribute: True})
    assert step(alice, patient_id) == "doute"
    with pytest.raises(Refused, match="douteuse"):
        ask(alice, patient_id)
    with pytest.raises(Refused, match="douteuse"):
        prove(alice, patient_id)
    assert not insi.asked


def test_without_a_verifier_asking_says_so(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    with use_registry(Registry()), pytest.raises(NotConfigured):
        ask(alice, patient_id)


@pytest.mark.parametrize(("person", "may"), [("bob", True), ("sonia", True), ("lea", False), ("charlie", False)])
def test_who_may_carry_a_qualification_on(
    request: pytest.FixtureRequest, insi: FakeInsi, alice: User, facility: Facility, person: str, may: bool
) -> None:
    patient_id = create(alice)
    actor = request.getfixturevalue(person)
    if may:
        assert ask(actor, patient_id).code == "00"
    else:
        with pytest.raises(PermissionDenied):
            ask(actor, patient_id)


@pytest.mark.parametrize("person", ["alice", "rachel"])
def test_who_may_not_change_the_policy(request: pytest.FixtureRequest, db: None, person: str) -> None:
    with pytest.raises(PermissionDenied):
        api.change_policy(actor=request.getfixturevalue(person), expected_number=0, data={}, reason="x")


def test_the_policy_keeps_its_versions(edith: User, adrien: User) -> None:
    api.change_policy(actor=edith, expected_number=0, data={"asks": 5}, reason="Plus souvent")
    with pytest.raises(api.StaleIdentity):
        api.change_policy(actor=adrien, expected_number=0, data={"asks": 1}, reason="Moins")
    api.change_policy(actor=adrien, expected_number=1, data={"proofs": {"PC": "retire"}}, reason="Permis retiré")
    assert [(e.number, e.policy.asks, e.reason) for e in api.policy_history()] == [
        (2, 3, "Permis retiré"),
        (1, 5, "Plus souvent"),
    ]
    assert PolicyVersion.objects.count() == 2
    changed = Entry.objects.filter(action="identity.policy_changed").order_by("pk")
    assert [row.facts["changed"] for row in changed] == [["asks"], ["asks", "proofs"]]


def test_a_correction_gives_up_what_was_proved_and_asks_again(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    ask(alice, patient_id)
    accept(alice, patient_id)
    prove(alice, patient_id)
    patient = Patient.objects.get(pk=patient_id)
    api.update_identity(actor=alice, patient_id=patient_id, expected_revision=patient.revision, traits=ZOE, give_up_ins=True)
    where = api.standing(actor=alice, patient_id=patient_id)
    assert (where.status, where.next, list(where.kept_proofs)) == ("provisoire", "insi", [])
    assert IdentityProof.objects.get().ended_at is not None


def test_traits_corrected_after_01_are_asked_anew(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    with insi_answers(NESSI="01") as insi:
        patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI, oid=None)).patient_id
        events.drain()
        assert step(alice, patient_id) == "correction"
        revision = Patient.objects.get(pk=patient_id).revision
        api.update_identity(actor=alice, patient_id=patient_id, expected_revision=revision, traits=ZOE)
        assert step(alice, patient_id) == "insi"
        events.drain()
        assert (insi.asked[-1].traits, step(alice, patient_id)) == (ZOE, "confirmation")


def test_a_doubt_stops_a_flow_and_lifting_it_goes_on(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI, oid=None)).patient_id
    revision = Patient.objects.get(pk=patient_id).revision
    api.set_attributes(actor=alice, patient_id=patient_id, expected_revision=revision, doubtful=True)
    events.drain()
    assert (insi.asked, step(alice, patient_id)) == ([], "doute")
    api.set_attributes(actor=alice, patient_id=patient_id, expected_revision=revision + 1)
    assert step(alice, patient_id) == "insi"
    events.drain()
    assert step(alice, patient_id) == "confirmation"


def test_a_flow_raises_no_doubtful_identity_and_a_fault_leaves_a_step_to_take(alice: User, facility: Facility) -> None:
    """Both found by the random lives."""
    cover(facility, alice)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI, oid=None)).patient_id
    revision = Patient.objects.get(pk=patient_id).revision
    api.set_attributes(actor=alice, patient_id=patient_id, expected_revision=revision, doubtful=True)
    api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI))
    assert (status(patient_id), step(alice, patient_id)) == ("provisoire", "doute")
    typed = create(alice, ZOE)
    with insi_answers(ADRUN="fault"):
        assert ask(alice, typed).code == ""
    assert step(alice, typed) == "insi"
