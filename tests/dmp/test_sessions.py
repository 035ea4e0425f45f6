"""Sessions of the trust space in front of the stand-in's proxy: opened with two digits, used, over, closed, and traced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import User, psc_session_ended
from dcc.audit import api as audit
from dcc.contracts.errors import NeedsSession, NotConfigured
from dcc.contracts.snapshots import InstanceId
from plugins.dmp.deposits.standing import user_of
from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import closing, live, opening, proxy, tending
from plugins.dmp.sessions.calling import dmp
from plugins.dmp.sessions.people import caller_in, forms_of, full_id, structure_of
from plugins.dmp.sessions.problems import BY_STATUS, BY_WORDS, PROBLEMS, NotOpened
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import HOSPITAL, ask, open_for, reached

pytestmark = pytest.mark.django_db
ALICE = "810000000001"
PATIENT = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


@pytest.fixture(autouse=True)
def _reached(settings: Settings, running_dmp: RunningDmp) -> Iterator[None]:
    with reached(settings, running_dmp):
        yield


def actions(user: User) -> list[str]:
    return [trace.action for trace in reversed(audit.traces(subject=f"user:{user.pk}"))]


def kinds(running_dmp: RunningDmp) -> list[str]:
    """What the proxy traced."""
    traces = running_dmp.service.proxy.traces("2000-01-01T00:00:00+00:00", "").body
    assert isinstance(traces, list)
    return [trace["type"] for trace in traces]


class TestOpening:
    """POST /connect."""

    def test_the_digits_confirmed_open_a_session(self, alice: User, running_dmp: RunningDmp) -> None:
        row = ask(alice, then="/documents/")
        assert len(row.digits) == 2
        assert row.digits.isdecimal()
        assert live.caller_of(alice) is None, "not before she confirmed"
        opening.wait(row)
        row.refresh_from_db()
        assert (row.state, row.problem, row.then) == ("ouverte", "", "/documents/")
        caller = live.caller_of(alice)
        assert caller is not None
        assert (caller.national_id, caller.structure, caller.sector) == (ALICE, "1490000031", "SA01")
        assert (caller.profession, caller.specialty, caller.author_specialty) == ("10", "SM36", "G15_10/SM36")
        assert running_dmp.service.proxy.session(caller.proxy_session, running_dmp.settings()["client_id"]) is not None
        assert actions(alice) == ["dmp.session_opened"]

    def test_the_secret_is_sealed_and_told_to_nobody(self, alice: User) -> None:
        open_for(alice)
        session, caller = TrustSession.objects.get(), live.caller_of(alice)
        assert caller is not None
        assert caller.proxy_session not in str(session.__dict__)
        assert caller.proxy_session not in repr(caller)
        assert "proxy_session" not in session.professional

    @pytest.mark.parametrize("form", [ALICE, ALICE[1:]])
    def test_it_is_found_under_every_form_of_the_identifier(self, alice: User, form: str) -> None:
        open_for(alice)
        assert live.live_session_of(["810000000099", form]) == live.caller_of(alice)
        assert live.live_session_of(["810000000099"]) is None

    def test_two_tabs_ask_once(self, alice: User) -> None:
        assert ask(alice).pk == ask(alice).pk

    @pytest.mark.parametrize(
        ("mood", "problem"), [({"phone": "refus"}, "refused"), ({"phone": "silence"}, "refused")], ids=["refused", "silent"]
    )
    def test_who_does_not_confirm(self, alice: User, running_dmp: RunningDmp, mood: dict[str, Any], problem: str) -> None:
        running_dmp.service.proxy.patience = 0.2
        running_dmp.feel(**mood)
        row = open_for(alice)
        assert (row.state, row.problem) == ("refusee", problem)
        assert live.caller_of(alice) is None
        assert actions(alice) == ["dmp.session_refused"]

    def test_somebody_the_proxy_does_not_know(self, alice: User) -> None:
        assert alice.practitioner is not None
        alice.practitioner.national_id = "899999999999"
        alice.practitioner.save()
        assert open_for(alice).problem == "unknown"

    def test_a_platform_the_proxy_does_not_know(self, alice: User, settings: Settings, running_dmp: RunningDmp) -> None:
        with reached(settings, running_dmp, client_id="autre-logiciel"):
            assert open_for(alice).problem == "unknown"

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"proxy": "https://localhost:9"}, "unreachable"),
            ({"authorities": ""}, "certificate"),
            ({"certificate": "/nulle/part.pem"}, "certificate"),
        ],
        ids=["nobody listens", "an unknown authority", "no certificate"],
    )
    def test_a_proxy_that_is_not_reached(
        self, alice: User, settings: Settings, running_dmp: RunningDmp, changes: dict[str, str], problem: str
    ) -> None:
        with reached(settings, running_dmp, **changes):
            assert open_for(alice).problem == problem

    def test_without_a_proxy_nothing_is_asked(self, alice: User, settings: Settings, running_dmp: RunningDmp) -> None:
        settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "dmp": {}}
        with pytest.raises(NotConfigured):
            ask(alice)

    @pytest.mark.parametrize(
        ("situation", "problem"),
        [
            (None, "situation"),
            (replace(HOSPITAL, former_id="", finess="", siret=""), "structure"),
            (replace(HOSPITAL, sector=""), "structure"),
        ],
        ids=["none chosen", "no structure", "no sector"],
    )
    def test_a_situation_that_does_not_say_enough(self, alice: User, situation: Any, problem: str) -> None:
        with pytest.raises(NotOpened) as refused:
            ask(alice, situation)
        assert refused.value.code == problem
        assert not Opening.objects.exists()

    def test_who_gave_up_meanwhile_has_no_session(self, alice: User, running_dmp: RunningDmp) -> None:
        row = ask(alice)
        closing.close(alice.pk)
        opening.wait(row)
        row.refresh_from_db()
        assert (row.state, row.problem) == ("refusee", "closed")
        session = TrustSession.objects.get()
        assert (session.ended_why, session.secret) == ("abandonnee", "")
        assert kinds(running_dmp) == ["CONNECT_SUCCESS", "DISCONNECT"], "and the proxy keeps none"
        assert actions(alice) == [], "none was open here"
        assert live.ended_at(alice) is None

    def test_given_up_while_the_proxy_does_not_answer_any_more_it_is_told_by_the_clock(
        self, alice: User, running_dmp: RunningDmp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = ask(alice)
        closing.close(alice.pk)
        with monkeypatch.context() as silent:
            silent.setattr(proxy, "disconnect", lambda *_: False)
            opening.wait(row)
        assert TrustSession.objects.get().secret
        assert live.live().count() == 0
        tending.tend()
        assert kinds(running_dmp) == ["CONNECT_SUCCESS", "DISCONNECT"]
        assert TrustSession.objects.get().secret == ""

    @pytest.mark.parametrize("kept", [True, False], ids=["then kept as abandoned", "never kept"])
    def test_one_that_cannot_be_kept_is_closed_at_the_proxy(
        self, kept: bool, alice: User, running_dmp: RunningDmp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_args: object, **_said: object) -> None:
            raise DatabaseError("disque plein")

        row = ask(alice)
        monkeypatch.setattr(closing, "end_of_user", fail)
        if not kept:
            monkeypatch.setattr(TrustSession, "save", fail)
        opening.wait(row)
        row.refresh_from_db()
        assert (row.state, row.problem) == ("refusee", "internal")
        assert kinds(running_dmp) == ["CONNECT_SUCCESS", "DISCONNECT"]
        assert TrustSession.objects.filter(ended_why="abandonnee", secret="").count() == kept

    def test_what_a_process_that_ended_asked_is_lost_and_asked_again(self, alice: User) -> None:
        row = ask(alice)
        Opening.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(seconds=140))
        again = open_for(alice)
        row.refresh_from_db()
        assert (row.state, row.problem) == ("refusee", "lost")
        assert again.state == "ouverte"


class TestUsing:
    """Calls in a session."""

    def test_each_call_is_traced_without_the_patient(self, alice: User) -> None:
        open_for(alice)
        caller = live.caller_of(alice)
        assert caller is not None
        assert dmp().existence(caller, PATIENT).active
        (trace,) = audit.traces(subject=f"dmp_session:{TrustSession.objects.get().pk}")
        assert (trace.action, trace.actor_id) == ("dmp.session_used", alice.pk)
        assert trace.facts == {"transaction": "TD0-2", "outcome": "ok"}
        assert trace.patient_id is None

    def test_a_session_the_proxy_knows_no_more_is_over_here(self, alice: User, running_dmp: RunningDmp) -> None:
        open_for(alice)
        caller = live.caller_of(alice)
        assert caller is not None
        running_dmp.service.proxy.expire()
        with pytest.raises(NeedsSession):
            dmp().existence(caller, PATIENT)
        assert live.caller_of(alice) is None
        session = TrustSession.objects.get()
        assert (session.ended_why, session.secret) == ("proxy", "")
        assert actions(alice) == ["dmp.session_opened", "dmp.session_closed"]

    def test_it_ends_at_its_hour(self, alice: User) -> None:
        open_for(alice)
        TrustSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert live.caller_of(alice) is None, "before the clock has said so"
        tending.tend()
        session = TrustSession.objects.get()
        assert (session.ended_why, session.secret) == ("expiree", "")

    def test_what_is_over_is_forgotten_once_the_proxy_knows(self, alice: User, bob: User, charlie: User) -> None:
        for user in (alice, bob, charlie):
            open_for(user)
        long_ago = timezone.now() - timedelta(days=2, minutes=1)
        TrustSession.objects.filter(user=alice).update(ended_at=long_ago, secret="")
        closing.close(bob.pk)
        Opening.objects.exclude(user=charlie).update(asked_at=long_ago)
        tending.tend()
        assert set(TrustSession.objects.values_list("user", flat=True)) == {bob.pk, charlie.pk}
        assert Opening.objects.get().user == charlie

    def test_who_calls_is_found_under_every_form_and_only_while_it_is_open(self, alice: User) -> None:
        open_for(alice)
        caller = live.caller_of(alice)
        assert caller is not None
        assert {user_of(caller), user_of(replace(caller, national_id=ALICE[1:]))} == {alice.pk}
        TrustSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert user_of(caller) is None


class TestClosing:
    """By her, with Pro Santé Connect, with her account."""

    def test_by_its_person(self, alice: User, running_dmp: RunningDmp) -> None:
        open_for(alice)
        closing.close(alice.pk)
        assert live.caller_of(alice) is None
        assert closing.tell_proxy() == 0
        assert kinds(running_dmp) == ["CONNECT_SUCCESS", "DISCONNECT"]
        assert TrustSession.objects.get().secret == ""
        assert actions(alice) == ["dmp.session_opened", "dmp.session_closed"]

    def test_a_proxy_that_does_not_answer_is_told_later(self, alice: User, settings: Settings, running_dmp: RunningDmp) -> None:
        open_for(alice)
        closing.close(alice.pk)
        with reached(settings, running_dmp, proxy="https://localhost:9"):
            assert closing.tell_proxy() == 1
        assert TrustSession.objects.get().secret, "kept, sealed, until it is told"
        tending.tend()
        assert kinds(running_dmp)[-1] == "DISCONNECT"
        assert TrustSession.objects.get().secret == ""

    def test_one_that_is_closed_tells_of_its_person_alone(self, alice: User, bob: User, running_dmp: RunningDmp) -> None:
        for user in (alice, bob):
            open_for(user)
            closing.close(user.pk)
        assert closing.tell_proxy(bob.pk) == 0
        assert bool(TrustSession.objects.get(user=alice).secret)
        assert not TrustSession.objects.get(user=bob).secret

    def test_a_proxy_that_hangs_is_asked_once_after_what_waits_was_woken(
        self, alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []

        def hang(*_: object) -> bool:
            done.append("asked")
            return False

        for user in (alice, bob):
            open_for(user)
            closing.close(user.pk)
        open_for(charlie)
        monkeypatch.setattr(opening, "wake", lambda _id: done.append("woken"))
        monkeypatch.setattr(proxy, "disconnect", hang)
        tending.tend()
        assert done == ["woken", "asked"]
        TrustSession.objects.exclude(ended_at=None).update(ended_at=timezone.now() - timedelta(hours=5))
        assert closing.tell_proxy() == 0, "too old to matter"
        assert done == ["woken", "asked"]

    def test_with_the_session_of_pro_sante_connect_it_rests_on(self, alice: User) -> None:
        one, other = uuid4(), uuid4()
        open_for(alice, psc_session=one)
        psc_session_ended.send(sender=None, session_id=other, user_id=alice.pk)
        assert live.caller_of(alice) is not None, "another browser was left"
        psc_session_ended.send(sender=None, session_id=one, user_id=alice.pk)
        assert live.caller_of(alice) is None
        assert TrustSession.objects.get().ended_why == "psc"

    def test_with_its_account(self, alice: User) -> None:
        open_for(alice)
        alice.is_active = False
        alice.save()
        assert live.live_session_of([ALICE]) is None
        tending.tend()
        assert TrustSession.objects.get().ended_why == "compte"

    def test_a_new_one_takes_the_place_of_the_former(self, alice: User) -> None:
        open_for(alice)
        former = TrustSession.objects.get()
        open_for(alice)
        former.refresh_from_db()
        assert former.ended_why == "remplacee"
        assert live.live().count() == 1


@pytest.mark.parametrize(
    ("written", "full", "forms"),
    [
        ("810000000001", "810000000001", {"810000000001", "10000000001"}),
        ("10000000001", "810000000001", {"810000000001", "10000000001"}),
        ("491234567", "0491234567", {"0491234567", "491234567"}),
        ("ANS20210107161422", "ANS20210107161422", {"ANS20210107161422"}),
        ("3490000031/7", "3490000031/7", {"3490000031/7"}),
    ],
)
def test_forms_of_an_identifier(written: str, full: str, forms: set[str]) -> None:
    assert full_id(written) == full
    assert set(forms_of([written])) == forms


@pytest.mark.parametrize(
    ("situation", "structure"),
    [
        (HOSPITAL, "1490000031"),
        (replace(HOSPITAL, former_id="10B0193488"), "10B0193488"),
        (replace(HOSPITAL, former_id=""), "1490000031"),
        (replace(HOSPITAL, former_id="", finess="", siret="13000554200015"), "313000554200015"),
        (replace(HOSPITAL, former_id="", finess=""), ""),
    ],
)
def test_the_structure_of_a_situation(situation: Any, structure: str) -> None:
    assert structure_of(situation) == structure
    if structure:
        assert caller_in(situation, ALICE).structure == structure


def test_every_answer_of_the_proxy_has_its_words() -> None:
    assert set(BY_STATUS.values()) | set(BY_WORDS.values()) <= set(PROBLEMS)
    assert all(problem.words and problem.remedy for problem in PROBLEMS.values())
