"""The stage, and a validated FRCP whose recipients have boxes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import Transport
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.exchange.transmissions.tests.stage import Noting, Stage
from dcc.patients import api as patients
from tests.fixtures import fill_document

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """The registry of these tests, in place."""
    made = Stage()
    with use_registry(made.registry):
        yield made


GP = {"family": "DURAND", "given": "Denis", "suffix": "DR", "id": {"root": "1.2.250.1.71.4.2.1", "extension": "810000000009"}}


@pytest.fixture
def completed_id(stage: Stage, alice: User, frcp_id: uuid.UUID) -> uuid.UUID:
    """An FRCP « complété » whose médecin traitant is known."""
    revision = documents.open_document(alice, frcp_id).revision
    change = documents.Change("frcp.participants.medecin_traitant", GP, revision)
    assert not documents.save_answers(actor=alice, document_id=frcp_id, changes=[change]).refused
    fill_document(alice, frcp_id)
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    return frcp_id


@pytest.fixture
def validated_id(bob: User, completed_id: uuid.UUID) -> uuid.UUID:
    """The same, validated."""
    revision = documents.open_document(bob, completed_id).revision
    documents.validate_document(actor=bob, document_id=completed_id, expected_revision=revision)
    return completed_id


@pytest.fixture
def dmp(stage: Stage) -> Noting:
    """A transport of the channel."""
    transport = Noting("dmp")
    stage.registry.add(Transport, "dmp", transport)
    return transport


@pytest.fixture
def frcp(stage: Stage, alice: User, bob: User, facility: Facility, patient_id: uuid.UUID, completed_id: uuid.UUID) -> uuid.UUID:
    """A validated FRCP of a qualified identity, whose files are still to be made."""
    stage.boxes.add("810000000009")
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    revision = documents.open_document(bob, completed_id).revision
    documents.validate_document(actor=bob, document_id=completed_id, expected_revision=revision)
    return completed_id
