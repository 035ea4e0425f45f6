"""Favourites on the page of a document: searched, inserted with their provenance, taken out, on a plain page too."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.web.tests.browsing import texts_of, tree_of
from dcc.web.tests.conftest import page_of
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.terminology import api as terminology
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
GROUP = "frcp.propositions"
TEXT = "FEC 100 puis docétaxel"


def rows(count: int = 2) -> list[dict[str, Any]]:
    """Rows with a code and a text."""
    kinds = terminology.concepts("jdv-type-traitement-frcp-cisis")
    return [
        {
            "frcp.propositions.intention": 1,
            "frcp.propositions.sequence": n + 1,
            "frcp.propositions.type": kinds[n].value,
            "frcp.propositions.precision": TEXT,
        }
        for n in range(count)
    ]


def keep(actor: User, name: str = "FEC", place: bank.Place | None = None, **described: Any) -> UUID:
    """A favourite of two rows."""
    content = bank.Content(name, "frcp", GROUP, rows(), **described)
    schema = forms.published_form("frcp_standard").schema
    return bank.save_favourite(actor=actor, content=content, schema=schema, place=place, confirmed=[TEXT])


def make_rcp() -> int:
    """An RCP, « R1 »."""
    from rcp_directory import api as directory

    network, centre = directory.Named("1", "R", "Réseau"), directory.Named("2", "C", "Centre")
    return directory.record_rcp(
        national_id="R1", denomination="Sein", network=network, centre=centre, attributes={"nature": "ORG-117"}
    )


def post(client: Client, document_id: UUID, **body: Any) -> Any:
    """What the script of the page asks."""
    url = reverse("web:favourite_insert", args=[document_id])
    return client.post(url, json.dumps({"group": GROUP, **body}), content_type="application/json")


def search(client: Client, document_id: UUID, text: str = "") -> Any:
    """The type-ahead."""
    return client.get(reverse("web:favourite_offers", args=[document_id]), {"groupe": GROUP, "q": text})


def test_only_groups_that_admit_favourites_have_the_field(visit: Visit, alice: User, frcp_id: UUID) -> None:
    page = tree_of(visit(alice).get(reverse("web:document", args=[frcp_id])).content)
    assert page.xpath("//div[@data-favourites]/@data-favourites") == [GROUP]


def test_found_inserted_and_taken_out_again(visit: Visit, alice: User, frcp_id: UUID) -> None:
    favourite_id, client = keep(alice, protocol="FEC-D"), visit(alice)
    (option,) = search(client, frcp_id, "fec-d").json()["options"]
    assert option["label"] == "FEC"
    assert "Personnel" in option["detail"]
    answer = post(client, frcp_id, favourite=str(favourite_id), editor="page").json()
    assert answer["said"] == "« FEC » inséré : 2 lignes"
    view = documents.open_document(alice, frcp_id)
    assert [{**row["values"]} for row in view.answers[GROUP]] == rows()
    mark = view.provenance[f"{GROUP}/{answer['rows'][0]}/frcp.propositions.type"]
    assert (mark["origin"], mark["source"]) == ("favori", f"{favourite_id}@1")
    assert "favori" in answer["html"]
    undone = post(client, frcp_id, remove=answer["rows"], base=answer["revision"], editor="page").json()
    assert undone["said"] == "Insertion annulée"
    assert GROUP not in documents.open_document(alice, frcp_id).answers


def test_a_row_that_a_colleague_changed_is_not_taken_out(visit: Visit, alice: User, bob: User, frcp_id: UUID) -> None:
    client = visit(alice)
    answer = post(client, frcp_id, favourite=str(keep(alice)), editor="page").json()
    changed = documents.Change(f"{GROUP}/{answer['rows'][0]}/frcp.propositions.precision", "Autre", answer["revision"])
    documents.save_answers(actor=bob, document_id=frcp_id, changes=[changed])
    undone = post(client, frcp_id, remove=answer["rows"], base=answer["revision"], editor="page").json()
    assert undone["said"] == "1 ligne reste : modifiée entre-temps"
    assert len(documents.open_document(alice, frcp_id).answers[GROUP]) == 1


def test_the_favourites_of_another_rcp_are_left_out(visit: Visit, alice: User, edith: User, frcp_id: UUID) -> None:
    keep(edith, place=bank.Place(bank.Scope.RCP, rcp_id=make_rcp()))
    client = visit(alice)
    for identifier, expected in (("R1", ["FEC"]), ("R2", [])):
        base = documents.open_document(alice, frcp_id).revision
        change = documents.Change("frcp.rcp.identifiant", identifier, base)
        assert documents.save_answers(actor=alice, document_id=frcp_id, changes=[change]).saved
        assert [o["label"] for o in search(client, frcp_id).json()["options"]] == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"favourite": "x"}, 409),
        ({"favourite": "6f0d2c1e-5a0b-4a3e-9f5d-1f9f0a1b2c3d"}, 409),
        ({"remove": "x", "base": 1}, 400),
        ({"remove": [], "base": "1"}, 400),
        ({"group": 3}, 400),
    ],
)
def test_what_is_badly_asked_changes_nothing(visit: Visit, alice: User, frcp_id: UUID, body: dict[str, Any], status: int) -> None:
    assert post(visit(alice), frcp_id, **body).status_code == status
    assert GROUP not in documents.open_document(alice, frcp_id).answers


def test_a_favourite_that_does_not_fit_whole_is_not_inserted_by_halves(visit: Visit, alice: User, frcp_id: UUID) -> None:
    favourite_id = keep(alice)
    for _ in range(199):
        documents.add_row(actor=alice, document_id=frcp_id, group_key=GROUP)
    response = post(visit(alice), frcp_id, favourite=str(favourite_id))
    assert response.status_code == 409
    assert "Aucune ligne" in response.json()["error"]
    assert len(documents.open_document(alice, frcp_id).answers[GROUP]) == 199


@pytest.mark.parametrize(
    ("who", "found"),
    [("alice", 200), ("bob", 200), ("sonia", 200), ("lea", 403), ("charlie", 404), ("edith", 404), ("adrien", 404)],
)
def test_who_reaches_it(visit: Visit, people: dict[str, User], frcp_id: UUID, who: str, found: int) -> None:
    favourite_id, client = keep(people["edith"], place=bank.Place(bank.Scope.REGION)), visit(people[who])
    assert search(client, frcp_id).status_code == found
    page = reverse("web:favourite_choose", args=[frcp_id]) + f"?groupe={GROUP}"
    assert client.get(page).status_code == found
    assert client.post(page, {"favourite": str(favourite_id)}).status_code == (302 if found == 200 else found)
    assert post(client, frcp_id, favourite=str(favourite_id)).status_code == found


def test_without_scripts_a_page_lists_them(visit: Visit, alice: User, frcp_id: UUID, facility: Facility) -> None:
    favourite_id, client = keep(alice, cycles=6), visit(alice)
    response = client.post(reverse("web:document", args=[frcp_id]), page_of(client, frcp_id, do=f"favourites:{GROUP}"))
    page = client.get(response["Location"])
    assert "FEC" in texts_of(page.content, "th")
    assert "6 cycles" in page.content.decode()
    assert client.get(response["Location"] + "&q=xeloda").content.decode().count("Aucun favori ne répond") == 1
    response = client.post(response["Location"], {"favourite": str(favourite_id)})
    assert response["Location"].partition("#")[2].startswith(f"f-{GROUP}/")
    assert len(documents.open_document(alice, frcp_id).answers[GROUP]) == 2
    assert client.get(reverse("web:favourite_choose", args=[frcp_id]) + "?groupe=frcp.tumeurs").status_code == 404
