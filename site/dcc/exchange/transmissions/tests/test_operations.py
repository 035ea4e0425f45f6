"""Once more, elsewhere, given up: who may, when, and what comes of it."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.errors import Refused
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.exchange.transmissions.tests.test_requesting import send


@pytest.fixture
def failed(stage: Stage, alice: User, completed_id: uuid.UUID) -> Transmission:
    """A line that the server refused."""
    stage.boxes.add("810000000009")
    stage.mss.errors.append(Refused("550 no such user", cause="unknown_box"))
    sent = send(alice, completed_id)
    drain()
    row = Transmission.objects.get(pk=sent)
    assert (row.state, row.cause) == ("echec", "unknown_box")
    return row


def test_a_refused_line_is_sent_again(stage: Stage, alice: User, failed: Transmission) -> None:
    with pytest.raises(exchange.Moved):
        exchange.retry(actor=alice, transmission_id=failed.pk, expected_state="en_file")
    assert exchange.retry(actor=alice, transmission_id=failed.pk, expected_state="echec") == failed.pk
    drain()
    assert [key for key, _, _ in stage.mss.sent] == [failed.pk]


def test_what_left_and_bounced_leaves_again_under_a_new_key(stage: Stage, alice: User, failed: Transmission) -> None:
    exchange.retry(actor=alice, transmission_id=failed.pk, expected_state="echec")
    drain()
    exchange.report(key=failed.pk, state="echec", cause="quota", at=timezone.now())
    again = exchange.redirect(actor=alice, transmission_id=failed.pk, expected_state="echec", address="Autre@ps.mssante.fr")
    drain()
    assert again != failed.pk
    assert [(key, to.address) for key, to, _ in stage.mss.sent][1:] == [(again, "autre@ps.mssante.fr")]
    assert Transmission.objects.get(pk=failed.pk).state == "remplacee"


def test_an_administrator_chooses_among_known_boxes_only(stage: Stage, adrien: User, failed: Transmission) -> None:
    other = stage.boxes.add("810000000009", structure="490000031")
    with pytest.raises(exchange.SendingRefused, match="Sans lien"):
        exchange.redirect(actor=adrien, transmission_id=failed.pk, expected_state="echec", address="x@ps.mssante.fr")
    exchange.redirect(actor=adrien, transmission_id=failed.pk, expected_state="echec", address=other)
    drain()
    assert stage.mss.to(other)


def test_given_up_with_a_reason(stage: Stage, alice: User, adrien: User, failed: Transmission) -> None:
    with pytest.raises(exchange.SendingRefused, match="pourquoi"):
        exchange.abandon(actor=alice, transmission_id=failed.pk, expected_state="echec", reason=" ")
    exchange.abandon(actor=adrien, transmission_id=failed.pk, expected_state="echec", reason="Prévenu par téléphone")
    [line] = exchange.queue(adrien, exchange.QueueFilters(states=["abandonnee"])).lines
    assert (line.transmission_id, line.detail) == (failed.pk, "Prévenu par téléphone")


@pytest.mark.parametrize("name", ["charlie", "lea", "edith", "rachel"])
def test_strangers_and_readers_change_nothing(request: pytest.FixtureRequest, failed: Transmission, name: str) -> None:
    person = request.getfixturevalue(name)
    for act, words in ((exchange.retry, {}), (exchange.redirect, {"address": "x@y.fr"}), (exchange.abandon, {"reason": "x"})):
        with pytest.raises(documents.DocumentError):
            act(actor=person, transmission_id=failed.pk, expected_state="echec", **words)
    with pytest.raises(PermissionDenied):
        exchange.queue(person)
