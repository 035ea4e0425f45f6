"""An identity that becomes qualified or is corrected: the same medical content leaves again in place of what was sent."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import Transport
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.events import IdentityChanged
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.events import api as events
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.transmissions.releasing import release_waiting
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.exchange.transmissions.tests.test_requesting import send
from dcc.patients import api as patients
from dcc.patients.models import Patient

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture
def sent_unqualified(stage: Stage, alice: User, validated_id: uuid.UUID) -> str:
    """A validated FRCP that the médecin traitant got for the continuity of care, and another box by choice; the address."""
    address = stage.boxes.add("810000000009")
    stage.registry.add(Transport, "dmp", stage.dmp)
    drain()
    send(alice, validated_id)
    drain()
    return address


def tell(patient_id: uuid.UUID) -> None:
    """What the patients room does when an identity changes."""
    with transaction.atomic():
        events.publish(IdentityChanged(patient_id=patient_id, at=Patient.objects.get(pk=patient_id).created_at, status=""))
    drain()


def test_what_was_validated_before_leaves_once_the_identity_is_qualified(
    stage: Stage, alice: User, facility: Facility, sent_unqualified: str, validated_id: uuid.UUID
) -> None:
    patient_id = Document.objects.get(pk=validated_id).patient_id
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    tell(patient_id)
    first, second = Rendition.objects.order_by("created_at")
    assert (second.reason, second.state, second.version_id) == ("identite", "prete", first.version_id)
    was, now = first.snapshot, second.snapshot
    assert (now["version_number"], now["set_id"]) == (was["version_number"] + 1, was["set_id"])
    assert (now["effective_time"], now["authors"], now["answers"]) == (was["effective_time"], was["authors"], was["answers"])
    made = {a.format: a.identifier_root for a in first.artifacts.exclude(identifier_root="")}
    assert {name: item["root"] for name, item in now["replaces"].items()} == made
    assert [package.action for package in stage.mss.to(sent_unqualified)] == ["new", "replace"]
    [(_, _, deposit)] = stage.dmp.sent
    assert (deposit.action, deposit.snapshot.patient.ins) == ("new", INS)
    tell(patient_id)
    assert Rendition.objects.count() == 2, "told again, nothing shows otherwise: nothing is made"
    assert set(Transmission.objects.filter(rendition=first).values_list("state", flat=True)) == {"envoyee", "remplacee"}


def test_a_corrected_trait_goes_to_whom_it_reached_and_a_lost_qualification_to_nobody(
    stage: Stage, alice: User, facility: Facility, sent_unqualified: str, validated_id: uuid.UUID
) -> None:
    row = Patient.objects.get(pk=Document.objects.get(pk=validated_id).patient_id)
    Patient.objects.filter(pk=row.pk).update(birth_name="PAT-QUATRE")
    tell(row.pk)
    held = Transmission.objects.get(rendition__reason="identite", recipient_key="rpps:810000000009")
    assert (held.state, held.cause) == ("retenue", "identity"), "no longer without a reason"
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=row.pk, ins=INS)
    tell(row.pk)
    count = Rendition.objects.count()
    Patient.objects.filter(pk=row.pk).update(status="provisoire", ins_oid="", ins_matricule="")
    tell(row.pk)
    assert Rendition.objects.count() == count
    [*_, last] = stage.mss.to(sent_unqualified)
    assert (last.action, last.snapshot.patient.traits.birth_name, last.snapshot.version_number) == ("replace", "PAT-QUATRE", 3)


def test_whom_somebody_chose_and_who_still_waits_gets_what_replaces_it(
    stage: Stage, alice: User, bob: User, facility: Facility, completed_id: uuid.UUID
) -> None:
    stage.mss.errors.append(Refused("500", cause="refused"))
    chosen = exchange.RecipientChoice(label="Dr Noa PETIT", address="noa.petit@ps.mssante.fr")
    waiting = Transmission.objects.get(pk=send(alice, completed_id, chosen))
    drain()
    revision = documents.open_document(bob, completed_id).revision
    documents.validate_document(actor=bob, document_id=completed_id, expected_revision=revision)
    drain()
    waiting.refresh_from_db()
    validated = Transmission.objects.filter(line=waiting.line).latest("requested_at")
    assert (waiting.state, validated.state, validated.cause) == ("remplacee", "retenue", "identity")
    assert (validated.requested_by, validated.rendition.snapshot["status"]) == (alice, "valide")
    patient_id = Document.objects.get(pk=completed_id).patient_id
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    tell(patient_id)
    [package] = stage.mss.to("noa.petit@ps.mssante.fr")
    assert (package.snapshot.patient.ins, package.action) == (INS, "new")


OTHER = ("1.2.250.1.213.1.4.8", "277076322082910")
FORMER = [
    ("qualifiee", INS, False),
    ("qualifiee", InstanceId(*OTHER), True),
    ("qualifiee", InstanceId(OTHER[0], INS.extension), True),
]
"""Status and INS of the patient now, and whether what names ``INS`` gives way."""


@pytest.mark.parametrize(("status", "ins", "gives_way"), FORMER)
def test_what_names_a_former_ins_gives_way_instead_of_leaving(
    stage: Stage, alice: User, facility: Facility, validated_id: uuid.UUID, status: str, ins: InstanceId, *, gives_way: bool
) -> None:
    patient_id = Document.objects.get(pk=validated_id).patient_id
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    address = stage.boxes.add("810000000009")
    stage.mss.errors.append(RetryLater("Occupé", cause="unreachable"))
    drain()
    queued = Transmission.objects.get(channel="mss", recipient_key="rpps:810000000009")
    assert queued.state == "en_file"
    Patient.objects.filter(pk=patient_id).update(status=status, ins_oid=ins.root, ins_matricule=ins.extension)
    Delivery.objects.filter(settled_at__isnull=True).update(due_at=timezone.now())
    drain()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (("retenue", "former_ins") if gives_way else ("envoyee", ""))
    assert len(stage.mss.to(address)) == (0 if gives_way else 1)
    tell(patient_id)
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (("remplacee", "newer") if gives_way else ("envoyee", ""))
    [package] = stage.mss.to(address)
    assert package.snapshot.patient.ins == ins


def test_who_was_chosen_by_hand_gets_what_is_made_again_under_the_new_ins(
    stage: Stage, alice: User, facility: Facility, validated_id: uuid.UUID
) -> None:
    patient_id = Document.objects.get(pk=validated_id).patient_id
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    drain()
    stage.mss.errors.append(RetryLater("Occupé", cause="unreachable"))
    send(alice, validated_id, exchange.RecipientChoice(label="Dr Noa PETIT", address="noa.petit@ps.mssante.fr"))
    drain()
    Patient.objects.filter(pk=patient_id).update(ins_oid=OTHER[0], ins_matricule=OTHER[1])
    Delivery.objects.filter(settled_at__isnull=True).update(due_at=timezone.now())
    drain()
    assert stage.mss.to("noa.petit@ps.mssante.fr") == []
    tell(patient_id)
    [package] = stage.mss.to("noa.petit@ps.mssante.fr")
    assert package.snapshot.patient.ins == InstanceId(*OTHER)


def test_what_was_held_under_an_ins_leaves_when_it_comes_back(
    stage: Stage, alice: User, facility: Facility, validated_id: uuid.UUID
) -> None:
    patient_id = Document.objects.get(pk=validated_id).patient_id
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    address = stage.boxes.add("810000000009")
    stage.mss.errors.append(RetryLater("Occupé", cause="unreachable"))
    drain()
    for ins in (InstanceId(*OTHER), INS):
        Patient.objects.filter(pk=patient_id).update(ins_oid=ins.root, ins_matricule=ins.extension)
        Delivery.objects.filter(settled_at__isnull=True).update(due_at=timezone.now())
        drain()
        release_waiting()
        drain()
    assert len(stage.mss.to(address)) == 1
