"""An FRCP that the patient does not see beside its PPS: who is told that her connection shows it, and that it then is (R-195)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.notices import Page, Place
from dcc.events.api import drain
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.tests.conftest import ALICE, DAN, WritePps
from plugins.dmp.deposits.tests.stage import SETTINGS, DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect, views
from plugins.dmp.models import Consent
from plugins.dmp.sessions import checks
from plugins.dmp.sessions.notices import SessionNotices
from plugins.dmp.sessions.waiting import waiting_documents


@pytest.fixture(autouse=True)
def _reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform has a proxy; its addresses are read with all plugins, before the registry of these tests takes their place."""
    monkeypatch.setattr("plugins.dmp.sessions.notices.in_force", lambda: SETTINGS)
    reverse("dmp:access")


@pytest.fixture
def hidden(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> uuid.UUID:
    """The FRCP, invisible, its PPS beside it: who is connected may not read the patient's DMP, no author of the FRCP is."""
    connect(stage, ALICE)
    stage.leave()
    write_pps()
    connect(stage, DAN)
    assert views(stage) == ({"pps": 1}, {"frcp": 1, "pps": 1})
    stage.leave()
    return frcp


def said(user: User, page: Page, document_id: uuid.UUID | None = None) -> list[tuple[str, str]]:
    """Words and action of what is said to somebody."""
    place = Place(page, user.pk, document_id=document_id)
    return [(line.words, line.action) for line in SessionNotices().notices(place).lines]


def test_its_authors_are_told_and_nobody_whose_connection_changes_nothing(
    hidden: uuid.UUID, alice: User, bob: User, carla: User, dan: User, lea: User, charlie: User
) -> None:
    found = {user.username: waiting_documents(user) for user in (alice, bob, carla, dan, lea, charlie)}
    assert found == {"alice": [hidden], "bob": [hidden], "carla": [], "dan": [], "lea": [], "charlie": []}
    assert said(alice, "accueil") == [("1 document attend votre connexion au DMP.", "Ouvrir l’accès")]
    (mine,), (theirs,) = said(alice, "document", hidden), said(lea, "document", hidden)
    assert mine == ("Le patient ne voit pas encore cette FRCP dans le DMP : votre connexion la lui montrera.", "Ouvrir l’accès")
    assert theirs == (
        "Le patient ne voit pas encore cette FRCP dans le DMP : elle attend la connexion de DR Alice MARTIN ou DR Bob BERNARD.",
        "",
    )


def test_an_author_of_its_pps_is_told_once_the_patient_authorises(hidden: uuid.UUID, carla: User, qualified: uuid.UUID) -> None:
    Consent.objects.create(patient_id=qualified, user=carla, authorisation="VALIDE")
    assert waiting_documents(carla) == [hidden]


def test_once_it_is_shown_nobody_is_told(stage: DmpStage, hidden: uuid.UUID, alice: User) -> None:
    connect(stage, ALICE)
    assert views(stage)[0] == {"frcp": 1, "pps": 1}
    assert (waiting_documents(alice), said(alice, "document", hidden)) == ([], [])


def test_one_that_was_shared_again_is_told_once(stage: DmpStage, hidden: uuid.UUID, alice: User) -> None:
    share_again(actor=alice, document_id=hidden)
    drain()
    assert waiting_documents(alice) == [hidden]


def test_who_administers_is_told_after_three_days(hidden: uuid.UUID, adrien: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.digest(adrien.pk) == []
    later = timezone.now() + timedelta(days=4)
    monkeypatch.setattr("plugins.dmp.sessions.checks.timezone.now", lambda: later)
    (line,) = checks.digest(adrien.pk)
    assert line.words.startswith("1 document attend depuis plus de 3 jours")
