"""The first page: whose documents, in what status, of which patient."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.web.tests.browsing import tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def listed(page: bytes) -> list[str]:
    """Addresses of the documents of a page, in order."""
    return list(tree_of(page.decode()).xpath("//main//tbody//a[@class='row-link']/@href"))


def address(document_id: UUID) -> str:
    """Where a document is."""
    return reverse("web:document", args=[document_id])


@pytest.fixture
def second_id(bob: User, facility: Facility, patient_id: UUID, frcp_id: UUID) -> UUID:
    """A later document, started by bob."""
    return documents.create_document(actor=bob, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def test_the_team_s_documents_last_changed_first(visit: Visit, alice: User, frcp_id: UUID, second_id: UUID) -> None:
    client, url = visit(alice), reverse("web:worklist")
    assert listed(client.get(url).content) == [address(second_id), address(frcp_id)]
    change = documents.Change("frcp.rcp.rrc_nom", "ONCOPL", 0)
    documents.save_answers(actor=alice, document_id=frcp_id, changes=[change])
    assert listed(client.get(url).content) == [address(frcp_id), address(second_id)]


def test_one_s_own(visit: Visit, alice: User, bob: User, frcp_id: UUID, second_id: UUID) -> None:
    url = f"{reverse('web:worklist')}?qui=moi"
    assert listed(visit(alice).get(url).content) == [address(frcp_id)]
    assert listed(visit(bob).get(url).content) == [address(second_id)]
    change = documents.Change("frcp.rcp.rrc_nom", "ONCOPL", 0)
    documents.save_answers(actor=bob, document_id=frcp_id, changes=[change])
    assert set(listed(visit(bob).get(url).content)) == {address(frcp_id), address(second_id)}


def test_by_status(visit: Visit, alice: User, frcp_id: UUID, second_id: UUID) -> None:
    documents.cancel_document(actor=alice, document_id=frcp_id)
    client, url = visit(alice), reverse("web:worklist")
    assert listed(client.get(url).content) == [address(second_id)]
    assert listed(client.get(url, {"statut": "annule"}).content) == [address(frcp_id)]
    assert listed(client.get(url, {"statut": "en_cours"}).content) == [address(second_id)]
    assert listed(client.get(url, {"statut": "valide"}).content) == []
    assert len(listed(client.get(url, {"statut": "n'importe quoi"}).content)) == 1


def test_by_patient(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client, url = visit(alice), reverse("web:worklist")
    assert listed(client.get(url, {"q": "pat trois"}).content) == [address(frcp_id)]
    empty = client.get(url, {"q": "personne d'autre"})
    assert listed(empty.content) == []
    assert "Aucun document ne répond à ces critères" in empty.content.decode()


def test_filters_keep_each_other(visit: Visit, alice: User) -> None:
    page = visit(alice).get(reverse("web:worklist"), {"q": "pat", "qui": "moi"}).content.decode()
    links = tree_of(page).xpath("//div[@class='choices']/a/@href")
    assert "/?qui=moi&statut=valide&q=pat" in links
    assert "/?q=pat" in links


def test_a_long_list_is_shown_by_parts(
    visit: Visit, alice: User, facility: Facility, patient_id: UUID, configuration: None
) -> None:
    for _n in range(42):
        documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    client, url = visit(alice), reverse("web:worklist")
    first = client.get(url).content
    assert len(listed(first)) == 40
    (more,) = tree_of(first.decode()).xpath("//p[@class='pagination']/a/@href")
    assert len(listed(client.get(url + more.partition("/")[2]).content)) == 42


def test_who_sees_no_document_is_led_elsewhere(visit: Visit, edith: User) -> None:
    assert visit(edith).get(reverse("web:worklist"))["Location"] == reverse("wagtailadmin_home")
