"""One's open sessions: what is shown of them, closing one, the others, all; by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import open_sessions, sessions
from dcc.accounts.models import OpenSession, User
from dcc.accounts.open_sessions import device_of
from dcc.accounts.tests.walk import PASSWORD, Clock, clock, enrolled, enter, forgive, give_password, is_in
from dcc.audit import api as audit

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
SECURITY, CLOSE = reverse("accounts:security"), reverse("accounts:close_sessions")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 Edg/139.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
CHROME = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (SAFARI, "Safari, iPhone"),
        (CHROME, "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
        ("<script>Firefox</script>", "Firefox"),
    ],
)
def test_devices_in_the_words_of_people(agent: str, words: str) -> None:
    assert device_of(agent) == words


@pytest.fixture
def anna(alice: User) -> User:
    """Alice with her telephone."""
    return enrolled(alice)


def come(user: User, agent: str) -> Client:
    """``user``, signed in on another machine."""
    there = Client(HTTP_USER_AGENT=agent)
    enter(there, user)
    return there


def test_what_the_page_shows(anna: User, bob: User) -> None:
    here = come(anna, FIREFOX)
    come(anna, EDGE)
    come(enrolled(bob), SAFARI)
    found = open_sessions.opened(anna, current=here.session.session_key)
    assert {(one.device, one.current, one.level) for one in found} == {
        ("Firefox, Linux", True, sessions.Level.OTP),
        ("Edge, Windows", False, sessions.Level.OTP),
    }
    page = here.get(SECURITY).content.decode()
    for words in ("Firefox, Linux", "Edge, Windows", "(cette session)", "mot de passe et code", "Fermer toutes les autres"):
        assert words in page
    assert "iPhone" not in page
    assert not any(session.session_key in page for session in Session.objects.all()), "keys open doors"
    assert "127.0.0.1" not in page


def test_a_sole_session_has_nothing_to_close(anna: User) -> None:
    here = come(anna, FIREFOX)
    assert "Fermer toutes" not in here.get(SECURITY).content.decode()
    page = here.post(CLOSE, follow=True).content.decode()
    assert "Aucune autre session" in page
    assert is_in(here)


def test_closing_one_then_all_the_others(anna: User, bob: User) -> None:
    here, there, elsewhere, stranger = come(anna, FIREFOX), come(anna, EDGE), come(anna, SAFARI), come(enrolled(bob), CHROME)
    names = {one.device: one.name for one in open_sessions.opened(anna)}
    (other,) = open_sessions.opened(bob)
    here.post(CLOSE, {"session": other.name})
    assert is_in(stranger), "nobody closes the session of somebody else"
    here.post(CLOSE, {"session": names["Edge, Windows"]})
    assert [is_in(one) for one in (here, there, elsewhere)] == [True, False, True]
    response: Any = there.get("/patients/", headers={"Sec-Fetch-Dest": "empty"})
    assert (response.status_code, response["X-DCC-Session"]) == (401, "closed"), "the page asks again in place"
    here.post(CLOSE, {"session": names["Firefox, Linux"]})
    assert is_in(here), "signing out is another button"
    assert "1 session fermée" in here.post(CLOSE, follow=True).content.decode()
    assert [is_in(one) for one in (here, there, elsewhere, stranger)] == [True, False, False, True]
    ended = [trace for trace in audit.traces(subject=f"user:{anna.pk}") if trace.action == "session.ended_elsewhere"]
    assert [trace.facts["count"] for trace in ended] == [1, 1]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("anna", True), ("adrien", True), ("bob", False), ("edith", False), ("rachel", False), ("sonia", False)],
)
def test_who_may_close_them(request: pytest.FixtureRequest, anna: User, who: str, allowed: bool) -> None:
    here, actor = come(anna, FIREFOX), request.getfixturevalue(who)
    if not allowed:
        with pytest.raises(PermissionDenied):
            open_sessions.close(actor=actor, user=anna)
    else:
        assert open_sessions.close(actor=actor, user=anna) == 1
    assert is_in(here) is not allowed


def test_what_is_over_is_not_shown(anna: User, clock: Clock) -> None:
    here, there = come(anna, FIREFOX), come(anna, EDGE)
    there.post(reverse("accounts:logout"))
    assert [one.device for one in open_sessions.opened(anna)] == ["Firefox, Linux"]
    clock(20 * 60 + 1)
    assert open_sessions.opened(anna) == []
    clock(0)
    assert len(open_sessions.opened(anna)) == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert open_sessions.opened(anna) == []
    assert not is_in(here)


def test_a_changed_password_closes_the_others(anna: User) -> None:
    here, there = come(anna, FIREFOX), come(anna, EDGE)
    forgive(anna)
    fresh = "Une-phrase-bien-longue-1"
    here.post(reverse("accounts:change_password"), {"current": PASSWORD, "password": fresh, "again": fresh})
    assert [is_in(here), is_in(there)] == [True, False]
    anna.refresh_from_db()
    assert [one.device for one in open_sessions.opened(anna)] == ["Firefox, Linux"]


def test_half_a_sign_in_is_no_session(anna: User) -> None:
    give_password(Client(), "alice")
    assert open_sessions.opened(anna) == []
    Client().force_login(anna, backend="django.contrib.auth.backends.ModelBackend")
    assert OpenSession.objects.count() == 1
    assert open_sessions.opened(anna) == [], "nor is one that some other way had opened without a code"


def test_from_a_shell(anna: User, capsys: pytest.CaptureFixture[str]) -> None:
    here = come(anna, FIREFOX)
    call_command("account", "sessions", "alice")
    shown = capsys.readouterr().out
    assert "Firefox, Linux" in shown
    assert "1 session(s) ouverte(s)" in shown
    call_command("account", "end-sessions", "alice")
    assert not is_in(here)
    here = come(anna, FIREFOX)
    call_command("account", "close", "alice")
    assert not is_in(here)
    anna.refresh_from_db()
    assert not anna.is_active
    assert "Compte fermé, 1 session" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Compte inconnu"):
        call_command("account", "unlock", "personne")
