"""What an editor arranged, on the clinician's page: kept choices, calculated values."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.web.tests.browsing import parsed
from dcc.web.tests.conftest import page_of
from forms_config.schema.calculations import Calculation
from forms_config.schema.choices import Choice
from forms_config.schema.model import Question
from tests.fixtures import Visit, publish_with

BREAST = (Choice("C50.4", "Sein, supéro-externe"), Choice("C50.2"))
SITE = Question(
    "region.siege", "Siège", "coded", values="jdv-tumeur-cisis", choices=BREAST, open=True, placeholder="Quel siège ?"
)
LISTED = Question("region.liste", "Liste", "coded", values="jdv-tumeur-cisis", choices=BREAST, width="third")
PLACE = Question("region.lieu", "Lieu", "coded", choices=(Choice("a", "Ambulatoire"), Choice("b", "Complète")))
A, B = (Question(f"region.{name}", name.upper(), "integer", placeholder="0 à 10") for name in "ab")
SUM = Question("region.somme", "Score", "integer", unit="points", calculation=Calculation("somme", ("region.a", "region.b")))
OFFICIAL = "Tumeur maligne du quadrant supéro-externe du sein"


@pytest.fixture
def document_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP on a form with all of them."""
    publish_with(SITE, LISTED, PLACE, A, B, SUM)
    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def saved(client: Client, document_id: uuid.UUID, **raw: Any) -> dict[str, Any]:
    """Save some fields as the open page does."""
    changes = [{"path": f"region.{key}", "base": 0, "raw": texts} for key, texts in raw.items()]
    response = client.post(
        reverse("web:autosave", args=[document_id]),
        json.dumps({"editor": "e", "changes": changes}),
        content_type="application/json",
    )
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_the_page_shows_the_words_of_the_form(visit: Visit, alice: User, document_id: uuid.UUID) -> None:
    client = visit(alice)
    saved(client, document_id, siege={"": ["C50.4"]}, lieu={"": ["b"]})
    page = parsed(client.get(reverse("web:document", args=[document_id])).content.decode())
    combo = page.xpath("//input[@name='region.siege:search']")[0]
    assert (combo.get("value"), combo.get("placeholder")) == ("Sein, supéro-externe", "Quel siège ?")
    buttons = page.xpath("//*[@data-path='region.lieu']//label[@class='choice']")
    assert [label.text_content().strip() for label in buttons][:2] == [
        "Ambulatoire", "Complète",
    ]  # fmt: skip
    assert "w-4" in page.xpath("//*[@data-path='region.liste']")[0].get("class")
    assert not page.xpath("//*[@data-path='region.siege']//*[contains(@class, 'with-words')]")


def test_what_is_stored_is_official(visit: Visit, alice: User, document_id: uuid.UUID) -> None:
    answer = saved(visit(alice), document_id, siege={"search": ["sein supero externe"]})
    assert answer["refused"] == {}
    assert documents.open_document(alice, document_id).answers["region.siege"]["label"] == OFFICIAL


@pytest.mark.parametrize(("raw", "words"), [
    ({"": ["C56"]}, "« Tumeur maligne de l'ovaire » n'est pas proposé par ce formulaire : choisir une autre valeur"),
    ({"": ["Z99.9"]}, "« Z99.9 » ne fait pas partie de la liste"),
])  # fmt: skip
def test_another_value_is_refused(visit: Visit, alice: User, document_id: uuid.UUID, raw: Any, words: str) -> None:
    assert saved(visit(alice), document_id, liste=raw)["refused"] == {"region.liste": words}


def test_an_answer_outside_the_choices_stays_readable(visit: Visit, alice: User, document_id: uuid.UUID) -> None:
    from dcc.documents.models import DocumentVersion

    ovary = {"code": "C56", "system": "2.16.840.1.113883.6.3", "label": "Tumeur maligne de l'ovaire"}
    version = DocumentVersion.objects.get(document_id=document_id)
    version.answers = {**version.answers, "region.liste": ovary}
    version.save()
    client = visit(alice)
    data = page_of(client, document_id)
    assert data["region.liste"] == ["C56|2.16.840.1.113883.6.3"]
    client.post(reverse("web:document", args=[document_id]), {**data, "region.a": "4"})
    answers = documents.open_document(alice, document_id).answers
    assert (answers["region.liste"], answers["region.a"]) == (ovary, 4)


@pytest.mark.parametrize(("text", "labels"), [
    ("", ["Sein, supéro-externe", "Tumeur maligne du quadrant supéro-interne du sein"]),
    ("supero externe", ["Sein, supéro-externe"]),
    ("ovaire", []),
])  # fmt: skip
def test_type_ahead_proposes_what_the_form_keeps(
    visit: Visit, alice: User, document_id: uuid.UUID, text: str, labels: list[str]
) -> None:
    form = documents.open_document(alice, document_id).form_version_id
    asked = {"liste": SITE.values, "formulaire": str(form), "question": SITE.key, "q": text}
    options = visit(alice).get(reverse("web:codes"), asked).json()["options"]
    assert [option["label"] for option in options] == labels


def test_calculated_values_come_back_with_what_was_saved(visit: Visit, alice: User, document_id: uuid.UUID) -> None:
    client = visit(alice)
    answer = saved(client, document_id, a={"": ["4"]}, b={"": ["3"]})
    field = parsed(answer["fields"]["region.somme"])
    assert field.xpath("//output//span[@class='value']")[0].text_content() == "7\u00a0points"
    assert "Somme de scores\u00a0: score «\u00a0A\u00a0», score «\u00a0B\u00a0»" in field.text_content()
    assert saved(client, document_id, somme={"": ["99"]})["refused"].keys() == {"region.somme"}
    data = page_of(client, document_id)
    response = client.post(reverse("web:document", args=[document_id]), {**data, "region.somme": "99", "region.b": "5"})
    assert response.status_code == 302
    assert documents.open_document(alice, document_id).answers["region.somme"] == 9


REPORT = Question("region.bilan", "Bilan", "file")


@pytest.fixture
def with_file_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP that asks for a file."""
    publish_with(REPORT)
    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def pdf(name: str = "bilan.pdf", content: bytes = b"%PDF-1.4 bilan") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_file_is_sent_from_its_question(visit: Visit, alice: User, with_file_id: uuid.UUID) -> None:
    client, url = visit(alice), reverse("web:file_answer", args=[with_file_id])
    answer = client.post(url, {"path": "region.bilan", "base": "0", "editor": "e", "file": pdf()}).json()
    link = parsed(answer["fields"]["region.bilan"]).xpath("//p[@class='joined']/a")[0]
    assert "bilan.pdf" in link.text_content()
    page = reverse("web:document", args=[with_file_id])
    assert client.get(page + link.get("href")).content == b"%PDF-1.4 bilan"
    refused = client.post(url, {"path": "region.bilan", "base": "1", "file": pdf(content=b"MZ")}).json()["refused"]
    assert refused == {"region.bilan": "Ce fichier n'est pas un PDF, JPEG, PNG ou TIFF"}
    assert client.post(url, {"path": "region.bilan", "base": "1"}).status_code == 400


def test_a_plain_post_joins_and_takes_off(visit: Visit, alice: User, with_file_id: uuid.UUID) -> None:
    client, url = visit(alice), reverse("web:document", args=[with_file_id])
    client.post(url, {**page_of(client, with_file_id), "region.bilan:upload": pdf()})
    assert documents.open_document(alice, with_file_id).answers["region.bilan"]["name"] == "bilan.pdf"
    assert client.post(url, {**page_of(client, with_file_id), "region.bilan:upload": pdf(content=b"MZ")}).status_code == 422
    client.post(url, {**page_of(client, with_file_id), "do": "unfile:region.bilan"})
    view = documents.open_document(alice, with_file_id)
    assert ("region.bilan" in view.answers, view.attachments) == (False, [])
