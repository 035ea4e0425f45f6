"""The administrator's page, with people."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.events.states import State
from dcc.events.tests.conftest import Recorder, tell
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from dcc.accounts.api import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def crashed(recorder: Recorder) -> Delivery:
    """A delivery that needs somebody."""
    recorder.raises = [ZeroDivisionError()]
    tell()
    drain()
    return Delivery.objects.get()


def signed_in(person: User) -> Client:
    """A browser of that person."""
    client = Client()
    sign_in(client, person)
    return client


def test_an_administrator_sees_why_and_asks_for_another_run(crashed: Delivery, adrien: User) -> None:
    client = signed_in(adrien)
    page = client.get(reverse("events:deliveries"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "thing:a" in text
    assert crashed.reason.replace("'", "&#x27;") in text
    assert "en panne" in text
    answer = client.post(reverse("events:retry", args=[crashed.id]), follow=True)
    assert "sera refaite" in answer.content.decode()
    crashed.refresh_from_db()
    assert crashed.state == State.PENDING
    assert "Rien ne demande d'intervention" in answer.content.decode().replace("&#x27;", "'")
    again = client.post(reverse("events:retry", args=[crashed.id]), follow=True)
    assert "à traiter" in again.content.decode()
    assert client.post(reverse("events:retry", args=[uuid.uuid4()])).status_code == 404


def test_an_administrator_gives_up_with_a_reason(crashed: Delivery, adrien: User) -> None:
    client = signed_in(adrien)
    answer = client.post(reverse("events:abandon", args=[crashed.id]), {"reason": " "}, follow=True)
    assert "pourquoi" in answer.content.decode()
    client.post(reverse("events:abandon", args=[crashed.id]), {"reason": "Repris à la main"})
    crashed.refresh_from_db()
    assert (crashed.state, crashed.reason) == (State.ABANDONED, "Repris à la main")
    listing = client.get(reverse("events:deliveries"), {"toutes": "1"}).content.decode()
    assert "abandonnée" in listing


@pytest.mark.parametrize("name", ["alice", "sonia", "lea", "edith"])
def test_nobody_else_sees_or_touches(crashed: Delivery, name: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(name))
    assert client.get(reverse("events:deliveries")).status_code in (302, 403)
    assert client.post(reverse("events:retry", args=[crashed.id])).status_code in (302, 403)
    assert client.post(reverse("events:abandon", args=[crashed.id]), {"reason": "x"}).status_code in (302, 403)
    crashed.refresh_from_db()
    assert crashed.state == State.CRASHED


def test_reading_asks_nothing(crashed: Delivery, adrien: User) -> None:
    client = signed_in(adrien)
    assert client.get(reverse("events:retry", args=[crashed.id])).status_code == 405
