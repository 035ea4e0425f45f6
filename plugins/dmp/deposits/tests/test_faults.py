"""What a deposit survives: lost answers, refusals, a dead worker; once in the DMP, whatever happens."""

from __future__ import annotations

import uuid

import pytest

from dcc.accounts.api import User
from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, CARLA, DAN, WritePps, amend
from plugins.dmp.deposits.tests.stage import LOST, DmpStage
from plugins.dmp.deposits.tests.test_sequences import again, connect, line, said, views
from plugins.dmp.models import Deposit


@pytest.mark.parametrize("stored", [True, False])
def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(stage: DmpStage, frcp: uuid.UUID, *, stored: bool) -> None:
    (stage.memory.after if stored else stage.memory.before).append(LOST)
    connect(stage, BOB)
    assert said(frcp)[:2] == ("en_file", "unknown_outcome")
    assert Deposit.objects.get().stage == "en_cours"
    again()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert stage.memory.calls.count("TD2.1") == (1 if stored else 2)
    assert (views(stage)[1], line(frcp).maybe_doubled) == ({"frcp": 1}, False)


def test_a_lost_answer_waits_for_a_session_rather_than_being_sent_blindly(stage: DmpStage, frcp: uuid.UUID) -> None:
    stage.memory.after.append(LOST)
    connect(stage, BOB)
    stage.leave()
    again()
    assert said(frcp)[:2] == ("retenue", "session")
    assert Deposit.objects.get().stage == "en_cours"
    connect(stage, ALICE)
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert stage.memory.calls == ["TD0.2", "TD2.1", "TD3.1b"]


@pytest.mark.parametrize("stored", [True, False])
def test_a_worker_killed_after_the_request_left(stage: DmpStage, frcp: uuid.UUID, *, stored: bool) -> None:
    class Killed(BaseException):
        """The process is gone."""

    errors = stage.memory.after if stored else stage.memory.before
    errors.append(Killed())  # type: ignore[arg-type]  # no error that a program handles
    with pytest.raises(Killed):
        connect(stage, BOB)
    assert Deposit.objects.get().stage == "en_cours"
    Delivery.objects.filter(settled_at__isnull=True).update(state="pending", lease_until=None)
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert views(stage)[1] == {"frcp": 1}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused("Non", cause="dmp_refused"), ("echec", "dmp_refused")),
        (RetryLater("Occupé", cause="unreachable"), ("en_file", "unreachable")),
        (NotConfigured("Certificat", cause="certificate"), ("retenue", "certificate")),
        (NeedsSession("psc", [BOB]), ("retenue", "session")),
    ],
)
def test_what_a_refusal_leaves(stage: DmpStage, frcp: uuid.UUID, error: Exception, expected: tuple[str, str]) -> None:
    stage.memory.before.append(error)
    connect(stage, BOB)
    assert said(frcp)[:2] == expected
    assert (Deposit.objects.get().stage, stage.memory.held) == ("nouveau", [])


def test_what_is_already_there_is_deposited(stage: DmpStage, alice: User, frcp: uuid.UUID) -> None:
    connect(stage, BOB)
    Deposit.objects.update(stage="nouveau", deposited_at=None)
    Transmission.objects.filter(channel="dmp").update(state="echec", cause="internal", sent_at=None)
    row = line(frcp)
    exchange.retry(actor=alice, transmission_id=row.pk, expected_state="echec")
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert views(stage)[1] == {"frcp": 1}


def test_a_version_that_comes_after_an_unknown_outcome_replaces_what_arrived(
    stage: DmpStage, carla: User, dan: User, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE, DAN)
    stage.memory.after += [LOST]
    pps = write_pps()
    stage.leave()
    again()
    amend(carla, dan, pps)
    connect(stage, CARLA, DAN)
    assert said(pps)[0] == "envoyee"
    assert [held.status for held in stage.memory.held if held.entry.type_code and held.entry.type_code.code == "18776-5"] == [
        "Deprecated",
        "Approved",
    ]


def test_metadata_that_somebody_else_changed_meanwhile_are_read_again_once(
    stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, ALICE, DAN)
    stage.memory.authorisation = "VALIDE"
    stage.memory.before += [None, Refused("XDSMetadataVersionError", cause="dmp_version")]
    write_pps()
    assert views(stage)[0] == {"frcp": 1, "pps": 1}
    assert stage.memory.calls.count("TD3.1a") == 2


def test_a_lost_answer_to_a_change_of_visibility_is_read_back(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    connect(stage, ALICE, DAN)
    stage.memory.authorisation = "VALIDE"
    stage.memory.after += [None, LOST]
    write_pps()
    again()
    assert (views(stage)[0], said(frcp)[2]) == ({"frcp": 1, "pps": 1}, "visible par le patient")
    assert stage.memory.calls.count("TD3.3b") == 1
