"""Without a session, after one that is over, from a call: deposits wait, are asked for, and leave; killed workers lose none.

Issue 8, « Shown by » 3, and a handful of the killed workers of 4: the worker is made of processes, sessions are opened at the
proxy over TLS, documents go where the plugin sends them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility
from dcc.events.models import SessionWait
from dcc.exchange.models import Transmission
from dcc.web.tests.calling import register
from plugins.dmp.models import Deposit, TrustSession
from plugins.dmp.sessions.waiting import waiting_documents
from tests.dmp.sessions import open_for, reached
from tests.faults.dmp.campaign import Campaign
from tests.faults.dmp.killed import KillingWay, hasten, kill_all, worker_of
from tests.faults.host import Host, wait_for
from tests.psc.conftest import Psc, _server, psc

__all__ = ["_server", "psc"]
pytestmark = [pytest.mark.reference, pytest.mark.django_db(transaction=True)]
BOB = "810000000002"
ACCESS, OPEN, STEP_UP, RESUME = map(reverse, ("dmp:access", "dmp:open", "accounts:psc_step_up", "accounts:psc_resume"))
WAITS = ("retenue", "session")


@pytest.fixture
def host(campaign: Campaign, settings: Settings, tmp_path: Path) -> Iterator[Host]:
    """Reached by nobody yet; its worker not started."""
    running = campaign.stage.running
    with reached(settings, running), worker_of(running, tmp_path) as made:
        campaign.way = KillingWay(made, running)
        yield made
        made.kill_worker()


def wait_until_waiting(document_id: uuid.UUID) -> None:
    """Until the line of a document says that it waits for a session, and its delivery does: the run that said it is over."""

    def waits() -> bool:
        hasten()
        lines = Transmission.objects.filter(document=document_id, channel="dmp", state=WAITS[0], cause=WAITS[1])
        told = [str(pk) for pk in lines.values_list("pk", flat=True)]
        return SessionWait.objects.filter(delivery__event__payload__transmission_id__in=told).exists()

    wait_for("a line that waits", waits, every=0.1)


def wait_until_all_left(campaign: Campaign) -> None:
    """Until no line is open, those of documents before the newest neither."""

    def left() -> bool:
        campaign.hurry()
        hasten()
        return not campaign.open(campaign.documents)

    wait_for("the last of the documents", left, every=0.1)


def calls(campaign: Campaign) -> int:
    """How often the proxy was asked to pass something on."""
    traces: Any = campaign.stage.running.service.proxy.traces("2000-01-01T00:00:00+00:00", "").body
    return Counter(trace["type"] for trace in traces)["SEND"]


def open_from_a_call(client: Client, facility: Facility, campaign: Campaign, psc: Psc) -> None:
    """Bob comes from the software of his establishment: he is asked for Pro Santé Connect, and goes on where he was."""
    client.get(register(facility).link(campaign.people["bob"]))
    assert client.get(ACCESS)["Location"] == STEP_UP
    assert not TrustSession.objects.exists()
    psc.sign_in(client, BOB)
    assert client.get(RESUME)["Location"] == ACCESS
    client.post(OPEN, {"channel": "MOBILE"})


def test_deposits_wait_for_a_session_through_kills(
    campaign: Campaign, host: Host, client: Client, facility: Facility, psc: Psc
) -> None:
    alice, dan, way = campaign.people["alice"], campaign.people["dan"], campaign.way
    assert isinstance(way, KillingWay)
    campaign.stage.authorise("VALIDE")
    host.start()

    # Nobody has a session: it waits, its authors are told, the worker is killed, another document comes meanwhile.
    campaign.add_frcp()
    wait_until_waiting(campaign.frcps[0])
    kill_all(host)
    campaign.add_frcp()
    assert waiting_documents(alice) == campaign.frcps[:1]
    host.start()
    wait_until_waiting(campaign.frcps[1])
    assert waiting_documents(alice) == campaign.frcps
    assert calls(campaign) == 0

    # One of the authors comes from a call: both leave, though a process dies while the DMP answers.
    with way.killing("deposit-stored"):
        open_from_a_call(client, facility, campaign, psc)
    way.finish(campaign)
    wait_until_all_left(campaign)
    assert set(Deposit.objects.values_list("depositor", flat=True)) == {BOB}
    assert campaign.faults() == []

    # The session of the author of the PPS is over here, then at the proxy alone: it waits, and leaves in her next one.
    before = calls(campaign)
    open_for(dan)
    TrustSession.objects.filter(user=dan).update(expires_at=timezone.now())
    campaign.add_pps()
    wait_until_waiting(campaign.newest[1])
    assert calls(campaign) == before, "nothing is asked in a session that is over"
    campaign.stage.running.feel(session_seconds=0)
    open_for(dan)
    wait_for("a session that the proxy knows no more", TrustSession.objects.filter(user=dan, ended_why="proxy").exists)
    wait_until_waiting(campaign.newest[1])
    campaign.stage.running.feel()
    with way.killing("change-answered"):
        open_for(dan)
    way.finish(campaign)

    # Who has a session waits for nothing.
    campaign.run(4)
    assert campaign.faults() == []
    assert way.met.total() == 3
