"""Deposits that wait for a connection: who is told, who opens it, that they leave then (over restarts: tests/faults/dmp)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import Absent, Found, Transport
from dcc.contracts.errors import NeedsSession
from dcc.contracts.notices import Notice, NoticeSource, Place
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import InstanceId, Package, Receipt, Recipient
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.patients import api as patients
from plugins.dmp.models import TrustSession
from plugins.dmp.sessions import checks, closing, live, tending
from plugins.dmp.sessions.notices import SessionNotices
from plugins.dmp.sessions.waiting import waiting_documents
from plugins.dmp.transactions.types import Caller
from tests.addresses import addresses
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import open_for, reached
from tests.fixtures import Visit, fill_document

pytestmark = pytest.mark.django_db
ALICE, BOB = "810000000001", "810000000002"
INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@dataclass
class InSession:
    """Deposits in the session of an author or of the validator, or waits for one of theirs."""

    people: tuple[str, ...]
    channel: str = "dmp"
    made: dict[uuid.UUID, Caller] = field(default_factory=dict)

    def send(self, package: Package, recipient: Recipient, *, key: uuid.UUID, session: object | None = None) -> Receipt:
        caller = live.live_session_of(self.people)
        if caller is None:
            raise NeedsSession("psc", self.people)
        self.made[key] = caller
        return Receipt(str(key), timezone.now())

    def find(self, key: uuid.UUID) -> Found | Absent:
        return Found(Receipt(str(key), timezone.now())) if key in self.made else Absent()


@pytest.fixture
def transport(settings: Settings, running_dmp: RunningDmp) -> Iterator[InSession]:
    """The way to the DMP, in the session of alice or of bob."""
    with reached(settings, running_dmp):
        yield InSession((ALICE, BOB))


@pytest.fixture
def people(alice: User, bob: User, charlie: User, sonia: User, lea: User, edith: User, adrien: User) -> dict[str, User]:
    """By their names."""
    found = (alice, bob, charlie, sonia, lea, edith, adrien)
    return {user.username: user for user in found}


@pytest.fixture
def stage(transport: InSession) -> Iterator[Stage]:
    """Transmissions, with the channel « dmp » and its notices."""
    assert list(addresses()), "with those of the plugins: read without plugins, they would stay so for the tests that follow"
    made = Stage()
    made.registry.add(Transport, "dmp", transport)
    made.registry.add(NoticeSource, "dmp.sessions", SessionNotices())
    with use_registry(made.registry):
        yield made


@pytest.fixture
def filled_id(stage: Stage, alice: User, facility: Facility, patient_id: uuid.UUID, frcp_id: uuid.UUID) -> uuid.UUID:
    """Alice's FRCP « complété », of a qualified identity."""
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    fill_document(alice, frcp_id)
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    return frcp_id


@pytest.fixture
def waiting_id(bob: User, filled_id: uuid.UUID) -> uuid.UUID:
    """The same, validated by bob: its deposit waits."""
    revision = documents.open_document(bob, filled_id).revision
    documents.validate_document(actor=bob, document_id=filled_id, expected_revision=revision)
    drain()
    return filled_id


def state(document_id: uuid.UUID) -> tuple[str, str]:
    row = Transmission.objects.get(document=document_id, channel="dmp")
    return row.state, row.cause


def said(user: User, page: str, document_id: uuid.UUID | None = None) -> list[Notice]:
    place = Place(page, user.pk, document_id=document_id)  # type: ignore[arg-type]  # a page of the contract
    return list(SessionNotices().notices(place).lines)


class TestWithoutSession:
    """It waits, and the right people know."""

    def test_the_deposit_waits(self, waiting_id: uuid.UUID) -> None:
        assert state(waiting_id) == ("retenue", "session")

    @pytest.mark.parametrize(
        ("who", "count"), [("alice", 1), ("bob", 1), ("lea", 0), ("charlie", 0), ("sonia", 0), ("edith", 0), ("adrien", 0)]
    )
    def test_who_is_waited_for(self, who: str, count: int, people: dict[str, User], waiting_id: uuid.UUID) -> None:
        assert waiting_documents(people[who]) == [waiting_id] * count
        assert [line.words for line in said(people[who], "accueil")] == ["1 document attend votre connexion au DMP."] * count

    def test_an_author_who_may_not_open_it_any_more_is_told_nothing(self, bob: User, alice: User, waiting_id: uuid.UUID) -> None:
        bob.memberships.all().delete()
        assert waiting_documents(User.objects.get(pk=bob.pk)) == []
        assert said(User.objects.get(pk=bob.pk), "accueil") == []

    def test_the_document_says_whose_connection_it_waits_for(self, alice: User, lea: User, waiting_id: uuid.UUID) -> None:
        (mine,), (theirs,) = said(alice, "document", waiting_id), said(lea, "document", waiting_id)
        assert mine.words == "Le dépôt au DMP attend votre connexion."
        assert mine.url.startswith(reverse("dmp:access"))
        assert theirs.words.startswith("Le dépôt au DMP attend la connexion de DR Alice MARTIN ou DR Bob")
        assert theirs.url == ""

    def test_nothing_is_said_where_nothing_waits(self, alice: User, frcp_id: uuid.UUID, stage: Stage) -> None:
        assert said(alice, "accueil") == said(alice, "document", frcp_id) == []

    def test_without_a_proxy_nothing_is_said(self, alice: User, waiting_id: uuid.UUID, settings: Settings) -> None:
        settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "dmp": {}}
        assert said(alice, "accueil") == []

    def test_who_administers_is_told_after_three_days(self, adrien: User, waiting_id: uuid.UUID) -> None:
        assert checks.digest(adrien.pk) == []
        delivery = Delivery.objects.get(event__payload__channel="dmp", event__name="transmission.requested")
        type(delivery.event).objects.filter(pk=delivery.event_id).update(at=timezone.now() - timedelta(days=4))
        (line,) = checks.digest(adrien.pk)
        assert line.words.startswith("1 document attend depuis plus de 3 jours")


class TestWithASession:
    """It leaves, in the session of one of them, once."""

    @pytest.mark.parametrize("who", ["alice", "bob"])
    def test_it_leaves_when_one_of_them_connects(
        self, who: str, people: dict[str, User], waiting_id: uuid.UUID, transport: InSession
    ) -> None:
        open_for(people[who])
        drain()
        assert state(waiting_id) == ("envoyee", "")
        assert [caller.national_id for caller in transport.made.values()] == [{"alice": ALICE, "bob": BOB}[who]]
        assert said(people[who], "accueil") == []

    def test_the_session_of_somebody_else_changes_nothing(
        self, charlie: User, waiting_id: uuid.UUID, transport: InSession
    ) -> None:
        open_for(charlie)
        drain()
        assert state(waiting_id) == ("retenue", "session")
        assert transport.made == {}

    @pytest.mark.parametrize("how", ["expired", "closed", "signed out"])
    def test_one_that_is_over_is_as_none(
        self, how: str, alice: User, filled_id: uuid.UUID, bob: User, transport: InSession
    ) -> None:
        open_for(alice)
        if how == "expired":
            TrustSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif how == "closed":
            closing.close(alice.pk)
        else:
            session = TrustSession.objects.get()
            assert session.psc_session is not None
            closing.on_psc_end(session_id=session.psc_session, user_id=alice.pk)
        revision = documents.open_document(bob, filled_id).revision
        documents.validate_document(actor=bob, document_id=filled_id, expected_revision=revision)
        drain()
        assert state(filled_id) == ("retenue", "session")
        open_for(alice)
        drain()
        assert state(filled_id) == ("envoyee", "")
        assert len(transport.made) == 1

    def test_what_began_to_wait_as_it_opened_is_woken_by_the_clock(
        self, alice: User, waiting_id: uuid.UUID, transport: InSession
    ) -> None:
        open_for(alice)
        drain()
        assert len(transport.made) == 1
        row = Transmission.objects.get(document=waiting_id, channel="dmp")
        Transmission.objects.filter(pk=row.pk).update(state="retenue", cause="session", sent_at=None)
        delivery = Delivery.objects.get(event__payload__channel="dmp", event__name="transmission.requested")
        delivery.waits.create(kind="psc", practitioner=ALICE)
        values = {"state": "waiting", "reason_code": "needs_session", "settled_at": None, "due_at": None}
        Delivery.objects.filter(pk=delivery.pk).update(**values)
        TrustSession.objects.update(opened_at=timezone.now() - timedelta(minutes=7, seconds=30))
        tending.tend()
        drain()
        assert state(waiting_id) == ("retenue", "session"), "not at each turn of a session of four hours"
        TrustSession.objects.update(opened_at=timezone.now() - timedelta(minutes=15, seconds=30))
        tending.tend()
        drain()
        assert state(waiting_id) == ("envoyee", "")

    def test_how_often_the_clock_wakes_what_waits_for_a_session(self) -> None:
        assert [minutes for minutes in range(61) if tending.is_woken(minutes)] == [0, 1, 15, 30, 45, 60]


class TestValidation:
    """The connection is offered there, to who will answer for the document."""

    @pytest.mark.parametrize(("who", "count"), [("alice", 1), ("bob", 1), ("lea", 0), ("sonia", 0)])
    def test_to_whom_it_is_offered(self, who: str, count: int, people: dict[str, User], filled_id: uuid.UUID) -> None:
        found = said(people[who], "validation", filled_id)
        assert len(found) == count
        for line in found:
            assert line.words.startswith("Ce document sera déposé au DMP dans votre session. Ouvrez-la avant de valider")
            assert line.action == "Ouvrir l’accès au DMP"

    def test_who_has_one_is_told_until_when(self, alice: User, filled_id: uuid.UUID) -> None:
        open_for(alice)
        (line,) = said(alice, "validation", filled_id)
        assert "ouverte jusqu’à" in line.words
        assert line.url == ""

    def test_the_pages_say_it(self, visit: Visit, alice: User, waiting_id: uuid.UUID) -> None:
        client: Client = visit(alice)
        for name, args in (("notices", []), ("document_notices", [waiting_id])):
            page: Any = client.get(reverse(f"web:{name}", args=args), headers={"HX-Request": "true"})
            assert "Ouvrir l’accès" in page.content.decode()
