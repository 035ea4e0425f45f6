"""Sending on demand through its pages: chosen, shown, motivated, sent, or refused with words; what people do to a sending."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.api import State
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.standing import make_rendition, make_transmission
from dcc.web.tests.browsing import form_data, texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
TYPED = {"label": "Dr Nora VIDAL", "address": "nora.vidal@essai.mssante.fr"}
WHY = "Admise cette nuit aux urgences"


def shown(client: Client, document_id: UUID, **changed: Any) -> Any:
    """The page after the choice: what would leave."""
    address = reverse("web:send", args=[document_id])
    data = form_data(client.get(address).content, "envoi", **changed)
    return client.post(address, {**data, "do": "review"})


def confirmed(client: Client, document_id: UUID, page: Any, **changed: Any) -> Any:
    """The last button, on the page that shows what leaves."""
    data = form_data(page.content, "envoi", **changed)
    return client.post(reverse("web:send", args=[document_id]), {**data, "do": "send"})


def test_what_leaves_is_shown_then_it_leaves_with_its_reason(visit: Visit, alice: User, complete_id: UUID) -> None:
    client = visit(alice)
    page = shown(client, complete_id, **TYPED)
    cells = [" ".join(cell.text_content().split()) for cell in tree_of(page.content).xpath("//tbody/tr/*")]
    assert cells[:2] == ["Dr Nora VIDAL", "nora.vidal@essai.mssante.fr"]
    assert "MSSanté · enveloppe XDM (CDA R2 N3, CDA R2 N1) et PDF/A-1" in cells[2]
    assert not Transmission.objects.exists()
    assert confirmed(client, complete_id, page).status_code == 422, "sans motif"
    assert not Transmission.objects.exists()
    answer = confirmed(client, complete_id, page, reason=WHY)
    assert answer["Location"] == reverse("web:transmissions", args=[complete_id])
    row = Transmission.objects.get()
    assert (row.label, row.address, row.continuity_reason) == ("Dr Nora VIDAL", TYPED["address"], WHY)


def test_nothing_is_chosen(visit: Visit, alice: User, complete_id: UUID) -> None:
    answer = shown(visit(alice), complete_id)
    assert answer.status_code == 422
    assert "Choisir au moins un destinataire" in texts_of(answer.content, ".notice")[0]


def test_what_figure_10_refuses_cannot_be_chosen_and_says_why(visit: Visit, alice: User, complete_id: UUID) -> None:
    tree = tree_of(visit(alice).get(reverse("web:send", args=[complete_id])).content)
    refused = [" ".join(item.text_content().split()) for item in tree.xpath("//div[@class='off']")]
    assert any("Patient (Mon espace santé)" in words and "jamais transmis" in words for words in refused)
    assert "patient" not in tree.xpath("//input[@name='to']/@value")


def test_another_professional_is_found_and_chosen(visit: Visit, alice: User, bob: User, complete_id: UUID) -> None:
    client, address = visit(alice), reverse("web:send", args=[complete_id])
    page = client.get(address, {"q": "bernard"})
    (number,) = tree_of(page.content).xpath("//input[@name='number'][@value!='']/@value")
    data = form_data(page.content, "envoi", number=number)
    shown_to = client.post(address, {**data, "do": "review"})
    assert texts_of(shown_to.content, "th")[-1].startswith("DR Bob BERNARD")
    assert "Personne de ce nom" in client.get(address, {"q": "zzzz"}).content.decode()


def test_a_validated_frcp_goes_to_another_region_a_completed_one_is_entrusted(
    visit: Visit, alice: User, complete_id: UUID
) -> None:
    client, there = visit(alice), {"label": "DCC voisin", "address": "dcc@essai.mssante.fr", "kind": "dcc"}
    refused = confirmed(client, complete_id, shown(client, complete_id, **there), reason=WHY)
    assert "Confier à une autre région" in texts_of(refused.content, ".notice")[0]
    revision = documents.open_document(alice, complete_id).revision
    documents.validate_document(actor=alice, document_id=complete_id, expected_revision=revision)
    assert confirmed(client, complete_id, shown(client, complete_id, **there), reason=WHY).status_code == 302
    assert Transmission.objects.get(address=there["address"]).recipient_kind == "dcc"


def test_who_may_not_give_the_reason_is_told(visit: Visit, sonia: User, complete_id: UUID) -> None:
    client = visit(sonia)
    answer = confirmed(client, complete_id, shown(client, complete_id, **TYPED), reason=WHY)
    assert answer.status_code == 422
    assert "seul un médecin" in texts_of(answer.content, ".problem")[0]


def test_a_document_that_changed_meanwhile_is_read_again(visit: Visit, alice: User, complete_id: UUID) -> None:
    client = visit(alice)
    page = shown(client, complete_id, **TYPED)
    documents.reopen_document(actor=alice, document_id=complete_id)
    change = documents.Change("frcp.synthese.question", "Autre", base=documents.open_document(alice, complete_id).revision)
    revision = documents.save_answers(actor=alice, document_id=complete_id, changes=[change]).revision
    documents.complete_document(actor=alice, document_id=complete_id, expected_revision=revision)
    assert confirmed(client, complete_id, page, reason=WHY)["Location"] == reverse("web:document", args=[complete_id])
    assert not Transmission.objects.exists()


def act(name: str, row: Transmission) -> str:
    """The address of a gesture on a transmission."""
    return reverse("web:transmission_act", args=[row.document_id, row.pk, name])


def test_a_sending_is_given_up_with_a_reason(visit: Visit, alice: User, complete_id: UUID) -> None:
    row = make_transmission(make_rendition(complete_id), "Dr Paul NOIR", "ps", "mss", State.FAILED, "unknown_box")
    client = visit(alice)
    assert client.post(act("abandon", row), {"state": "echec", "said": ""}).status_code == 422
    assert client.post(act("abandon", row), {"state": "en_file", "said": "A quitté la région"}).status_code == 422
    assert client.post(act("abandon", row), {"state": "echec", "said": "A quitté la région"}).status_code == 302
    (line,) = exchange.transmissions_of(alice, complete_id)
    assert (line.state, line.detail) == (State.ABANDONED, "A quitté la région")


@pytest.mark.parametrize("name", ["relance", "adresse", "abandon"])
def test_each_gesture_says_of_whom(visit: Visit, alice: User, complete_id: UUID, name: str) -> None:
    row = make_transmission(make_rendition(complete_id), "Dr Paul NOIR", "ps", "mss", State.FAILED, "unknown_box")
    page = visit(alice).get(act(name, row))
    assert "Dr Paul NOIR" in page.content.decode()
    assert tree_of(page.content).xpath("//input[@name='state']/@value") == ["echec"]


def test_a_wrong_address_is_refused_at_its_field(visit: Visit, alice: User, complete_id: UUID) -> None:
    row = make_transmission(make_rendition(complete_id), "Dr Paul NOIR", "ps", "mss", State.FAILED, "unknown_box")
    answer = visit(alice).post(act("adresse", row), {"state": "echec", "said": "pas une adresse"})
    assert answer.status_code == 422
    assert "n'est pas une adresse" in texts_of(answer.content, ".problem")[0]


def test_before_validation_it_is_said_who_gets_it_and_what_holds_it(visit: Visit, alice: User, complete_id: UUID) -> None:
    page = visit(alice).get(reverse("web:validation", args=[complete_id]))
    (section,) = tree_of(page.content).xpath("//section[@aria-labelledby='h-partira']")
    words = " ".join(section.text_content().split())
    assert "L'identité du patient n'est pas qualifiée : l’envoi attendra" in words
    assert "Plateforme de données en cancérologie (PDC)" in words


def test_an_opposition_is_noted_and_withdrawn(visit: Visit, alice: User, frcp_id: UUID, patient_id: UUID) -> None:
    client, page, file = visit(alice), reverse("web:opposition", args=[patient_id]), reverse("web:patient", args=[patient_id])
    assert client.post(page, {"do": "oppose", "words": "Dit en consultation"})["Location"] == file
    assert "s’oppose depuis" in client.get(file).content.decode()
    assert "Dit en consultation" in texts_of(client.get(page).content, ".notice")[-1]
    client.post(page, {"do": "withdraw"})
    assert exchange.opposition_of(alice, patient_id) is None
