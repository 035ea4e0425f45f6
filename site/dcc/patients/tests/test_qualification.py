"""The process: what arrives or is typed goes to *qualifiée* by the table, stops, waits, and goes on by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.events import api as events
from dcc.events.models import Delivery
from dcc.patients import api
from dcc.patients.models import IdentityProof, Patient, Qualification
from dcc.patients.qualification.resuming import sweep
from dcc.patients.tests.covered import (
    FakeInsi,
    accept,
    ask,
    commit,
    cover,
    insi_answers,
    prove,
    sign,
    status,
    step,
    verdict,
)
from dcc.patients.tests.people import ECETINSI, MATRICULES, NESSI, NIR, NIR_TEST, ZOE, header
from dcc.patients.tests.test_registration import create, here


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


def test_the_sweep_reaches_those_behind_who_stays_stopped(
    insi: FakeInsi, alice: User, bob: User, facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcc.patients.qualification.resuming.BATCH", 1)
    commit(alice)
    first, second = (
        api.register_from_header(actor=actor, facility_id=here(alice), header=header(traits)).patient_id
        for actor, traits in ((bob, NESSI), (alice, ZOE))
    )
    events.drain()
    accept(bob, first)
    accept(alice, second)
    sign(facility)
    sweep()
    assert (status(first), status(second)) == ("recuperee", "qualifiee")


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
        assert [(line.kind, line.patient_id) for line in api.to_do(alice)] == [("justificatif", one)], "the pair has its own list"
        assert api.count_to_do(alice) == 1


def test_an_ins_that_another_patient_took_meanwhile_is_refused(alice: User, facility: Facility) -> None:
    cover(facility, alice)
    with insi_answers(ECETINSI=verdict(ECETINSI, matricule=MATRICULES["NESSI"])):
        one, two = create(alice), create(alice, ECETINSI)
        ask(alice, one)
        ask(alice, two)
        accept(alice, one)
        with pytest.raises(Refused, match="autre patient"):
            accept(alice, two)
    where = api.standing(actor=alice, patient_id=two)
    assert (where.status, where.next, where.duplicates, where.proposal) == ("provisoire", "doublon", (one,), None)


def test_a_refused_answer_of_insi_is_noted(alice: User, facility: Facility, settings: Settings) -> None:
    cover(facility, alice)
    settings.DCC_TEST_IDENTITIES = False
    strange = replace(verdict(NESSI), ins=InstanceId(NIR_TEST, MATRICULES["NESSI"]))
    with insi_answers(NESSI=strange):
        one = create(alice)
        with pytest.raises(Refused, match="test"):
            ask(alice, one)
    assert "test" in api.standing(actor=alice, patient_id=one).fault


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


@pytest.mark.parametrize("attribute", ["douteuse", "fictive"])
def test_a_flow_that_doubts_brings_nothing(insi: FakeInsi, alice: User, facility: Facility, attribute: str) -> None:
    cover(facility, alice)
    patient_id = api.register_from_header(
        actor=None, facility_id=facility.pk, header=header(NESSI), source="hl7", received="qualifiee", attribute=attribute
    ).patient_id
    events.drain()
    patient = Patient.objects.get(pk=patient_id)
    assert (patient.status, patient.doubtful, patient.fictitious) == (
        "provisoire",
        attribute == "douteuse",
        attribute == "fictive",
    )
    assert not insi.asked
    assert not IdentityProof.objects.exists()
