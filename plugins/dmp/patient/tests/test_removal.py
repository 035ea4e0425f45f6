"""What is in the DMP of a former INS: who is told, and what the button answers."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.notices import Notice, Page, Place
from dcc.documents import api as documents
from dcc.events.models import Event
from dcc.exchange.api import State
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.standing import make_rendition, make_transmission
from dcc.web.identity import grouped
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage
from plugins.dmp.patient.removal import RemovalNotices
from plugins.dmp.patient.tests.conftest import INS
from plugins.dmp.tests.reachable import reachable_settings
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
SAID = "Ce document est dans le DMP d’une INS que le patient n’a plus"


@pytest.fixture(autouse=True)
def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DMP is set."""
    settings = reachable_settings()
    monkeypatch.setattr("plugins.dmp.patient.removal.in_force", lambda: settings)


@pytest.fixture
def misplaced(bob: User, qualified: UUID, validated_frcp_id: UUID) -> UUID:
    """An FRCP that bob signed, in the DMP of another INS."""
    make_transmission(make_rendition(validated_frcp_id), "DMP", "dmp", "dmp", State.SENT, "")
    Deposit.objects.create(
        key=Transmission.objects.get(channel="dmp").pk,
        document_id=validated_frcp_id,
        document_type="frcp",
        unique_id="2.25.1",
        lot="2.25.2",
        ins_root=INS.root,
        ins_extension=INS.extension or "",
        stage=Stage.DEPOSITED,
        visibility="visible",
        practitioners=[bob.practitioner.national_id if bob.practitioner else ""],
        misplaced_at=timezone.now(),
    )
    return validated_frcp_id


def told(user: User, page: Page, document_id: UUID | None = None) -> list[Notice]:
    """What a page says to somebody."""
    patient_id = documents.patient_of(document_id) if document_id else None
    return list(RemovalNotices().notices(Place(page, user.pk, patient_id, document_id)).lines)


@pytest.mark.parametrize("page", ["document", "envois"])
def test_its_author_gets_the_button_and_the_team_the_words(
    misplaced: UUID, page: Page, bob: User, alice: User, lea: User, charlie: User, edith: User
) -> None:
    (mine,) = told(bob, page, misplaced)
    assert (mine.words.startswith(SAID), mine.url, mine.posts) == (True, reverse("dmp:remove", args=[misplaced]), False)
    (theirs,) = told(alice, page, misplaced)
    assert (theirs.words.startswith(SAID), theirs.url) == (True, "")
    assert theirs.words.endswith("Un de ses auteurs ou son responsable doit l’en supprimer.")
    assert [told(who, page, misplaced) for who in (lea, charlie, edith)] == [[], [], []]


def test_at_home_its_author_alone_is_told(misplaced: UUID, bob: User, alice: User, charlie: User, edith: User) -> None:
    (mine,) = told(bob, "accueil")
    assert mine.words == "1 document est à supprimer du DMP d’une INS corrigée depuis."
    assert (mine.url, mine.posts) == (reverse("web:transmissions", args=[misplaced]), False)
    assert [told(who, "accueil") for who in (alice, charlie, edith)] == [[], [], []]


@pytest.mark.parametrize(
    "change", [{"misplaced_at": None}, {"stage": Stage.WITHDRAWN}, {"stage": Stage.NEW}, {"replaced_by": "2.25.3"}]
)
def test_nothing_is_said_of_what_is_not_there(misplaced: UUID, bob: User, change: dict[str, object]) -> None:
    Deposit.objects.update(**change)
    assert (told(bob, "accueil"), told(bob, "envois", misplaced)) == ([], [])


def _press(client: Client, document_id: UUID) -> str:
    return client.post(reverse("dmp:remove", args=[document_id]), follow=True).content.decode()


def test_what_would_be_deleted_is_shown_before(misplaced: UUID, visit: Visit, bob: User, alice: User) -> None:
    url = reverse("dmp:remove", args=[misplaced])
    said = visit(bob).get(url).content.decode()
    assert (f"INS {grouped(INS.extension or '')}" in said, "Une suppression est définitive." in said) == (True, True)
    assert "js/waiting.js" in said, "it is asked once"
    assert not Event.objects.filter(name="dmp.removal_asked").exists()
    assert visit(alice).get(url)["Location"] == reverse("web:transmissions", args=[misplaced])


def test_the_button(misplaced: UUID, visit: Visit, bob: User, alice: User) -> None:
    assert "Seul un auteur ou le responsable du document" in _press(visit(alice), misplaced)
    assert not Event.objects.filter(name="dmp.removal_asked").exists()
    assert "Suppression demandée" in _press(visit(bob), misplaced)
    assert Event.objects.filter(name="dmp.removal_asked").count() == 1
    Deposit.objects.update(misplaced_at=None)
    assert "Rien de ce document" in _press(visit(bob), misplaced)
