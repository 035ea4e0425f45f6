"""Calls that the DMP refuses are kept as they went, sealed and for some days, and written to files for the support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.audit.models import Entry
from dcc.contracts.errors import DeliveryError, NeedsSession, RetryLater
from dcc.contracts.snapshots import InstanceId
from dcc.events import api as events
from plugins.dmp.models import FailedCall
from plugins.dmp.sessions import failures, live
from plugins.dmp.sessions.calling import dmp
from plugins.dmp.settings import in_force
from plugins.dmp.transactions import last
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import open_for, reached

pytestmark = pytest.mark.django_db
INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture
def caller(alice: User, settings: Settings, running_dmp: RunningDmp) -> Iterator[Caller]:
    """Alice, in her session."""
    with reached(settings, running_dmp):
        open_for(alice)
        found = live.caller_of(alice)
        assert found is not None
        yield found


def refused(running: RunningDmp, caller: Caller, kind: str = "faute") -> None:
    """A question that comes to nothing."""
    running.feel(kind=kind)
    with pytest.raises(DeliveryError):
        dmp().existence(caller, INS)


def test_both_sides_are_kept_sealed_and_without_the_session(running_dmp: RunningDmp, caller: Caller) -> None:
    dmp().existence(caller, INS)
    assert not FailedCall.objects.exists(), "what succeeds is not kept"
    refused(running_dmp, caller)
    row = FailedCall.objects.get()
    assert (row.transaction, row.cause, row.national_id, row.status) == ("TD0-2", "dmp_refused", caller.national_id, 500)
    assert str(INS.extension) not in row.request + row.answer
    request, answer = failures.REQUEST.read(row), failures.ANSWER.read(row)
    assert b"PRPA_IN201307UV02" in request
    assert str(INS.extension).encode() in request
    assert caller.proxy_session.encode() not in request
    assert "temporairement indisponible" in answer.decode()


@pytest.mark.parametrize(("kind", "kept"), [("avant", 0), ("401", 0), ("502", 1), ("page", 1)])
def test_what_had_no_answer_is_not_kept(running_dmp: RunningDmp, caller: Caller, kind: str, kept: int) -> None:
    running_dmp.feel(kind=kind)
    with pytest.raises((RetryLater, NeedsSession)):
        dmp().existence(caller, INS)
    assert FailedCall.objects.count() == kept


def test_a_call_without_an_answer_is_not_given_that_of_another(running_dmp: RunningDmp, caller: Caller) -> None:
    dmp().existence(caller, INS)
    refused(running_dmp, caller, "avant")
    assert not FailedCall.objects.exists()


def test_what_is_not_sent_is_not_given_the_answer_of_another(
    running_dmp: RunningDmp, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProxyDmp(in_force).existence(caller, INS)  # leaves its exchange behind
    monkeypatch.setattr(events, "rest_of", lambda *_, **__: timedelta(seconds=30))
    with pytest.raises(RetryLater, match="en pause"):
        dmp().existence(caller, INS)
    assert not FailedCall.objects.exists()


def test_nothing_of_a_patient_stays_in_the_thread(running_dmp: RunningDmp, caller: Caller) -> None:
    dmp().existence(caller, INS)
    assert last.taken() is None
    running_dmp.feel(kind="401")
    with pytest.raises(NeedsSession):
        dmp().existence(caller, INS)
    assert last.taken() is None


def test_no_more_are_kept_than_the_bound(running_dmp: RunningDmp, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "MOST", 2)
    for _ in range(3):
        refused(running_dmp, caller)
    assert FailedCall.objects.count() == 2


def test_a_region_may_keep_none(running_dmp: RunningDmp, caller: Caller, settings: Settings) -> None:
    with reached(settings, running_dmp, failure_days=0):
        refused(running_dmp, caller)
    assert not FailedCall.objects.exists()


def test_they_are_forgotten(running_dmp: RunningDmp, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        refused(running_dmp, caller)
    oldest, middle, newest = FailedCall.objects.order_by("at")
    FailedCall.objects.filter(pk=oldest.pk).update(at=timezone.now() - timedelta(days=31))
    failures.forget()
    assert set(FailedCall.objects.all()) == {middle, newest}
    monkeypatch.setattr(failures, "MOST", 1)
    failures.forget()
    assert FailedCall.objects.get() == newest


def test_the_command_lists_and_writes_them(
    running_dmp: RunningDmp, caller: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(running_dmp, caller)
    call_command("dmp", "failures")
    listed = capsys.readouterr().out
    assert f"TD0-2 dmp_refused HTTP 500 {caller.national_id}" in listed
    assert str(INS.extension) not in listed
    assert not Entry.objects.filter(action="dmp.failures_written").exists(), "nothing left the platform"
    call_command("dmp", "failures", output=tmp_path / "written")
    request, answer = sorted((tmp_path / "written").iterdir())
    assert (b"PRPA_IN201307UV02" in request.read_bytes(), b"Fault" in answer.read_bytes()) == (True, True)
    assert Entry.objects.get(action="dmp.failures_written").facts == {"count": 1}
