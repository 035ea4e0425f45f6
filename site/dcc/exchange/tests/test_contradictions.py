"""A received file whose patient contradicts what is known waits for a person; her answer lets it through."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import DocumentType, Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.tests.received import IDENTITY, FakeReader
from dcc.patients import api as patients


def test_a_contradictory_identity_waits_for_a_person_then_the_same_file_goes_through(
    alice: User, facility: Facility, configuration: None
) -> None:
    registry = Registry()
    registry.add(Reader, "fake", FakeReader())
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", ()))

    def take() -> UUID:
        return exchange.import_file(actor=alice, facility_id=facility.pk, filename="frcp.xml", content=b"READ 1")

    with use_registry(registry):
        known = patients.create_patient(
            actor=alice, facility_id=facility.pk, traits=replace(IDENTITY.traits, birth_date="1979-03-29")
        )
        with pytest.raises(Refused, match="ressemble"):
            take()
        [asked] = patients.reconciliations(alice)
        patients.answer_reconciliation(
            actor=alice, reconciliation_id=asked.id, expected_revision=asked.revision, answer="conserver", reason="Vérifié"
        )
        view = documents.open_document(alice, take())
        assert view.line.patient_id == known
