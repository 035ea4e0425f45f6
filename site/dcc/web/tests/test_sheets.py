"""Side-effect sheets joined to a document: from an inserted favourite, from the attachments; once, with their version."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.web.tests.test_favourites import keep, post
from forms_config.favourites import api as bank
from forms_config.favourites.tests.conftest import pdf as pdf
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_memory(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture
def sheet_id(edith: User, pdf: bytes) -> UUID:
    """A sheet on FOLFOX that nobody read again in time."""
    sheet = bank.SheetContent("FOLFOX", "fr", "2019", date(2020, 1, 1), "FOLFOX et vous", "folfox.pdf", pdf)
    return bank.save_sheet(actor=edith, sheet=sheet)


def titles(actor: User, document_id: UUID) -> list[str]:
    """What is joined."""
    return [line.title for line in documents.open_document(actor, document_id).attachments]


def test_offered_with_the_favourite_and_joined_at_once(visit: Visit, alice: User, frcp_id: UUID, sheet_id: UUID) -> None:
    client = visit(alice)
    answer = post(client, frcp_id, favourite=str(keep(alice, sheet="FOLFOX"))).json()
    label = "FOLFOX et vous (français, version 2019)"
    assert answer["sheets"] == [{"value": str(sheet_id), "label": label}]
    url = reverse("web:sheet_attach_now", args=[frcp_id])
    said = client.post(url, json.dumps({"sheet": str(sheet_id)}), content_type="application/json").json()["said"]
    assert "est jointe ; attention, elle devait être relue avant le 01/01/2020" in said
    assert titles(alice, frcp_id) == [label]
    again = client.post(url, json.dumps({"sheet": str(sheet_id)}), content_type="application/json").json()["said"]
    assert "déjà jointe" in again
    assert titles(alice, frcp_id) == [label]


def test_chosen_among_the_attachments(visit: Visit, alice: User, frcp_id: UUID, sheet_id: UUID) -> None:
    client, page = visit(alice), reverse("web:attachments", args=[frcp_id])
    keep(alice, sheet="FOLFOX")
    text = client.get(page).content.decode()
    assert "à relire depuis le 01/01/2020" in text
    assert "favori inséré" not in text
    post(client, frcp_id, favourite=str(bank.shelf(alice).mine[0].favourite_id))
    assert "favori inséré" in client.get(page).content.decode()
    assert "Aucune fiche ne répond" not in client.get(page + "?fiche=xeloda").content.decode()
    client.post(reverse("web:sheet_attach", args=[frcp_id]), {"sheet": str(sheet_id)})
    assert titles(alice, frcp_id) == ["FOLFOX et vous (français, version 2019)"]


@pytest.mark.parametrize(("body", "status"), [("{}", 400), ("x", 400), ("[]", 400), ('{"sheet": "x"}', 409)])
def test_what_is_badly_asked_joins_nothing(visit: Visit, alice: User, frcp_id: UUID, body: str, status: int) -> None:
    response = visit(alice).post(reverse("web:sheet_attach_now", args=[frcp_id]), body, content_type="application/json")
    assert response.status_code == status
    assert titles(alice, frcp_id) == []


@pytest.mark.parametrize(
    ("who", "found"),
    [("bob", 200), ("sonia", 200), ("lea", 403), ("charlie", 404), ("edith", 404), ("adrien", 404)],
)
def test_who_joins_one(visit: Visit, people: dict[str, User], frcp_id: UUID, sheet_id: UUID, who: str, found: int) -> None:
    client, body = visit(people[who]), json.dumps({"sheet": str(sheet_id)})
    url = reverse("web:sheet_attach_now", args=[frcp_id])
    assert client.post(url, body, content_type="application/json").status_code == found
    plain = client.post(reverse("web:sheet_attach", args=[frcp_id]), {"sheet": str(sheet_id)}).status_code
    assert plain == (302 if found == 200 else found)
