"""What is held, and what lets it go: an address that becomes known, a module, a wish of the patient, an identity."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import DocumentType, Transport
from dcc.contracts.errors import NotConfigured
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.transmissions.opposition import opposes
from dcc.exchange.transmissions.planning import plan
from dcc.exchange.transmissions.recipients import patient_address, professionals_of
from dcc.exchange.transmissions.releasing import release_waiting
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.patients import api as patients
from dcc.patients.models import Patient
from rcp_directory.models import NationalBox

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture
def qualified_id(
    stage: Stage, alice: User, bob: User, facility: Facility, patient_id: uuid.UUID, completed_id: uuid.UUID
) -> uuid.UUID:
    """A validated FRCP of a qualified identity; nobody has a box yet."""
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    revision = documents.open_document(bob, completed_id).revision
    documents.validate_document(actor=bob, document_id=completed_id, expected_revision=revision)
    drain()
    return completed_id


def causes(document_id: uuid.UUID) -> dict[str, str]:
    """Cause, else state, by recipient."""
    rows = Transmission.objects.filter(document=document_id)
    return {row.recipient_key: row.cause or row.state for row in rows}


def test_what_nothing_holds_any_more_leaves(stage: Stage, alice: User, qualified_id: uuid.UUID) -> None:
    gp = "rpps:810000000009"
    before = causes(qualified_id)
    assert (before[gp], before["pdc"], before["dmp"]) == ("no_address", "not_configured", "channel_off")
    assert release_waiting() == 0
    stage.boxes.add("810000000009")
    NationalBox.objects.create(use="pdc", address="pdc@test.mssante.fr")
    stage.registry.add(Transport, "dmp", stage.dmp)
    assert release_waiting() == 3
    drain()
    after = causes(qualified_id)
    assert (after[gp], after["pdc"], after["dmp"]) == ("envoyee", "envoyee", "envoyee")
    assert release_waiting() == 0


def test_a_transport_without_settings_is_not_asked_over_and_over(stage: Stage, qualified_id: uuid.UUID) -> None:
    stage.boxes.add("810000000009")
    assert release_waiting() == 1
    stage.mss.errors.append(NotConfigured("Aucun serveur"))
    drain()
    assert causes(qualified_id)["rpps:810000000009"] == "not_configured"
    assert release_waiting() == 0, "its delivery waits for the settings"


def test_a_channel_without_address_is_not_asked_over_and_over_either(stage: Stage, qualified_id: uuid.UUID) -> None:
    stage.registry.add(Transport, "dmp", stage.dmp)
    stage.dmp.errors += [NotConfigured("Aucun service") for _ in range(4)]
    for _ in range(4):
        release_waiting()
        drain()
    row = Transmission.objects.get(recipient_kind="dmp")
    assert (row.cause, row.steps.count()) == ("not_configured", 3), "held, in file, held: then it waits in its delivery"
    release_waiting()
    drain()
    assert Transmission.objects.get(pk=row.pk).state == "envoyee"


def test_a_qualification_that_is_lost_holds_what_is_in_file(stage: Stage, alice: User, qualified_id: uuid.UUID) -> None:
    stage.boxes.add("810000000009")
    assert release_waiting() == 1
    patient_id = Document.objects.get(pk=qualified_id).patient_id
    Patient.objects.filter(pk=patient_id).update(status="provisoire", ins_oid="", ins_matricule="")
    drain()
    assert (causes(qualified_id)["rpps:810000000009"], stage.mss.sent) == ("identity", [])


@pytest.mark.parametrize("change", ["before", "in file"])
def test_a_patient_who_opposes_gets_nothing_until_he_changes_his_mind(
    stage: Stage, alice: User, qualified_id: uuid.UUID, change: str
) -> None:
    frcp = Rendition.objects.get(version__document=qualified_id)
    patient_id = frcp.version.document.patient_id
    words = "Préfère recevoir ses documents en main propre"
    if change == "before":
        exchange.oppose(actor=alice, patient_id=patient_id, words=words)
    pps = Rendition.objects.create(  # as a validated PPS has it
        version=frcp.version,
        number=2,
        reason="statut",
        as_of=frcp.as_of,
        snapshot={**frcp.snapshot, "document_type": "pps", "rendition_id": str(uuid.uuid4())},
        snapshot_sha256=frcp.snapshot_sha256,
    )
    plan(pps.pk)
    if change == "in file":
        exchange.oppose(actor=alice, patient_id=patient_id, words=words)
    drain()
    row = Transmission.objects.get(recipient_kind="patient")
    assert (row.state, row.cause) == ("retenue", "opposition")
    assert exchange.opposition_of(alice, patient_id) is not None
    with pytest.raises(exchange.SendingRefused, match="s'oppose"):
        exchange.retry(actor=alice, transmission_id=row.pk, expected_state="retenue")
    exchange.withdraw_opposition(actor=alice, patient_id=patient_id)
    drain()
    assert [to.address for _, to, _ in stage.mss.sent] == [f"{INS.extension}@patient.mssante.fr"]
    assert exchange.opposition_of(alice, patient_id) is None


def test_who_may_note_an_opposition(stage: Stage, lea: User, charlie: User, adrien: User, patient_id: uuid.UUID) -> None:
    with pytest.raises(PermissionDenied):
        exchange.oppose(actor=lea, patient_id=patient_id, words="Non")
    for stranger in (charlie, adrien):
        with pytest.raises(patients.UnknownPatient):
            exchange.oppose(actor=stranger, patient_id=patient_id, words="Non")
    with pytest.raises(patients.UnknownPatient):
        exchange.opposition_of(charlie, patient_id)


def test_what_a_region_chooses_counts_for_what_is_planned_next(
    stage: Stage, alice: User, edith: User, qualified_id: uuid.UUID
) -> None:
    frcp = Rendition.objects.get(version__document=qualified_id)
    assert "rpps:810000000001" not in causes(qualified_id), "authors get no copy by themselves"
    with pytest.raises(PermissionDenied):
        exchange.change_choices(actor=alice, expected_number=0, values={"authors": True}, reason="x")
    with pytest.raises(exchange.SendingRefused, match="inconnu"):
        exchange.change_choices(actor=edith, expected_number=0, values={"pdc": False}, reason="x")
    exchange.change_choices(actor=edith, expected_number=0, values={"authors": True}, reason="Demande des centres")
    with pytest.raises(exchange.Moved):
        exchange.change_choices(actor=edith, expected_number=0, values={}, reason="Trop tard")
    plan(frcp.pk)
    assert "rpps:810000000001" in causes(qualified_id)
    assert [version.number for version in exchange.choices_history()] == [1]


def test_types_that_figure_10_does_not_know_go_nowhere_by_themselves(stage: Stage, qualified_id: uuid.UUID) -> None:
    stage.registry.add(DocumentType, "autre", DocumentType("autre", "Autre", "autre", "1", ()))
    frcp = Rendition.objects.get(version__document=qualified_id)
    other = Rendition.objects.create(
        version=frcp.version,
        number=2,
        reason="statut",
        as_of=frcp.as_of,
        snapshot={**frcp.snapshot, "document_type": "autre"},
        snapshot_sha256=frcp.snapshot_sha256,
    )
    assert plan(other.pk) == []


@pytest.mark.parametrize(
    ("root", "tests", "reached"),
    [
        ("1.2.250.1.213.1.4.8", False, True),
        ("1.2.250.1.213.1.4.9", False, True),
        ("1.2.250.1.213.1.4.10", False, False),
        ("1.2.250.1.213.1.4.10", True, True),
        ("1.2.250.1.213.1.4.11", True, True),
        ("1.2.250.1.213.1.4.2", True, False),
    ],
)
def test_a_box_of_a_patient_is_named_by_a_nir_or_a_nia(root: str, *, tests: bool, reached: bool) -> None:
    address = patient_address(InstanceId(root, "279035121518989"), test_identities=tests)
    assert address == ("279035121518989@patient.mssante.fr" if reached else "")
    assert patient_address(None, test_identities=tests) == ""


def test_one_who_is_named_twice_is_one_recipient_with_both_parts() -> None:
    doctor = {"family": "DURAND", "given": "Denis", "id": {"root": "1.2.250.1.71.4.2.1", "extension": "810000000009"}}
    unnumbered = {"family": "PETIT", "telecoms": [{"value": "mailto:Petit@ps.mssante.fr"}, {"value": "tel:0241"}]}
    answers = {
        "frcp.participants.medecin_traitant": doctor,
        "frcp.participants.demandeur": doctor,
        "frcp.participants.presentateur": {"null": "NA"},
        "frcp.participants.quorum": [{"id": "r", "values": {"frcp.participants.quorum.professionnel": unnumbered}}],
        "frcp.participants.hors_quorum": [
            {"id": "s", "values": {"frcp.participants.hors_quorum.professionnel": {"family": "SEPT", "given": "Sam"}}}
        ],
        "frcp.cro.chirurgien": {"family": "CITE"},
    }
    found = professionals_of("frcp", answers)
    assert [(named.label, tuple(named.roles)) for named in found] == [
        ("Denis DURAND", ("Médecin traitant", "Médecin demandeur")),
        ("PETIT", ("Participant à la RCP",)),
        ("Sam SEPT", ("Participant hors quorum",)),
    ]
    assert found[1].address == "petit@ps.mssante.fr"
    assert [named.label for named in professionals_of("frcp", answers, outside_quorum=False)] == ["Denis DURAND", "PETIT"]


@pytest.mark.django_db(transaction=True)
def test_a_wish_is_read_without_a_transaction(alice: User, patient_id: uuid.UUID) -> None:
    """Pages and the worker read it so; PostgreSQL refuses to lock a row there."""
    assert exchange.opposition_of(alice, patient_id) is None
    assert not opposes(patient_id)
    exchange.oppose(actor=alice, patient_id=patient_id, words="Préfère le papier")
    assert opposes(patient_id)
