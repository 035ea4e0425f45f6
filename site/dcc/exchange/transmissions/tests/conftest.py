"""The stage, and a validated FRCP whose recipients have boxes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from dcc.accounts.api import User
from dcc.contracts.registry import use_registry
from dcc.documents import api as documents
from dcc.exchange.transmissions.tests.stage import Stage
from tests.fixtures import fill_document


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
