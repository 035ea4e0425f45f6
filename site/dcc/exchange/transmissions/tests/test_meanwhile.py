"""What happens to a line while it is at its transport: a further version, somebody who gives it up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.capabilities import Transport
from dcc.contracts.errors import NeedsSession, RetryLater
from dcc.contracts.events import RenewalDue
from dcc.contracts.snapshots import Package, Receipt, Recipient
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.renditions import IDENTITY, freeze_rendition, make_ready
from dcc.exchange.transmissions.steps import SUBSCRIPTION
from dcc.exchange.transmissions.tests.stage import KeepingTransport, Stage

pytestmark = pytest.mark.django_db


@dataclass
class Slow(KeepingTransport):
    """Somebody does something else while it has its first package."""

    meanwhile: Callable[[uuid.UUID], object] | None = None

    def send(self, package: Package, recipient: Recipient, *, key: uuid.UUID, session: object | None = None) -> Receipt:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile(key)
        return super().send(package, recipient, key=key)


@pytest.fixture
def slow(stage: Stage) -> Slow:
    transport = Slow("dmp")
    stage.registry.add(Transport, "dmp", transport)
    return transport


def further_version(key: uuid.UUID) -> None:
    """The identity was corrected: the document is made again, and planned by another worker."""
    line = Transmission.objects.get(pk=key)
    first = Rendition.objects.get(pk=line.rendition_id)
    made = freeze_rendition(first.version_id, line.document_id, reason=IDENTITY)
    make_ready(made, RenewalDue(line.document_id, first.version_id, "frcp", timezone.now(), None))
    drain()


def lines(document_id: uuid.UUID) -> list[tuple[str, str]]:
    found = Transmission.objects.filter(document=document_id, channel="dmp").order_by("requested_at")
    return list(found.values_list("state", "cause"))


def open_ones() -> list[str]:
    """Deliveries to the DMP that are not over."""
    line = Transmission.objects.filter(channel="dmp").values_list("line", flat=True)[0]
    found = Delivery.objects.filter(key=SUBSCRIPTION, subject=f"line:{line}", settled_at__isnull=True)
    return list(found.order_by("event").values_list("state", flat=True))


@pytest.mark.parametrize("error", [NeedsSession("psc", ["810000000001"]), RetryLater("Occupé", cause="dmp_busy")])
def test_a_further_version_does_not_wait_for_what_the_former_one_waits_for(slow: Slow, frcp: uuid.UUID, error: Exception) -> None:
    slow.meanwhile = further_version
    slow.errors.append(error)
    drain()
    assert lines(frcp) == [("remplacee", "newer"), ("envoyee", "")]
    assert (len(slow.sent), open_ones()) == (1, [])


def test_what_may_have_left_stays_before_the_further_version(slow: Slow, frcp: uuid.UUID) -> None:
    slow.meanwhile = further_version
    slow.after.append(RetryLater("Réponse perdue", cause="unknown_outcome"))
    drain()
    assert lines(frcp) == [("envoyee", ""), ("envoyee", "")]
    assert [package.action for _key, _to, package in slow.sent] == ["new", "replace"]


def test_what_was_given_up_at_its_transport_waits_for_nothing(slow: Slow, alice: User, frcp: uuid.UUID) -> None:
    def given_up(key: uuid.UUID) -> None:
        exchange.abandon(actor=alice, transmission_id=key, expected_state="en_file", reason="Inutile")

    slow.meanwhile = given_up
    slow.errors.append(NeedsSession("psc", ["810000000001"]))
    drain()
    assert (lines(frcp), open_ones(), slow.sent) == ([("abandonnee", "")], [], [])
