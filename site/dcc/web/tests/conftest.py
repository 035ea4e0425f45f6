"""Clients of the people, signed in with both factors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.exchange.tests.conftest import source  # noqa: F401  (a fixture that pages of two regions ask for)
from dcc.web.tests.browsing import form_data
from tests.fixtures import fill_document, make_patient


@pytest.fixture(autouse=True)
def _no_memory_of_the_region() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def people(alice: User, bob: User, charlie: User, sonia: User, lea: User, edith: User, adrien: User) -> dict[str, User]:
    """Everybody, by name."""
    return {u.username: u for u in (alice, bob, charlie, sonia, lea, edith, adrien)}


@pytest.fixture
def complete_id(alice: User, facility: Facility, configuration: None) -> UUID:
    """An FRCP that alice filled and declared completed."""
    patient_id = make_patient(alice, facility)
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    return document_id


@pytest.fixture
def valid_id(alice: User, complete_id: UUID) -> UUID:
    """An FRCP that alice validated."""
    revision = documents.open_document(alice, complete_id).revision
    documents.validate_document(actor=alice, document_id=complete_id, expected_revision=revision)
    return complete_id


def page_of(client: Client, document_id: UUID, **changed: Any) -> dict[str, Any]:
    """What the page of a document would send back now, some fields changed."""
    response = client.get(reverse("web:document", args=[document_id]))
    assert response.status_code == 200
    return form_data(response.content, "saisie", **changed)
