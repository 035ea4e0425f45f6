"""Who is left alone after failures, and whom nothing is sent to at all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.snapshots import Recipient
from dcc.events import api as events
from dcc.events.models import Circuit
from plugins.mss.mail.tests.letters import PATIENT, PROFESSIONAL
from tests.mss.conftest import Post

pytestmark = pytest.mark.django_db


def test_a_server_that_fails_is_left_alone_then_tried_by_one(post: Post) -> None:
    post.server.feel(cut="MAIL")
    for _ in range(3):
        with pytest.raises(RetryLater):
            post.send(failures_before_pause=3)
    connections = post.server.connections
    post.server.feel()
    with pytest.raises(RetryLater, match="Pause"):
        post.send(failures_before_pause=3)
    assert post.server.connections == connections
    Circuit.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    post.send()
    assert not Circuit.objects.filter(faults__gt=0).exists()


def test_a_domain_that_puts_off_is_left_alone_and_others_are_served(post: Post) -> None:
    post.server.feel(by_recipient={PROFESSIONAL.address: "450 4.7.1 later"})
    for _ in range(4):
        with pytest.raises(RetryLater):
            post.send(failures_before_pause=3)
    post.send(uuid4(), Recipient("ps", "someone@cabinet.mssante.fr"))
    assert events.resting("mss:") == ("mss:test.mssante.fr",)
    assert len(post.server.kept) == 1


def test_refusals_are_answers_and_stop_nothing(post: Post) -> None:
    post.server.feel(refusals={"RCPT": "550 5.1.1 no"})
    for _ in range(4):
        with pytest.raises(Refused):
            post.send(failures_before_pause=2)
    assert events.resting() == ()


def test_a_domain_outside_the_trust_space_is_refused_before_any_connection(post: Post, tmp_path: Path) -> None:
    listed = tmp_path / "liste.xml"
    listed.write_text("<a><Domaine><Nom>cabinet.mssante.fr</Nom></Domaine></a>")
    with pytest.raises(Refused) as raised:
        post.send(domains=str(listed))
    assert (raised.value.cause, post.server.connections) == ("domain", 0)
    post.send(uuid4(), PATIENT, domains=str(listed))
