"""What a deposit survives: lost answers, refusals, a dead worker; once in the DMP, whatever happens."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.capabilities import Absent
from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.standing import user_of
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, CARLA, DAN, WritePps, amend
from plugins.dmp.deposits.tests.stage import LOST, DmpStage
from plugins.dmp.deposits.tests.test_sequences import again, connect, line, said, views
from plugins.dmp.deposits.transport import DmpTransport
from plugins.dmp.models import Deposit, TrustSession
from plugins.dmp.sessions.live import SECRET


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


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("stored", [True, False])
def test_a_worker_killed_after_the_request_left(stage: DmpStage, frcp: uuid.UUID, *, stored: bool) -> None:
    errors = stage.memory.after if stored else stage.memory.before
    errors.append(Killed())
    with pytest.raises(Killed):
        connect(stage, BOB)
    assert Deposit.objects.get().stage == "en_cours"
    drain()  # what was interrupted once is due at once
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert views(stage)[1] == {"frcp": 1}


def test_a_worker_killed_before_it_noted_what_is_replaced_looks_for_the_deposit(
    stage: DmpStage, frcp: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Deposit.save

    def save_and_die(row: Deposit, **said: Any) -> None:
        save(row, **said)
        if "deposited_at" in said["update_fields"]:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Deposit, "save", save_and_die)
        with pytest.raises(Killed):
            connect(stage, BOB)
    assert Deposit.objects.get().stage == "en_cours"
    drain()
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert stage.memory.calls.count("TD2.1") == 1


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


def test_what_was_taken_away_is_not_put_back_under_its_identifier(stage: DmpStage, alice: User, frcp: uuid.UUID) -> None:
    connect(stage, BOB)
    stage.memory.held[0].status = "Deleted"
    share_again(actor=alice, document_id=frcp)
    drain()
    row = line(frcp)
    assert (Deposit.objects.get().stage, DmpTransport(stage.services).find(row.pk)) == ("retire", Absent())
    Transmission.objects.filter(pk=row.pk).update(state="echec", cause="internal", sent_at=None)
    exchange.retry(actor=alice, transmission_id=row.pk, expected_state="echec")
    drain()
    assert said(frcp)[:2] == ("echec", "dmp_removed")
    assert (stage.memory.calls.count("TD2.1"), len(stage.memory.held)) == (1, 1)


def test_an_frcp_whose_pps_was_replaced_then_taken_away_is_deposited_invisible(
    stage: DmpStage, carla: User, dan: User, frcp: uuid.UUID, write_pps: WritePps
) -> None:
    connect(stage, DAN)
    pps = write_pps()
    amend(carla, dan, pps)
    stage.memory.held[-1].status = "Deleted"
    share_again(actor=carla, document_id=pps)
    drain()
    assert said(pps)[2] == "retirée du DMP"
    connect(stage, BOB)
    assert said(frcp) == ("envoyee", "", "invisible au patient")


def test_what_is_said_of_a_deposit_is_said_on_its_newest_line(stage: DmpStage, alice: User, frcp: uuid.UUID) -> None:
    connect(stage, BOB)
    first = line(frcp)
    Transmission.objects.filter(pk=first.pk).update(state="echec", cause="internal")
    exchange.retry(actor=alice, transmission_id=first.pk, expected_state="echec")
    drain()
    assert line(frcp).pk != first.pk
    assert said(frcp) == ("envoyee", "", "invisible au patient")
    assert (Deposit.objects.get().pk, stage.memory.calls.count("TD2.1")) == (line(frcp).pk, 1)


def test_a_document_whose_authors_nobody_can_be_waits_for_nobody(stage: DmpStage, alice: User, frcp: uuid.UUID) -> None:
    Deposit.objects.update(practitioners=[])
    connect(stage, BOB)
    assert said(frcp)[:2] == ("echec", "dmp_professional")
    assert stage.memory.calls == []


@pytest.mark.parametrize("form", [ALICE, ALICE[1:]])
def test_a_call_is_made_by_who_holds_the_secret_of_its_session(stage: DmpStage, alice: User, bob: User, form: str) -> None:
    for user, national_id, secret in ((alice, form, b"one"), (bob, ALICE, b"other")):
        row = TrustSession(user=user, national_id=national_id, expires_at=timezone.now() + timedelta(hours=1))
        SECRET.put(row, secret)
        row.save(force_insert=True)
    assert user_of(replace(stage.caller(ALICE), proxy_session="one")) == alice.pk
    assert user_of(replace(stage.caller(ALICE), proxy_session="gone")) is None


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
