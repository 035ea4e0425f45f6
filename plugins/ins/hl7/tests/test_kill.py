"""A listener killed in the middle of a stream: what was acknowledged is there, once; the rest is sent again and enters once."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import connection

from dcc.accounts.models import Facility
from dcc.patients.models import LocalIdentifier, Patient
from plugins.ins.hl7.mllp import END, START, framed
from plugins.ins.hl7.tests.flows import make_sender, message, pid, read_ack
from plugins.ins.hl7.tests.mutations import person
from plugins.ins.models import FlowMessage
from tests.faults.host import MANAGE, database_url
from tests.proofs.recorder import Proof

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 6
IN_FLIGHT = 4


@contextmanager
def listener() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``manage.py mllp`` on a free port; killed afterwards."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DCC_", "PYTEST"))}
    environ |= {"DJANGO_SETTINGS_MODULE": "dcc.settings.test", "DATABASE_URL": database_url(), "DCC_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [sys.executable, MANAGE, "mllp", "--port", "0"], env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline().partition("127.0.0.1:")[2].split()[0])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def stream(
    port: int, contents: Sequence[bytes], acknowledged: set[str], kill_after: int | None, process: subprocess.Popen[str]
) -> None:
    """Send messages, a few ahead of their answers; kill the listener once so many were answered."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.settimeout(60)
        sent, answered, received = 0, 0, b""
        try:
            while answered < len(contents):
                while sent < len(contents) and sent - answered < IN_FLIGHT:
                    link.sendall(framed(contents[sent]))
                    sent += 1
                if answered == kill_after:
                    os.kill(process.pid, signal.SIGKILL)
                    kill_after = None
                chunk = link.recv(65_536)
                if not chunk:
                    return
                received += chunk
                *whole, received = received.split(END)
                for answer in whole:
                    code, control, _places = read_ack(answer.removeprefix(START))
                    assert code == "AA"
                    acknowledged.add(control)
                    answered += 1
        except OSError:  # the listener is gone
            return


@pytest.mark.parametrize(("count", "kills"), [(12, 1), pytest.param(1_000, 20, marks=pytest.mark.prove)])
def test_no_acknowledged_message_is_lost(facility: Facility, count: int, kills: int, proof: Proof) -> None:
    make_sender(facility)
    hand = random.Random(SEED)  # noqa: S311  (a fixed seed)
    people = [person(hand, rank) for rank in range(count)]
    contents = {
        one.ipp: message(pid(one.ipp, name=f"{one.family}^{one.given}^{one.given}", born=one.born), control=one.ipp)
        for one in people
    }
    acknowledged: set[str] = set()
    stored_first = 0
    for _kill in range(kills):
        left = [content for control, content in contents.items() if control not in acknowledged]
        with listener() as (process, port):
            stream(port, left, acknowledged, hand.randrange(1, max(2, count // kills // 2)), process)
        assert acknowledged <= set(FlowMessage.objects.filter(state="fait").values_list("control_id", flat=True))
        stored_first += FlowMessage.objects.exclude(control_id__in=acknowledged).count()
    with listener() as (process, port):
        left = [content for control, content in contents.items() if control not in acknowledged]
        stream(port, left, acknowledged, None, process)
    assert acknowledged == set(contents)
    assert FlowMessage.objects.filter(state="fait").count() == count
    assert (Patient.objects.count(), LocalIdentifier.objects.count()) == (count, count)
    figures = {
        "messages": count,
        "arrêts brutaux (SIGKILL) au milieu du flux": kills,
        "messages gardés mais pas encore acquittés lors d'un arrêt": stored_first,
        "messages acquittés puis perdus": 0,
        "effets en double": 0,
    }
    proof.record(issue=6, title=f"HL7 v2 : écoute MLLP tuée ({connection.vendor})", figures=figures)
