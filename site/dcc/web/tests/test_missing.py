"""What is missing leads to its field, in every status and for everybody who may do something about it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.web.tests.browsing import texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
PATH = "frcp.motif.rcp_recours"


@pytest.fixture
def completed_too_early(alice: User, frcp_id: UUID) -> UUID:
    """An FRCP that alice declared completed while answers are missing."""
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    return frcp_id


def gaps(client: Client, document_id: UUID) -> str:
    """The page before validation."""
    return client.get(reverse("web:validation", args=[document_id])).content.decode()


def test_the_form_says_how_many_answers_are_missing_without_scripts(visit: Visit, alice: User, frcp_id: UUID) -> None:
    page = visit(alice).get(reverse("web:document", args=[frcp_id])).content
    (summary,) = tree_of(page).xpath("//a[@data-summary]")
    missing = len([f for f in documents.validation_findings(alice, frcp_id) if f.level == "error"])
    assert summary.text_content() == f"{missing} réponses manquent pour valider"
    assert summary.get("href") == reverse("web:validation", args=[frcp_id])


def test_a_completed_document_is_taken_up_again_at_the_field(visit: Visit, bob: User, completed_too_early: UUID) -> None:
    client = visit(bob)
    tree = tree_of(gaps(client, completed_too_early))
    (button,) = tree.xpath(f"//button[@name='at' and @value='{PATH}']")
    form = tree.get_element_by_id(button.get("form"))
    response = client.post(form.get("action"), {"at": PATH})
    assert response["Location"] == f"{reverse('web:document', args=[completed_too_early])}#f-{PATH}"
    page = client.get(response["Location"]).content
    assert tree_of(page).get_element_by_id(f"f-{PATH}").xpath(".//input[@type='radio']")
    assert texts_of(page, ".notice") == ["La saisie est reprise"]


def test_who_only_reads_is_offered_nothing(visit: Visit, lea: User, completed_too_early: UUID) -> None:
    tree = tree_of(gaps(visit(lea), completed_too_early))
    (section,) = tree.xpath("//section[@aria-labelledby='h-manque']")
    assert "RCP de recours" in section.text_content()
    assert not section.xpath(".//a | .//button")


def test_an_address_of_elsewhere_is_only_a_fragment(visit: Visit, alice: User, completed_too_early: UUID) -> None:
    url = reverse("web:step", args=[completed_too_early, "reopen"])
    response = visit(alice).post(url, {"at": "x\r\nSet-Cookie: a=b//evil.example"})
    assert response["Location"].startswith(f"{reverse('web:document', args=[completed_too_early])}#f-x%0D%0ASet-Cookie")
