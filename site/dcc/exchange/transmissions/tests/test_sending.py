"""From a validated document to what its recipients got, once each."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import InstanceId
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.stage import FORMATS, Stage
from dcc.patients import api as patients

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture
def qualified(alice: User, facility: Facility, patient_id: uuid.UUID) -> None:
    """The patient's identity is qualified."""
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)


@pytest.mark.usefixtures("qualified")
def test_a_validated_document_reaches_whom_it_names(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    address = "810000000009@ps.mssante.fr"
    stage.boxes.add("810000000009")
    drain()
    drain()
    [package] = stage.mss.to(address)
    assert (set(package.artifacts), package.action) == (set(FORMATS), "new")
    lines = exchange.transmissions_of(alice, validated_id)
    assert {(x.recipient_kind, x.state, x.cause) for x in lines} == {
        ("ps", "envoyee", ""),
        ("ps", "retenue", "no_address"),
        ("pdc", "retenue", "not_configured"),
        ("dmp", "retenue", "channel_off"),
    }
    key = stage.mss.sent[0][0]
    assert exchange.report(key=key, state="lue", at=timezone.now())
    assert not exchange.report(key=key, state="remise", at=timezone.now())
    assert Transmission.objects.get(pk=key).state == "lue"
