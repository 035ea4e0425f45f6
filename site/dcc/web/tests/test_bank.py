"""A clinician's favourites: kept from a document, listed, changed, proposed, decided; who reaches what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.web.tests.browsing import sent, texts_of, tree_of
from dcc.web.tests.conftest import page_of
from dcc.web.tests.test_favourites import GROUP, TEXT, keep, make_rcp, rows
from forms_config.favourites import api as bank
from forms_config.favourites.models import Favourite
from tests.fixtures import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configuration")]


@pytest.fixture
def filled_id(alice: User, frcp_id: UUID) -> UUID:
    """A document with two rows, one of them dated."""
    for number, values in enumerate(rows()):
        dated = {**values, "frcp.propositions.debut": "2026-11"} if number else values
        documents.add_row(actor=alice, document_id=frcp_id, group_key=GROUP, values=dated)
    return frcp_id


def form_of(content: bytes, number: int = -1, **changed: Any) -> dict[str, Any]:
    """What a form of the page sends back, some fields changed; ``None`` is not sent."""
    forms = [form for form in tree_of(content).iter("form") if form.get("method") == "post" and form.get("class")]
    data: dict[str, Any] = {**sent(forms[number]), **changed}
    return {name: value for name, value in data.items() if value is not None}


def keep_page(document_id: UUID) -> str:
    """The page that keeps rows."""
    return reverse("web:favourite_keep", args=[document_id]) + f"?groupe={GROUP}"


def test_rows_are_kept_once_their_texts_are_read_again(visit: Visit, alice: User, filled_id: UUID) -> None:
    client = visit(alice)
    response = client.post(reverse("web:document", args=[filled_id]), page_of(client, filled_id, do=f"keep:{GROUP}"))
    assert response["Location"] == keep_page(filled_id)
    page = client.get(keep_page(filled_id))
    assert TEXT in page.content.decode()
    assert "novembre" not in page.content.decode()
    asked = form_of(page.content, name="FEC", key="personnel")
    refused = client.post(keep_page(filled_id), asked)
    assert refused.status_code == 422
    assert "Relire ces textes" in refused.content.decode()
    ticked = tree_of(page.content).xpath("//input[@name='confirmed']/@value")
    answer = client.post(keep_page(filled_id), {**asked, "confirmed": ticked}, follow=True)
    assert "« FEC » est gardé dans vos favoris" in answer.content.decode()
    favourite = Favourite.objects.get()
    assert favourite.rows == rows()
    assert (favourite.owner, favourite.scope) == (alice, "personnel")


def test_some_rows_may_be_left_out_and_the_rest_proposed(visit: Visit, alice: User, facility: Facility, filled_id: UUID) -> None:
    client = visit(alice)
    page = client.get(keep_page(filled_id))
    chosen = tree_of(page.content).xpath("//input[@name='rows']/@value")[:1]
    ticked = tree_of(page.content).xpath("//input[@name='confirmed']/@value")
    asked = form_of(page.content, name="FEC", rows=chosen, confirmed=ticked, key=f"service:{facility.pk}")
    nameless = client.post(keep_page(filled_id), asked)
    assert "Nommer le service" in nameless.content.decode()
    client.post(keep_page(filled_id), {**asked, "service": "Oncologie"})
    favourite = Favourite.objects.get()
    assert (favourite.status, favourite.service, len(favourite.rows)) == ("propose", "Oncologie", 1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "obligatoire"),
        ({"key": "etablissement:6f0d2c1e-5a0b-4a3e-9f5d-1f9f0a1b2c3d"}, "choix"),
        ({"key": "rcp", "rcp": ""}, "Choisir une RCP"),
        ({"rows": []}, "de 1 à 20 lignes"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(
    visit: Visit, alice: User, filled_id: UUID, changed: dict[str, Any], said: str
) -> None:
    client = visit(alice)
    page = client.get(keep_page(filled_id))
    ticked = tree_of(page.content).xpath("//input[@name='confirmed']/@value")
    asked = {**form_of(page.content, name="FEC", key="personnel", protocol="FEC 100"), "confirmed": ticked, **changed}
    answer = client.post(keep_page(filled_id), asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "FEC 100" in answer.content.decode()
    assert not Favourite.objects.exists()


def test_the_shelf_shows_what_waits_and_what_was_answered(visit: Visit, alice: User, bob: User, facility: Facility) -> None:
    mine = keep(alice, "Le mien")
    proposal = bank.propose_favourite(
        actor=alice, favourite_id=mine, place=bank.Place(bank.Scope.SERVICE, facility.pk, "Oncologie")
    )
    page = visit(alice).get(reverse("web:bank"))
    assert "En attente" in page.content.decode()
    assert "Retirer la proposition" in page.content.decode()
    client = visit(bob)
    page = client.get(reverse("web:bank"))
    assert texts_of(page.content, "h3") == ["Le mien"]
    decide = reverse("web:bank_decide", args=[proposal])
    assert "pourquoi" in client.post(decide, {"do": "refuse"}, follow=True).content.decode()
    client.post(decide, {"do": "refuse", "note": "Trop particulier"})
    page = visit(alice).get(reverse("web:bank"))
    assert "Trop particulier" in page.content.decode()
    assert "DR Bob BERNARD" in page.content.decode()


def test_own_rows_are_changed_and_shared_ones_proposed(visit: Visit, alice: User, edith: User, bob: User) -> None:
    shared, mine = keep(edith, "Région", bank.Place(bank.Scope.REGION)), keep(bob, "À Bob")
    client = visit(alice)
    assert client.get(reverse("web:bank_favourite", args=[mine])).status_code == 404
    page = client.get(reverse("web:bank_favourite", args=[shared]))
    assert "Proposer la modification" in page.content.decode()
    asked = form_of(page.content, 0, name="Région bis", **{"rows-1-DELETE": "on"})
    client.post(reverse("web:bank_favourite", args=[shared]), asked)
    proposal = Favourite.objects.get(replaces=shared)
    assert (proposal.name, proposal.rows, proposal.status) == ("Région bis", rows(1), "propose")
    own = visit(bob)
    page = own.get(reverse("web:bank_favourite", args=[mine]))
    asked = form_of(page.content, 0, **{"rows-0-frcp.propositions.precision": "Autre texte"})
    answer = own.post(reverse("web:bank_favourite", args=[mine]), asked)
    assert "Relire ces textes" in answer.content.decode()
    ticked = tree_of(answer.content).xpath("//input[@name='confirmed']/@value")
    own.post(reverse("web:bank_favourite", args=[mine]), {**asked, "confirmed": ticked})
    changed = Favourite.objects.get(pk=mine)
    assert (changed.edition, changed.rows[0]["frcp.propositions.precision"]) == (2, "Autre texte")


def test_a_broken_one_says_why_and_is_mended(visit: Visit, alice: User) -> None:
    favourite_id, client = keep(alice), visit(alice)
    retired = {"code": "ZZZ-1", "system": rows()[0]["frcp.propositions.type"]["system"], "label": "Ancien"}
    Favourite.objects.update(rows=[{**rows(1)[0], "frcp.propositions.type": retired}])
    page = client.get(reverse("web:bank"))
    assert "Favoris à réparer" in page.content.decode()
    page = client.get(reverse("web:bank_favourite", args=[favourite_id]))
    assert "Ancien" in page.content.decode()
    wanted = rows()[0]["frcp.propositions.type"]
    asked = form_of(page.content, 0, **{"rows-0-frcp.propositions.type": f"{wanted['code']}|{wanted['system']}"})
    client.post(reverse("web:bank_favourite", args=[favourite_id]), asked)
    assert "Favoris à réparer" not in client.get(reverse("web:bank")).content.decode()


PAGES = ("shelf", "favourite", "propose", "withdraw", "decide")
REACH = """
                          alice  bob  sonia  lea  charlie  edith  adrien
personnel      shelf      200    200  200    200  200      403    403
personnel      favourite  200    404  404    404  404      403    403
personnel      propose    302    404  404    404  404      403    403
personnel      withdraw   302    404  404    404  404      403    403
personnel      decide     302    404  404    404  404      403    403
service        favourite  200    200  200    200  404      403    403
service        propose    302    302  302    302  404      403    403
service        decide     302    302  302    302  404      403    403
rcp            favourite  200    200  200    200  200      403    403
rcp            propose    302    302  302    302  302      403    403
rcp            withdraw   403    403  403    403  403      403    403
etablissement  favourite  200    200  200    200  404      403    403
etablissement  propose    302    302  302    302  404      403    403
etablissement  withdraw   403    403  403    403  404      403    403
service        withdraw   403    403  403    403  404      403    403
region         favourite  200    200  200    200  200      403    403
region         withdraw   403    403  403    403  403      403    403
"""


def test_who_reaches_which_page(visit: Visit, people: dict[str, User], facility: Facility) -> None:
    places = {
        "personnel": bank.Place(),
        "service": bank.Place(bank.Scope.SERVICE, facility.pk, "Oncologie"),
        "etablissement": bank.Place(bank.Scope.FACILITY, facility.pk),
        "rcp": bank.Place(bank.Scope.RCP, rcp_id=make_rcp()),
        "region": bank.Place(bank.Scope.REGION),
    }
    kept = {s: keep(people["alice" if s == "personnel" else "edith"], s, place) for s, place in places.items()}
    header, *lines = (line.split() for line in REACH.strip().splitlines())
    clients = {name: visit(people[name]) for name in header}
    wrong = []
    for scope, page, *cells in lines:
        for name, expected in zip(header, cells, strict=True):
            found = ask(clients[name], page, kept[scope])
            if found != int(expected):
                wrong.append((scope, page, name, found))
    assert wrong == []
    assert Favourite.objects.filter(status="retire").count() == 1, "alice's own"
    proposed = Favourite.objects.filter(status="propose").values_list("owner__username", flat=True)
    assert set(proposed) == {"alice", "bob", "sonia", "charlie"}, "a reader is offered no place, and told so"


def ask(client: Client, page: str, favourite_id: UUID) -> int:
    """The status of a page, posted to where it changes something."""
    if page == "shelf":
        return client.get(reverse("web:bank")).status_code
    url = reverse("web:bank_favourite" if page == "favourite" else f"web:bank_{page}", args=[favourite_id])
    data = {"do": "approve", "key": "region"}
    return (client.get(url) if page == "favourite" else client.post(url, data)).status_code
