"""What is left of its documents when the plugin is switched off: read and listed as before, nothing new, nothing broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.test import Client

from dcc.accounts.api import Facility, User
from dcc.cms.api import ensure_groups
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import KINDS, Registry, current, use_registry
from dcc.documents import api as documents
from dcc.events.api import configuration_changed, drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from forms_config import api as forms
from forms_config.models import FormDefinition
from tests.fixtures import fill_document, sign_in


@contextmanager
def switched_off() -> Iterator[None]:
    """The registry of a platform without it: the plugin is nothing but its entry there."""
    registry, full = Registry(), current()
    for kind in KINDS:
        for key in full.keys(kind):
            if (kind, key) != (DocumentType, "ppac"):
                registry.add(kind, key, full.find(kind, key))
    for key in full.subscription_keys():
        subscription = full.subscription(key)
        assert subscription is not None
        registry.subscribe(subscription.event, subscription.handler, key=key)
    with use_registry(registry):
        yield


@pytest.fixture
def completed_id(configuration: None, alice: User, facility: Facility, patient_id: UUID) -> UUID:
    forms.ensure_default_forms("ppac")
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="ppac")
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    return document_id


def validate(actor: User, document_id: UUID) -> None:
    revision = documents.open_document(actor, document_id).revision
    documents.validate_document(actor=actor, document_id=document_id, expected_revision=revision)


PAGES = ("", "validation/", "fichiers/", "pieces/", "historique/", "lecture/")


def test_its_documents_stay_listed_and_readable(completed_id: UUID, alice: User, client: Client, patient_id: UUID) -> None:
    validate(alice, completed_id)
    drain()
    pdf = exchange.download(alice, completed_id, "pdf-a1").content
    sign_in(client, alice)
    with switched_off():
        for address in ("/", f"/patients/{patient_id}/", *(f"/documents/{completed_id}/{page}" for page in PAGES)):
            response = client.get(address)
            assert response.status_code in (200, 302), address
        assert "Programme personnalisé de l&#x27;après-cancer" in client.get(f"/patients/{patient_id}/").content.decode()
        assert client.get(f"/documents/{completed_id}/fichiers/pdf-a1/").getvalue() == pdf
        assert client.get(f"/patients/{patient_id}/nouveau/ppac/").status_code == 404


def test_no_other_is_started(completed_id: UUID, alice: User, facility: Facility, patient_id: UUID) -> None:
    with switched_off():
        with pytest.raises(documents.DocumentError, match="Aucun module installé ne connaît"):
            documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="ppac")
        assert "ppac_standard" not in {form.key for form in forms.ensure_default_forms("ppac", "frcp")}


def test_what_was_validated_meanwhile_is_made_when_it_is_back(completed_id: UUID, alice: User) -> None:
    with switched_off():
        validate(alice, completed_id)
        drain()
        assert exchange.renditions_of(alice, completed_id) == []
        delivery = Delivery.objects.get(key="exchange.renditions")
        assert (delivery.state, "ppac" in delivery.reason) == ("blocked", True)
    configuration_changed()
    drain()
    assert exchange.renditions_of(alice, completed_id)[0].state == "prete"


def test_the_workshop_still_opens_its_form(completed_id: UUID, edith: User, client: Client) -> None:
    ensure_groups()
    sign_in(client, edith)
    form = FormDefinition.objects.get(key="ppac_standard")
    with switched_off():
        response = client.get(f"/admin/snippets/forms_config/formdefinition/edit/{form.pk}/")
        assert response.status_code == 200
