"""Notices of plugins on the pages of somebody's work: asked once the page is there, by who may open what they are about."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.audit.models import Entry
from dcc.contracts.notices import Notice, Notices, NoticeSource, Place
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
SECRET = "NESSI Ruth"
HTMX = {"HX-Request": "true"}


@dataclass
class Says:
    """Says what it is given, and remembers where."""

    answer: Notices = field(default_factory=Notices)
    asked: list[Place] = field(default_factory=list)

    def notices(self, place: Place) -> Notices:
        self.asked.append(place)
        return self.answer


class Breaks:
    """A bug, which quotes a patient."""

    def notices(self, place: Place) -> Notices:
        raise ValueError(SECRET)


@pytest.fixture
def says() -> Iterator[Says]:
    """A source beside one that breaks."""
    source = Says(Notices([Notice("Un document attend votre connexion", "warning", "/plugins/x/", "Ouvrir l’accès")]))

    def register(registry: Registry) -> None:
        registry.add(NoticeSource, "breaks", Breaks())
        registry.add(NoticeSource, "says", source)

    with use_registry(make_registry(register)):
        yield source


PLACES = (
    ("worklist", "accueil", False, False),
    ("patient", "patient", True, False),
    ("document", "document", True, True),
    ("validation", "validation", True, True),
    ("transmissions", "envois", True, True),
)


@pytest.mark.parametrize(("page", "place", "of_patient", "of_document"), PLACES)
def test_a_page_asks_once_it_is_there(
    page: str,
    place: str,
    of_patient: bool,
    of_document: bool,
    says: Says,
    visit: Visit,
    alice: User,
    patient_id: UUID,
    frcp_id: UUID,
) -> None:
    subject = {"worklist": [], "patient": [patient_id]}.get(page, [frcp_id])
    client = visit(alice)
    shown = client.get(reverse(f"web:{page}", args=subject)).content.decode()
    assert says.asked == [], "the page never waits for notices"
    assert shown.count("htmx-2.min.js") == 1, "what asks for them is there, once"
    url = shown.split('class="page-notices"')[1].split('hx-get="')[1].split('"')[0]
    found = client.get(url, headers=HTMX).content.decode()
    wanted = Place(place, alice.pk, patient_id if of_patient else None, frcp_id if of_document else None)  # type: ignore[arg-type]  # a page of the contract
    assert says.asked == [wanted]
    assert "Un document attend votre connexion" in found
    assert 'href="/plugins/x/"' in found
    assert "<html" not in found


def test_without_scripts_they_are_a_page(says: Says, visit: Visit, alice: User) -> None:
    page = visit(alice).get(reverse("web:notices")).content.decode()
    assert "<h1>Annonces</h1>" in page
    assert "Un document attend votre connexion" in page


def test_without_sources_a_page_has_no_place_for_them(visit: Visit, alice: User, patient_id: UUID) -> None:
    with use_registry(make_registry()):
        assert "page-notices" not in visit(alice).get(reverse("web:patient", args=[patient_id])).content.decode()


def test_a_source_that_fails_is_left_out_and_logged(
    says: Says, visit: Visit, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert b"Un document attend" in visit(alice).get(reverse("web:notices"), headers=HTMX).content
    assert "notices of breaks: ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_the_page_asks_again_while_more_is_to_come(says: Says, visit: Visit, alice: User) -> None:
    client, words = visit(alice), says.answer.lines
    assert "every 2s" not in client.get(reverse("web:notices"), headers=HTMX).content.decode()
    says.answer = Notices(pending=True)
    first = client.get(reverse("web:notices"), headers=HTMX).content.decode()
    again = first.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert "every 2s" in first
    assert client.get(again, headers=HTMX).status_code == 204, "nothing is put in place when nothing changed"
    says.answer = Notices(words)
    last = client.get(again, headers=HTMX)
    assert b"Un document attend" in last.content
    assert "every 2s" not in last.content.decode(), "and it stops"


def test_a_gesture_that_changes_something_is_a_form(says: Says, visit: Visit, alice: User) -> None:
    says.answer = Notices([Notice("Une recherche est possible", url="/plugins/x/", action="Chercher", posts=True)])
    found = visit(alice).get(reverse("web:notices"), headers=HTMX).content.decode()
    assert '<form method="post" action="/plugins/x/"' in found
    assert "csrfmiddlewaretoken" in found


@pytest.mark.parametrize(
    ("who", "home", "patient", "document"),
    [
        ("bob", 200, 200, 200),
        ("lea", 200, 200, 200),
        ("charlie", 200, 404, 404),
        ("edith", 403, 404, 404),
        ("adrien", 403, 404, 404),
    ],
)
def test_who_may_not_open_is_told_nothing(
    who: str,
    home: int,
    patient: int,
    document: int,
    says: Says,
    people: dict[str, User],
    visit: Visit,
    patient_id: UUID,
    frcp_id: UUID,
) -> None:
    client = visit(people[who])
    addresses: list[tuple[str, list[UUID]]] = [
        ("notices", []),
        ("patient_notices", [patient_id]),
        ("document_notices", [frcp_id]),
    ]
    found = [client.get(reverse(f"web:{name}", args=args), headers=HTMX).status_code for name, args in addresses]
    assert found == [home, patient, document]
    assert len(says.asked) == found.count(200)
    assert client.get(reverse("web:patient_notices", args=[uuid4()])).status_code == 404


def test_asking_again_and_again_fills_no_journal(says: Says, visit: Visit, alice: User, patient_id: UUID, frcp_id: UUID) -> None:
    client, before = visit(alice), Entry.objects.count()
    for name, subject in (("patient_notices", patient_id), ("document_notices", frcp_id)):
        client.get(reverse(f"web:{name}", args=[subject]), headers=HTMX)
    assert Entry.objects.count() == before
