"""The life of a Pro Santé Connect session: asked for by an action, refreshed, left, ended from there."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts import sessions
from dcc.accounts.models import PscSession, User
from dcc.accounts.psc import leaving, refreshing, vault
from dcc.accounts.psc.ending import psc_session_ended
from dcc.accounts.sealing import seal
from dcc.audit import api as audit
from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.registry import current
from tests.fixtures import sign_in
from tests.psc.conftest import START, Psc

pytestmark = pytest.mark.django_db
ALICE, BOB, NORA = (f"8100000000{n}" for n in ("01", "02", "21"))
SECURITY, ACTION = "/compte/securite/", "/plugins/demo/dmp/"
STEP_UP, RESUME = reverse("accounts:psc_step_up"), reverse("accounts:psc_resume")
BACK_CHANNEL = reverse("accounts:psc_back_channel")


@pytest.fixture(autouse=True)
def _with_the_demonstration_plugin(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.psc.urls"
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], settings.BASE_DIR / "tests/demo_plugin/templates"]}
    ]


def _age(client: Client, seconds: float) -> None:
    """Let the tokens of the client's session be older."""
    row = vault.row_of(client.session)
    assert row is not None
    tokens = vault.tokens_of(row)
    assert tokens is not None
    store = vault._store(row.vault)
    kept = {**tokens, "at": time.time() - seconds}
    store[vault._TOKENS] = seal(json.dumps(kept), context=vault._context(row.pk))
    store.save()


class TestNothingCanRenewIt:
    """The clock ends it: its person closed her browser, or was signed out elsewhere (decision 0341)."""

    @pytest.mark.parametrize(("how", "ended"), [("fresh", 0), ("old", 0), ("dead", 1), ("tokens gone", 1), ("being renewed", 0)])
    def test_it_is_closed_and_told(self, how: str, ended: int, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        row = vault.row_of(client.session)
        assert row is not None
        life = float((vault.tokens_of(row) or {}).get("refresh_expires_in") or refreshing.REFRESH_LIFE)
        _age(client, {"fresh": 0, "old": life - 60}.get(how, life + 1))
        if how == "tokens gone":
            vault._store(row.vault).delete()
        if how == "being renewed":
            PscSession.objects.filter(pk=row.pk).update(refreshing_until=timezone.now() + refreshing.CLAIM)
        told: list[Any] = []

        def tell(session_id: object, user_id: object, **_: object) -> None:
            told.append((session_id, user_id))

        psc_session_ended.connect(tell)
        try:
            assert refreshing.end_dead() == ended
            assert refreshing.end_dead() == 0
        finally:
            psc_session_ended.disconnect(tell)
        assert told == [(row.pk, bob.pk)] * ended
        row.refresh_from_db()
        assert bool(row.vault) is not bool(ended)

    def test_the_clock_does_it(self) -> None:
        job = current().find(ScheduledJob, "accounts.psc_dead")
        assert job is not None
        assert job.every == timedelta(minutes=5)
        job.run()

    def test_who_does_not_hear_it_keeps_nobody_from_leaving(
        self, client: Client, psc: Psc, bob: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(**_: object) -> None:
            raise RuntimeError

        psc.sign_in(client, BOB)
        psc_session_ended.connect(fail)
        try:
            client.post(reverse("accounts:logout"), {"only": "here"})
        finally:
            psc_session_ended.disconnect(fail)
        assert not get_user(client).is_authenticated
        assert not PscSession.objects.exclude(vault="").exists()
        assert "fail" in caplog.text


class TestAnActionAsksForIt:
    """``psc_required``."""

    def test_and_runs_under_it(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        page: Any = client.post(ACTION, {"words": "Dépôt"})
        assert f"Fait sous l’identité {BOB}" in page.content.decode()

    def test_a_reading_resumes(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        response: Any = client.get(f"{ACTION}?a=1")
        assert response["Location"] == STEP_UP
        page = client.get(STEP_UP).content.decode()
        assert "ouverte avec un mot de passe et un code" in page
        assert f'href="{START}"' in page
        key = client.session.session_key
        assert psc.sign_in(client, BOB)["Location"] == RESUME
        assert client.session.session_key != key
        assert client.get(RESUME)["Location"] == f"{ACTION}?a=1"
        assert client.get(ACTION).status_code == 200
        assert [t.action for t in audit.traces(subject=f"user:{bob.pk}")] == ["session.raised"]

    def test_a_form_resumes_once_with_what_was_typed(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        typed = ["Ligne <1>\nsuite", "é"]
        assert client.post(ACTION, {"words": typed})["Location"] == STEP_UP
        assert "é" not in str(dict(client.session)), "sealed"
        psc.sign_in(client, BOB)
        page = client.get(RESUME).content.decode()
        assert f'<form method="post" action="{ACTION}" data-resume>' in page
        assert "Ligne &lt;1&gt;" in page
        assert "data-resume" not in client.get(RESUME).content.decode(), "by itself only once"
        page = client.post(ACTION, {"words": typed}).content.decode()
        assert "Fait sous" in page
        assert client.get(RESUME)["Location"] == "/"

    def test_another_person_does_not_take_the_session(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        client.post(ACTION, {"words": "Dépôt"})
        response = psc.sign_in(client, NORA)
        assert response.status_code == 403
        assert "n’est pas celle de la session" in response.content.decode()
        assert sessions.level_of(client.session) is sessions.Level.OTP
        assert client.get(ACTION)["Location"] == STEP_UP

    def test_somebody_without_practitioner(self, client: Client, psc: Psc, sonia: User) -> None:
        sign_in(client, sonia)
        client.get(ACTION)
        assert "lié à aucun professionnel" in psc.sign_in(client, BOB).content.decode()

    @pytest.mark.parametrize(("size", "method"), [(60_000, "POST"), (70_000, "GET")])
    def test_what_is_too_large_is_not_kept(self, client: Client, psc: Psc, bob: User, size: int, method: str) -> None:
        sign_in(client, bob)
        client.post(ACTION, {"words": "x" * size}, headers={"Referer": f"http://testserver{SECURITY}"})
        said = "trop volumineux" in client.get(STEP_UP).content.decode()
        assert said is (method == "GET")
        psc.sign_in(client, BOB)
        response: Any = client.get(RESUME)
        assert response.status_code == (200 if method == "POST" else 302)
        if method == "GET":
            assert response["Location"] == SECURITY

    def test_a_script_is_told(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        response: Any = client.post(ACTION, {}, headers={"X-Requested-With": "XMLHttpRequest"})
        assert response.status_code == 403
        assert response.json()["step_up"] == STEP_UP
        assert client.post(ACTION, {}, headers={"HX-Request": "true"})["HX-Redirect"] == STEP_UP


class TestRefresh:
    """The access token lasts minutes."""

    def test_it_is_renewed_when_an_action_needs_it(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        _age(client, 119)
        assert client.get(ACTION).status_code == 200
        row = vault.row_of(client.session)
        assert row is not None
        assert (vault.tokens_of(row) or {})["at"] > time.time() - 60

    def test_it_stays_alive_while_its_person_works(self, client: Client, psc: Psc, bob: User) -> None:
        """Without any action on the DMP: at half of the life of the refresh token, and not at each request."""
        psc.sign_in(client, BOB)
        client.get(SECURITY)
        given = next(iter(psc.provider._codes.values())).refresh
        _age(client, 899)
        client.get(SECURITY)
        assert next(iter(psc.provider._codes.values())).refresh == given
        _age(client, 901)
        session = client.session
        session["dcc_psc_renew_at"] = time.time() - 1
        session.save()
        client.get(SECURITY)
        renewed = next(iter(psc.provider._codes.values())).refresh
        assert renewed != given
        client.get(SECURITY)
        assert next(iter(psc.provider._codes.values())).refresh == renewed

    def test_a_refused_one_asks_again(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        psc.provider.forget(PscSession.objects.get().sid)
        _age(client, 119)
        assert client.get(ACTION)["Location"] == STEP_UP
        assert "Votre session Pro Santé Connect est terminée" in client.get(STEP_UP).content.decode()
        assert PscSession.objects.get().vault == ""
        assert client.get(SECURITY).status_code == 200, "the session goes on for the rest"
        assert psc.sign_in(client, BOB)["Location"] == RESUME

    def test_a_refused_one_lets_a_raised_session_fall_back(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        psc.sign_in(client, BOB)
        assert sessions.level_of(client.session) is sessions.Level.PSC
        psc.provider.forget(PscSession.objects.get().sid)
        _age(client, 119)
        assert client.get(ACTION)["Location"] == STEP_UP
        assert sessions.level_of(client.session) is sessions.Level.OTP
        assert client.get(SECURITY).status_code == 200

    def test_an_absence_is_only_an_absence(self, client: Client, psc: Psc, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
        psc.sign_in(client, BOB)
        _age(client, 119)
        monkeypatch.setattr("dcc.accounts.psc.refreshing.token_answer", _away)
        assert client.get(ACTION)["Location"] == STEP_UP
        monkeypatch.undo()
        assert client.get(ACTION).status_code == 200


def _away(_payload: object) -> dict[str, Any]:
    from dcc.accounts.psc.refusals import Refused

    raise Refused("unreachable")


class TestLeaving:
    """Here, or there too."""

    def test_it_is_asked_where(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        page = client.post(reverse("accounts:logout")).content.decode()
        assert "Se déconnecter aussi de Pro Santé Connect" in page
        assert client.get(SECURITY).status_code == 200
        assert client.post(reverse("accounts:logout"), {"only": "here"})["Location"] == reverse("accounts:login")
        assert client.get(SECURITY).status_code == 302
        assert PscSession.objects.get().vault == ""

    def test_there_too(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        grant = next(iter(psc.provider._codes.values()))
        page = client.post(reverse("accounts:psc_leave")).content.decode()
        assert 'http-equiv="refresh"' in page
        assert client.get(SECURITY).status_code == 302
        out: Any = client.get(reverse("accounts:psc_way_out"))
        address = psc.provider.discovery()["end_session_endpoint"]
        assert out["Location"].startswith(f"{address}?id_token_hint=")
        asked = dict(parse_qsl(urlsplit(out["Location"]).query))
        back = psc.provider.end_session(asked)
        assert grant.sid not in [g.sid for g in psc.provider._codes.values() if g.refresh]
        response: Any = client.get(back.removeprefix("http://testserver"), follow=True)
        assert "de Pro Santé Connect" in response.content.decode()
        assert client.get(reverse("accounts:psc_way_out"))["Location"] == reverse("accounts:login"), "once"

    def test_a_local_session_is_not_asked(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        assert client.post(reverse("accounts:logout"))["Location"] == reverse("accounts:login")


class TestTheBackChannel:
    """Pro Santé Connect tells that somebody left there."""

    def tell(self, token: str) -> int:
        return Client(enforce_csrf_checks=True).post(BACK_CHANNEL, {"logout_token": token}).status_code

    @pytest.mark.parametrize("named", ["sid", "sub", "both"])
    def test_the_session_ends(self, client: Client, psc: Psc, bob: User, named: str) -> None:
        psc.sign_in(client, BOB)
        row = PscSession.objects.get()
        names = {"sid": {"sid": row.sid}, "sub": {"sub": row.subject}, "both": {"sid": row.sid, "sub": row.subject}}[named]
        assert self.tell(psc.provider.logout_token(**names)) == 200
        response: Any = client.get(SECURITY, follow=True)
        assert "session Pro Santé Connect a été fermée" in response.content.decode()
        assert [t.facts.get("why") for t in audit.traces(subject=f"user:{bob.pk}")][:2] == ["psc", "psc"]

    def test_a_raised_session_falls_back(self, client: Client, psc: Psc, bob: User) -> None:
        sign_in(client, bob)
        psc.sign_in(client, BOB)
        assert self.tell(psc.provider.logout_token(sid=PscSession.objects.get().sid)) == 200
        assert client.get(SECURITY).status_code == 200
        assert sessions.level_of(client.session) is sessions.Level.OTP

    def test_others_stay(self, client: Client, psc: Psc, bob: User) -> None:
        psc.sign_in(client, BOB)
        assert self.tell(psc.provider.logout_token(sid="another")) == 200
        assert client.get(SECURITY).status_code == 200

    def test_once(self, client: Client, psc: Psc, bob: User) -> None:
        token = psc.provider.logout_token(sid="x")
        assert [self.tell(token), self.tell(token)] == [200, 400]

    @pytest.mark.parametrize("wrong", ["nonce", "event", "nobody", "old", "audience", "issuer", "signature", "id_token", "jti"])
    def test_what_is_no_message_ends_nothing(self, client: Client, psc: Psc, bob: User, wrong: str) -> None:
        psc.sign_in(client, BOB)
        now, row = int(time.time()), PscSession.objects.get()
        sound = {"iss": psc.provider.issuer, "aud": "oncodcc-test", "iat": now, "exp": now + 60, "jti": "j", "sid": row.sid}
        sound["events"] = {leaving.EVENT: {}}
        change: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "n"},
            "event": {"events": {"other": {}}},
            "nobody": {"sid": ""},
            "old": {"iat": now - 3600},
            "audience": {"aud": "other"},
            "issuer": {"iss": "https://elsewhere.invalid"},
            "signature": {},
            "id_token": {"events": None},
            "jti": {"jti": None},
        }
        claims = {name: value for name, value in {**sound, **change[wrong]}.items() if value is not None}
        token = psc.provider.keys.sign(claims, "RS256")
        assert self.tell(token[:-8] + "AAAAAAAA" if wrong == "signature" else token) == 400
        assert client.get(SECURITY).status_code == 200
