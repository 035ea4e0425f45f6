"""A stage with a DMP, a qualified patient, an FRCP that alice wrote and bob validated, and its PPS by carla and dan."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.patients import api as patients
from forms_config.api import PublishedForm
from plugins.dmp.deposits.tests.stage import DmpStage
from tests.fixtures import fill_document, make_user, validate

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")
ALICE, BOB, CARLA, DAN = "810000000001", "810000000002", "810000000011", "810000000012"


@pytest.fixture
def stage() -> Iterator[DmpStage]:
    """The registry of these tests, in place."""
    made = DmpStage()
    with use_registry(made.registry):
        yield made


@pytest.fixture
def carla(facility: Facility) -> User:
    """Writes the PPS."""
    return make_user("carla", "medecin", facility, family="COLIN", given="Carla", national_id=CARLA)


@pytest.fixture
def dan(facility: Facility) -> User:
    """Validates the PPS."""
    return make_user("dan", "medecin", facility, family="DUMAS", given="Dan", national_id=DAN)


@pytest.fixture
def qualified(alice: User, facility: Facility, patient_id: uuid.UUID) -> uuid.UUID:
    """The patient, whose identity is qualified."""
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    return patient_id


@pytest.fixture
def frcp(stage: DmpStage, alice: User, bob: User, qualified: uuid.UUID, frcp_id: uuid.UUID) -> uuid.UUID:
    """A validated FRCP, whose files are made."""
    validate(alice, bob, frcp_id)
    drain()
    return frcp_id


WritePps = Callable[[], uuid.UUID]


@pytest.fixture
def write_pps(carla: User, dan: User, frcp: uuid.UUID, pps_form: PublishedForm) -> WritePps:
    """Write and validate the PPS of the FRCP."""

    def write() -> uuid.UUID:
        made = documents.create_following(actor=carla, reference_id=frcp)
        validate(carla, dan, made)
        drain()
        return made

    return write


def amend(author: User, physician: User, document_id: uuid.UUID) -> None:
    """A further version, validated."""
    documents.amend_document(actor=author, document_id=document_id)
    fill_document(author, document_id)
    revision = documents.open_document(author, document_id).revision
    documents.complete_document(actor=author, document_id=document_id, expected_revision=revision)
    revision = documents.open_document(physician, document_id).revision
    documents.validate_document(actor=physician, document_id=document_id, expected_revision=revision)
    drain()
