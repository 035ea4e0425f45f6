"""The FRCP that the DMP had refused goes, visible, with the PPS that follows it (R-189); what somebody decided is left alone."""

from __future__ import annotations

import uuid

import pytest

from dcc.accounts.api import User
from dcc.contracts.errors import Refused
from dcc.events.api import drain
from dcc.exchange import api as exchange
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, DAN, WritePps, amend
from plugins.dmp.deposits.tests.stage import DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect, line, said, views
from plugins.dmp.models import PatientFile

BOTH = {"frcp": 1, "pps": 1}


@pytest.fixture
def refused(stage: DmpStage, frcp: uuid.UUID) -> uuid.UUID:
    """The FRCP, refused by the DMP."""
    stage.memory.before.append(Refused("Structure inactive", cause="dmp_refused"))
    connect(stage, BOB)
    assert (said(frcp)[:2], views(stage)) == (("echec", "dmp_refused"), ({}, {}))
    return frcp


def test_it_is_deposited_visible_with_its_pps(stage: DmpStage, refused: uuid.UUID, write_pps: WritePps) -> None:
    connect(stage, DAN)
    write_pps()
    assert views(stage) == (BOTH, BOTH)
    assert said(refused) == ("envoyee", "", "visible par le patient")


def test_it_waits_for_one_of_its_authors(stage: DmpStage, refused: uuid.UUID, write_pps: WritePps) -> None:
    stage.leave()
    connect(stage, DAN)
    write_pps()
    assert (said(refused)[:2], views(stage)) == (("retenue", "session"), ({"pps": 1}, {"pps": 1}))
    connect(stage, ALICE)
    assert views(stage) == (BOTH, BOTH)


def test_one_attempt_for_each_deposit_of_the_pps(
    stage: DmpStage, carla: User, dan: User, refused: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, DAN)
    stage.memory.before += [None, Refused("Encore", cause="dmp_refused")]
    pps = write_pps()
    assert (said(refused)[:2], views(stage)) == (("echec", "dmp_refused"), ({"pps": 1}, {"pps": 1}))
    drain()
    assert stage.memory.calls.count("TD2.1") == 3
    amend(carla, dan, pps)
    assert views(stage) == (BOTH, BOTH)


@pytest.mark.parametrize("decided", ["given up", "taken away", "opposed"])
def test_what_somebody_decided_is_left_alone(
    stage: DmpStage, alice: User, qualified: uuid.UUID, frcp: uuid.UUID, write_pps: WritePps, decided: str
) -> None:
    if decided == "given up":
        row = line(frcp)
        exchange.abandon(actor=alice, transmission_id=row.pk, expected_state=row.state, reason="Pas au DMP")
    else:
        connect(stage, BOB)
    if decided == "taken away":
        stage.memory.held[0].status = "Deleted"
        share_again(actor=alice, document_id=frcp)
        drain()
    connect(stage, BOB, DAN)
    if decided == "opposed":
        PatientFile.objects.update(opposed=True)
    before = said(frcp)
    write_pps()
    assert views(stage)[0] == ({} if decided == "opposed" else {"pps": 1})
    assert said(frcp) == before
