"""Identities received that contradict what is known: the question is kept, answered once, and the answer stays."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot
from dcc.events import api as events
from dcc.patients import api
from dcc.patients.homonyms import mark_homonyms
from dcc.patients.models import Patient, Qualification, Reconciliation
from dcc.patients.tests.covered import FakeInsi, cover, insi_answers, qualified
from dcc.patients.tests.people import CORSE, MATRICULES, NESSI, ZOE, header
from dcc.patients.tests.test_registration import create, here

NEAR = replace(NESSI, birth_date="1977-07-15")
"""Nathalie Nessi, a day later: maybe she."""
IPP = InstanceId("1.2.3.4.567.8.9.10", "77")


def receive(actor: User | None, facility_id: UUID, snapshot: PatientSnapshot, **more: str) -> api.Registration:
    return api.register_from_header(actor=actor, facility_id=facility_id, header=snapshot, **more)


def question(actor: User, facility_id: UUID, snapshot: PatientSnapshot, **more: str) -> api.Reconciled:
    """What is kept of a contradictory flow."""
    with pytest.raises(api.IdentityConflict) as conflict:
        receive(actor, facility_id, snapshot, **more)
    assert conflict.value.reconciliation_id is not None
    return api.reconciliation(actor, conflict.value.reconciliation_id)


def answer(
    actor: User, asked: api.Reconciled, what: str, *, reason: str = "Vérifié avec le patient", patient_id: UUID | None = None
) -> UUID:
    return api.answer_reconciliation(
        actor=actor,
        reconciliation_id=asked.id,
        expected_revision=asked.revision,
        answer=what,
        reason=reason,
        patient_id=patient_id,
    )


def test_a_near_identity_is_a_question_and_its_answer_stays(insi: FakeInsi, alice: User, facility: Facility) -> None:
    """Case 3a: received validée, kept local provisoire becomes validée, INSi is asked with the received traits."""
    cover(facility, alice)
    known = create(alice)
    asked = question(alice, here(alice), header(NEAR, oid=None), received="validee")
    assert [(side.patient_id, side.fields) for side in asked.sides] == [(known, ("birth_date",))]
    assert Patient.objects.count() == 1
    assert question(alice, here(alice), header(NEAR, oid=None), received="validee").id == asked.id, "the same is one question"
    assert answer(alice, asked, "conserver") == known
    assert Patient.objects.get(pk=known).status == "validee"
    assert Qualification.objects.get(closed_at=None).case == "3a"
    assert receive(alice, here(alice), header(NEAR, oid=None), received="validee") == api.Registration(known, "reconciled")
    events.drain()
    assert insi.asked[0].traits == NEAR


def test_a_fictitious_identity_is_nobody_s_homonym(alice: User) -> None:
    first = create(alice)
    traits = api.patient_snapshot(first).traits
    second = api.create_patient(actor=alice, facility_id=here(alice), traits=traits, despite=[first])
    revision = Patient.objects.get(pk=second).revision
    api.set_attributes(actor=alice, patient_id=second, expected_revision=revision, fictitious=True)
    Patient.objects.filter(pk=first).update(homonym=False)
    with transaction.atomic():
        mark_homonyms([first, second], actor=alice)
    flags = {pk: (p.homonym, p.fictitious) for pk in (first, second) for p in [Patient.objects.get(pk=pk)]}
    assert flags == {first: (True, False), second: (False, True)}


@pytest.mark.parametrize("said", ["douteuse", "fictive"])
def test_what_the_sender_says_of_an_identity_outlives_the_question(
    said: str, insi: FakeInsi, alice: User, facility: Facility
) -> None:
    cover(facility, alice)
    known = create(alice)
    asked = question(alice, here(alice), header(NEAR), attribute=said)
    assert {one.call for one in api.foreseen(alice, asked).values()} == {False}
    made = answer(alice, asked, "creer", reason="Jumelles")
    patient = Patient.objects.get(pk=made)
    assert (patient.status, patient.doubtful, patient.fictitious) == ("provisoire", said == "douteuse", said == "fictive")
    assert Patient.objects.get(pk=known).status == "provisoire"
    events.drain()
    assert insi.asked == []


def test_created_for_somebody_else(insi: FakeInsi, alice: User, facility: Facility) -> None:
    """Case 2b: received qualifiée, another person: a new identity, shareable once INSi confirms; the known one is untouched."""
    cover(facility, alice)
    known = create(alice)
    asked = question(alice, here(alice), header(NEAR))
    made = answer(alice, asked, "creer", reason="Jumelles")
    assert made != known
    patient = Patient.objects.get(pk=made)
    assert (patient.status, patient.ins_matricule, patient.origin) == ("validee", "", "cda")
    assert Qualification.objects.get(patient=made).case == "2b"
    assert Patient.objects.get(pk=known).status == "provisoire"
    assert receive(alice, here(alice), header(NEAR)).patient_id == made
    events.drain()
    proposal = api.standing(actor=alice, patient_id=made).proposal
    assert proposal is not None
    api.accept_insi(
        actor=alice, facility_id=here(alice), patient_id=made, expected_revision=patient.revision, proposal_id=proposal.id
    )
    assert api.patient_snapshot(made).ins == InstanceId("1.2.250.1.213.1.4.8", MATRICULES["NESSI"])
    assert api.reconciliation(alice, asked.id).outcome_id == made


def test_kept_qualified_loses_nothing(alice: User, facility: Facility) -> None:
    """Case 2a: a qualified identity that a flow contradicts keeps traits, INS and status."""
    cover(facility, alice)
    known = qualified(alice, here(alice), header(NESSI)).patient_id
    asked = question(alice, here(alice), header(NESSI, matricule=MATRICULES["CORSE"]))
    assert "autre INS" in asked.why
    answer(alice, asked, "conserver")
    snapshot = api.patient_snapshot(known)
    assert (snapshot.status, snapshot.ins) == ("qualifiee", InstanceId("1.2.250.1.213.1.4.8", MATRICULES["NESSI"]))


def test_homonyms_are_asked_and_one_is_chosen(alice: User, facility: Facility) -> None:
    first = create(alice)
    second = create(alice, despite=[first])
    asked = question(alice, here(alice), header(NESSI, oid=None, identifiers=(IPP,)))
    assert {side.patient_id for side in asked.sides} == {first, second}
    with pytest.raises(api.IdentityErrors, match="Choisir"):
        answer(alice, asked, "conserver")
    assert answer(alice, asked, "conserver", patient_id=second) == second
    assert receive(alice, here(alice), header(NESSI, oid=None, identifiers=(IPP,))).patient_id == second


def test_a_third_homonym_is_marked(alice: User, facility: Facility) -> None:
    first = create(alice)
    create(alice, despite=[first])
    made = answer(alice, question(alice, here(alice), header(NESSI, oid=None)), "creer")
    assert Patient.objects.filter(homonym=True).count() == 3
    assert receive(alice, here(alice), header(NESSI, oid=None)).patient_id == made, "the answer holds although she is there now"


def test_two_identifiers_of_two_patients(alice: User, facility: Facility) -> None:
    one = receive(alice, here(alice), header(NESSI, oid=None, identifiers=(IPP,))).patient_id
    other_number = InstanceId(IPP.root, "78")
    two = receive(alice, here(alice), header(CORSE, oid=None, identifiers=(other_number,))).patient_id
    asked = question(alice, here(alice), header(ZOE, oid=None, identifiers=(IPP, other_number)))
    assert {side.patient_id for side in asked.sides} == {one, two}


def test_whoever_undoes_the_transaction_keeps_the_question(alice: User, facility: Facility) -> None:
    create(alice)
    with pytest.raises(api.IdentityConflict) as raised, transaction.atomic():
        receive(alice, here(alice), header(NEAR))
    assert not Reconciliation.objects.exists()
    api.keep_conflict(raised.value)
    api.keep_conflict(raised.value)
    assert Reconciliation.objects.get().pk == raised.value.reconciliation_id


def test_a_call_is_never_stopped_by_a_resemblance(alice: User, facility: Facility) -> None:
    create(alice)
    assert receive(alice, here(alice), header(NEAR, oid=None), source="call").outcome == "created"


@pytest.mark.parametrize(
    ("what", "reason", "field"), [("fusionner", "Essai", "answer"), ("creer", "  ", "reason"), ("creer", "x" * 501, "reason")]
)
def test_an_answer_says_what_and_why(alice: User, facility: Facility, what: str, reason: str, field: str) -> None:
    create(alice)
    asked = question(alice, here(alice), header(NEAR))
    with pytest.raises(api.IdentityErrors) as refused:
        answer(alice, asked, what, reason=reason)
    assert set(refused.value.fields) == {field}
    assert Patient.objects.count() == 1


def test_the_second_to_answer_is_told(alice: User, bob: User, facility: Facility) -> None:
    create(alice)
    asked = question(alice, here(alice), header(NEAR))
    answer(bob, asked, "conserver")
    with pytest.raises(api.AlreadyAnswered, match="déjà répondu"):
        answer(alice, asked, "creer")
    assert Patient.objects.count() == 1
    assert api.reconciliation(alice, asked.id).answered_by == bob.pk


@pytest.mark.parametrize(
    ("person", "may"),
    [("bob", True), ("sonia", True), ("lea", False), ("charlie", False), ("edith", False), ("adrien", False), ("rachel", False)],
)
def test_who_may_see_and_answer(request: pytest.FixtureRequest, alice: User, facility: Facility, person: str, may: bool) -> None:
    known = create(alice)
    asked = question(alice, here(alice), header(NEAR))
    actor = request.getfixturevalue(person)
    assert [one.id for one in api.reconciliations(actor)] == ([asked.id] if may else [])
    assert [line.id for line in api.to_do(actor)] == ([asked.id] if may else [])
    assert api.count_to_do(actor) == (1 if may else 0)
    if may:
        assert answer(actor, asked, "conserver") == known
        return
    with pytest.raises(PermissionDenied):
        api.reconciliation(actor, asked.id)
    with pytest.raises(PermissionDenied):
        answer(actor, asked, "creer")


def test_a_patient_followed_elsewhere_is_not_shown_and_not_kept_by_a_stranger(
    alice: User, charlie: User, facility: Facility, other_facility: Facility
) -> None:
    known = qualified(charlie, here(charlie), header(NESSI)).patient_id
    asked = question(alice, here(alice), header(replace(NESSI, birth_name="NESSY"), matricule=MATRICULES["NESSI"]))
    [side] = asked.sides
    assert (side.patient_id, side.snapshot, side.fields) == (known, None, ())
    with pytest.raises(PermissionDenied):
        answer(alice, asked, "conserver")
    assert answer(charlie, asked, "conserver") == known, "who follows the patient may answer"
    assert set(api.followed_by(known)) == {here(alice), here(charlie)}


def test_without_the_clause_the_received_status_counts_for_nothing(alice: User, facility: Facility) -> None:
    """Cases 8a and 8b."""
    known = create(alice)
    kept = question(alice, here(alice), header(NEAR))
    answer(alice, kept, "conserver")
    assert Patient.objects.get(pk=known).status == "provisoire"
    assert Qualification.objects.get(patient=known, closed_at=None).waits == "clause"
    other = question(alice, here(alice), header(replace(NESSI, birth_date="1977-07-16"), oid=None))
    made = answer(alice, other, "creer")
    assert (Patient.objects.get(pk=made).status, Qualification.objects.get(patient=made).waits) == ("provisoire", "insi")


def test_insi_guides_the_question_where_the_region_wants_it(alice: User, charlie: User, edith: User, facility: Facility) -> None:
    """00 with the local INS suggests « conserver », anything else « créer »; nothing is decided (decision 0241)."""
    cover(facility, alice)
    known = qualified(alice, here(alice), header(NESSI)).patient_id
    asked = question(alice, here(alice), header(NEAR, oid=None), received="validee")
    ask = {"reconciliation_id": asked.id, "expected_revision": 1}
    with insi_answers() as insi:
        with pytest.raises(Refused, match="n'interroge pas"):
            api.guide_reconciliation(actor=alice, **ask)  # type: ignore[arg-type]
        api.change_policy(actor=edith, expected_number=0, data={"call_before_reconciling": True}, reason="Guider")
        assert api.reconciliation(alice, asked.id).suggestion == ""
        with pytest.raises(PermissionDenied):
            api.guide_reconciliation(actor=charlie, **ask)  # type: ignore[arg-type]
        assert api.guide_reconciliation(actor=alice, **ask) == "00"  # type: ignore[arg-type]
        view = api.reconciliation(alice, asked.id)
        assert (view.suggestion, view.suggested_id, view.state) == ("conserver", known, "attente")
        insi.answers["NESSI"] = "01"
        assert api.guide_reconciliation(actor=alice, **ask) == "01"  # type: ignore[arg-type]
        assert api.reconciliation(alice, asked.id).suggestion == "creer"
        made = answer(alice, asked, "creer")
        events.drain()
    assert (Patient.objects.get(pk=made).status, Patient.objects.get(pk=known).status) == ("validee", "qualifiee")
    with pytest.raises(api.AlreadyAnswered), insi_answers():
        api.guide_reconciliation(actor=alice, **ask)  # type: ignore[arg-type]
