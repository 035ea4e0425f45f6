"""The process: what arrives or is typed goes to *qualifiée* by the table, stops, waits, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

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
from dcc.events.models import Delivery
from dcc.patients import api
from dcc.patients.models import IdentityProof, Patient, PolicyVersion, Qualification
from dcc.patients.qualification.resuming import sweep
from dcc.patients.tests.covered import FakeInsi, commit, cover, insi_answers, sign, verdict
from dcc.patients.tests.people import CORSE, ECETINSI, MATRICULES, NESSI, NIR, ZOE, header
from dcc.patients.tests.test_registration import create, here


@pytest.fixture
def insi() -> Iterator[FakeInsi]:
    with insi_answers() as made:
        yield made


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


def test_typed_then_insi_then_a_justificatif(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    assert (status(patient_id), step(alice, patient_id)) == ("provisoire", "insi")
    answered = ask(alice, patient_id)
    assert (answered.code, status(patient_id), step(alice, patient_id)) == ("00", "provisoire", "confirmation")
    accept(alice, patient_id)
    assert (status(patient_id), step(alice, patient_id)) == ("recuperee", "justificatif")
    assert api.patient_snapshot(patient_id).ins is None, "only a qualified identity gives its INS"
    prove(alice, patient_id, "PA")
    assert (status(patient_id), step(alice, patient_id)) == ("qualifiee", "")
    assert api.patient_snapshot(patient_id).ins == InstanceId(NIR, MATRICULES["NESSI"])
    assert [proof.kind for proof in api.standing(actor=alice, patient_id=patient_id).kept_proofs] == ["PA"]
    assert insi.asked[0].facility_finess == facility.finess
    assert (insi.asked[0].practitioner_rpps, insi.asked[0].automatic) == ("810000000001", False)


def test_a_justificatif_first_then_insi(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = create(alice)
    prove(alice, patient_id)
    assert (status(patient_id), step(alice, patient_id)) == ("validee", "insi")
    ask(alice, patient_id)
    accept(alice, patient_id)
    assert status(patient_id) == "qualifiee"


def test_without_the_clause_it_stops_at_recuperee_and_goes_on_by_itself(insi: FakeInsi, alice: User, facility: Facility) -> None:
    """Cases 8b then 1a: a flow received qualifiée, terms not accepted, then accepted (R-152, R-155)."""
    sign(facility)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
    assert status(patient_id) == "provisoire", "the status received counts for nothing"
    events.drain()
    assert step(alice, patient_id) == "confirmation"
    accept(alice, patient_id)
    assert (status(patient_id), step(alice, patient_id)) == ("recuperee", "clause")
    with pytest.raises(api.ClauseMissing, match="conditions d'utilisation"):
        prove(alice, patient_id)
    assert not IdentityProof.objects.exists()
    commit(alice)
    events.drain()
    assert (status(patient_id), step(alice, patient_id)) == ("qualifiee", "")
    assert [(p.kind, p.origin) for p in IdentityProof.objects.all()] == [("TC", "cda")]


def test_a_convention_resumes_too_and_the_sweep_sees_its_first_day(insi: FakeInsi, alice: User, facility: Facility) -> None:
    commit(alice)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
    events.drain()
    accept(alice, patient_id)
    sweep()
    assert step(alice, patient_id) == "clause"
    sign(facility)
    sweep()
    assert status(patient_id) == "qualifiee"
    events.drain()
    assert Qualification.objects.filter(closed_at=None).count() == 0


def test_a_flow_received_qualified_waits_as_checked_until_insi(insi: FakeInsi, alice: User, facility: Facility) -> None:
    """Case 4a: stored validée, without INS; then qualifiée, with « tiers de confiance »."""
    cover(facility, alice)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
    assert (status(patient_id), step(alice, patient_id)) == ("validee", "insi")
    assert api.patient_snapshot(patient_id).ins is None
    events.drain()
    assert insi.asked[0].automatic
    accept(alice, patient_id)
    assert status(patient_id) == "qualifiee"
    assert IdentityProof.objects.get().kind == "TC"


def test_a_received_proof_needs_no_third_party(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI), source="hl7", proof="PA")
    assert [(p.kind, p.level) for p in IdentityProof.objects.all()] == [("PA", "eleve")]


def test_a_call_is_never_more_than_provisional(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = api.register_from_header(
        actor=alice, facility_id=here(alice), header=header(NESSI), source="call", received="qualifiee"
    ).patient_id
    events.drain()
    accept(alice, patient_id)
    assert (status(patient_id), step(alice, patient_id)) == ("recuperee", "justificatif")


def test_machines_are_covered_by_the_convention_unless_the_region_says_no(
    insi: FakeInsi, alice: User, edith: User, facility: Facility
) -> None:
    sign(facility)
    first = api.register_from_header(actor=None, facility_id=facility.pk, header=header(NESSI), source="hl7").patient_id
    assert status(first) == "validee"
    api.change_policy(actor=edith, expected_number=0, data={"convention_covers_flows": False}, reason="Prudence")
    second = api.register_from_header(actor=None, facility_id=facility.pk, header=header(ZOE), source="hl7").patient_id
    assert status(second) == "provisoire"


def test_a_fault_lowers_nothing_and_is_tried_again(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    with insi_answers(NESSI="fault"):
        patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
        events.drain()
        where = api.standing(actor=alice, patient_id=patient_id)
        assert (where.status, where.next, where.fault) == ("validee", "insi", "INSi ne répond pas")
        assert Delivery.objects.get(key="patients.ask_insi").state == "waiting"
        answered = ask(alice, patient_id)
        assert (answered.code, answered.reason, status(patient_id)) == ("", "INSi ne répond pas", "validee")


@pytest.mark.parametrize("code", ["01", "02"])
def test_without_result_the_region_lowers(alice: User, edith: User, facility: Facility, code: str) -> None:
    cover(facility, alice)
    downgrades = {
        "QUAL": {"01": "VALI", "02": "PROV"},
        "VALI": {"01": "VALI", "02": "VALI"},
        "PROV": {"01": "PROV", "02": "PROV"},
    }
    api.change_policy(actor=edith, expected_number=0, data={"downgrades": downgrades}, reason="Choix régional")
    with insi_answers(NESSI=code) as insi:
        patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
        events.drain()
        assert (status(patient_id), step(alice, patient_id)) == ({"01": "validee", "02": "provisoire"}[code], "correction")
        assert IdentityProof.objects.filter(ended_at=None).count() == (1 if code == "01" else 0)
        Qualification.objects.update(due_at="2026-01-01T00:00Z")
        insi.answers.clear()
        sweep()
        events.drain()
        assert step(alice, patient_id) == "confirmation"


def test_the_ins_of_another_patient_is_not_stored(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    with insi_answers(ECETINSI=verdict(ECETINSI, matricule=MATRICULES["NESSI"])):
        one = create(alice)
        ask(alice, one)
        accept(alice, one)
        two = create(alice, ECETINSI)
        answered = ask(alice, two)
        assert "autre patient" in answered.reason
        where = api.standing(actor=alice, patient_id=two)
        assert (where.status, where.next, where.duplicates, where.proposal) == ("provisoire", "doublon", (one,), None)
        lines = [(line.kind, line.patient_id, line.other_ids) for line in api.to_do(alice)]
        assert ("doublon", two, (one,)) in lines


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


def test_every_step_is_in_the_journal_and_no_trait(insi: FakeInsi, alice: User, facility: Facility) -> None:
    cover(facility, alice)
    patient_id = api.register_from_header(actor=alice, facility_id=here(alice), header=header(NESSI)).patient_id
    events.drain()
    accept(alice, patient_id)
    rows = list(Entry.objects.filter(patient_id=patient_id, action__startswith="identity.").order_by("pk"))
    told = [(row.action, row.facts.get("case"), row.facts.get("code"), row.facts["after"]) for row in rows]
    assert told == [
        ("identity.advanced", "4a", None, "validee"),
        ("identity.asked", None, "00", "validee"),
        ("identity.advanced", "1a", None, "validee"),
        ("identity.insi_accepted", None, None, "qualifiee"),
        ("identity.advanced", "1a", None, "qualifiee"),
    ]
    assert "NESSI" not in str([row.facts for row in rows])
    kept = rows[0].facts["by"]
    assert [proof.split(":")[0] for proof in kept] == ["cgu", "convention"], "which terms, when accepted, and which convention"


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
