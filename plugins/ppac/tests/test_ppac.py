"""A PPAC through its whole life, by the doors of the core: started, validated, produced by the worker, received elsewhere."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from forms_config import api as forms
from plugins.ppac.apps import PPAC
from tests.fixtures import fill_document, sign_in


@pytest.fixture
def ppac_id(configuration: None, alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """A PPAC that alice just started."""
    forms.ensure_default_forms("ppac")
    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="ppac")


def validated(alice: User, bob: User, document_id: UUID) -> None:
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    drain()


def test_it_is_titled_and_asks_what_it_needs(ppac_id: UUID, alice: User) -> None:
    assert documents.open_document(alice, ppac_id).line.title == "Programme personnalisé de l'après-cancer"
    missing = {finding.question_key for finding in documents.validation_findings(alice, ppac_id) if finding.level == "error"}
    assert missing >= {"ppac.contacts.referent", "ppac.maladie.diagnostic", "ppac.suivis", "ppac.surveillance.signes"}


def test_it_stays_until_it_is_validated(ppac_id: UUID, alice: User, bob: User) -> None:
    version_id = documents.reference(alice, "document.open", ppac_id).version_id
    with pytest.raises(Refused, match="ne sort pas de la plateforme au statut « en_cours »"):
        exchange.freeze_rendition(version_id, ppac_id, reason="envoi")
    assert exchange.renditions_of(alice, ppac_id) == []


@pytest.mark.kit
def test_the_worker_makes_a_pdf_and_a_conformant_level_one(ppac_id: UUID, alice: User, bob: User) -> None:
    validated(alice, bob, ppac_id)
    [line] = exchange.renditions_of(alice, ppac_id)
    assert line.state == "prete"
    assert [(made.format, made.conformance, made.findings) for made in line.artifacts] == [
        ("cda-n1", "conforme", []),
        ("pdf-a1", "conforme", []),
    ]
    pdf = exchange.download(alice, ppac_id, "pdf-a1").content
    result = exchange.read_file(exchange.download(alice, ppac_id, "cda-n1").content)
    assert (result.header.document_type, result.header.volet_version) == (PPAC.key, PPAC.volet_version)
    assert [file.content for file in result.files] == [pdf]
    assert result.unknown_parts == ()


def test_a_new_version_replaces_what_was_given_out(ppac_id: UUID, alice: User, bob: User) -> None:
    validated(alice, bob, ppac_id)
    first = exchange.read_file(exchange.download(alice, ppac_id, "cda-n1").content).header
    documents.amend_document(actor=alice, document_id=ppac_id)
    change = documents.Change(
        "ppac.remise.motif", "Nouveau rythme de surveillance.", documents.open_document(alice, ppac_id).revision
    )
    assert not documents.save_answers(actor=alice, document_id=ppac_id, changes=[change]).refused
    validated(alice, bob, ppac_id)
    content = exchange.download(alice, ppac_id, "cda-n1").content
    second = exchange.read_file(content).header
    assert (second.set_id, second.version_number) == (first.set_id, first.version_number + 1)
    assert f'<parentDocument><id root="{first.identifier.root}"/>' in content.decode()


def test_another_establishment_receives_it_with_its_pdf(
    ppac_id: UUID, alice: User, bob: User, charlie: User, other_facility: Facility
) -> None:
    validated(alice, bob, ppac_id)
    content = exchange.download(alice, ppac_id, "cda-n1").content
    received = exchange.import_file(actor=charlie, facility_id=other_facility.pk, filename="ppac.xml", content=content)
    view = documents.open_document(charlie, received)
    assert (view.line.document_type, view.line.status) == ("ppac", "en_cours")
    assert [attachment.title for attachment in view.attachments] == ["Programme personnalisé de l'après-cancer"]


def test_its_standard_form_passes_the_gate(configuration: None, settings: Settings) -> None:
    settings.DCC_GATE_PROOF = True
    [form] = forms.ensure_default_forms("ppac")
    assert (form.key, form.number) == ("ppac_standard", 1)
    assert forms.ensure_default_forms("ppac")[0].number == 1


def test_it_is_started_from_the_patients_file(
    configuration: None, client: Client, alice: User, lea: User, facility: Facility, patient_id: UUID
) -> None:
    forms.ensure_default_forms("ppac")
    sign_in(client, alice)
    file = client.get(f"/patients/{patient_id}/")
    start = f"/patients/{patient_id}/nouveau/ppac/"
    assert f'href="{start}"' in file.content.decode()
    assert "Nouveau document\N{NO-BREAK SPACE}: PPAC" in file.content.decode()
    assert client.get(start).status_code == 200
    response = client.post(start)
    document_id = UUID(response["Location"].strip("/").split("/")[-1])
    assert documents.open_document(alice, document_id).line.document_type == "ppac"
    sign_in(client, lea)
    assert start not in client.get(f"/patients/{patient_id}/").content.decode()
    assert client.post(start).status_code == 403
