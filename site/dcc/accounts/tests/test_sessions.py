"""Sessions: idle and absolute limits, what a script is told, signing in again in place."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import PASSWORD, Clock, clock, code_of, enrolled, enter, forgive, is_in, wrong_code
from dcc.audit import api as audit

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
PAGE, RELOGIN, STATE = "/compte/securite/", reverse("accounts:relogin"), reverse("accounts:session")
HOUR = 3600
FETCH = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def anna(client: Client, alice: User) -> User:
    """Alice, signed in."""
    enter(client, enrolled(alice))
    return alice


def test_an_idle_session_ends(client: Client, anna: User, clock: Clock) -> None:
    clock(19 * 60)
    assert client.get(PAGE).status_code == 200
    clock(38 * 60)
    assert client.get(PAGE).status_code == 200, "each page keeps the session alive"
    clock(58 * 60 + 1)
    assert client.get(PAGE).status_code == 302
    assert not is_in(client)
    clock(0)
    assert not is_in(client), "a session that ended does not come back"
    closed = audit.traces(subject=f"user:{anna.pk}")[0]
    assert (closed.action, closed.facts) == ("session.closed", {"why": "timeout"})


def test_what_the_page_does_by_itself_keeps_nothing_alive(client: Client, anna: User, clock: Clock) -> None:
    for minutes in (10, 15, 19):
        clock(minutes * 60)
        assert client.get(PAGE, headers={"X-DCC-Background": "1"}).status_code == 200
    clock(20 * 60 + 1)
    assert client.get(PAGE).status_code == 302


def test_an_editor_left_open_keeps_nothing_alive(client: Client, edith: User, clock: Clock) -> None:
    enter(client, enrolled(edith))
    for minutes in (10, 19):
        clock(minutes * 60)
        assert client.post("/admin/editing-sessions/ping/1/").status_code != 401
    clock(20 * 60 + 1)
    assert not is_in(client)


def test_a_busy_session_ends_all_the_same(client: Client, anna: User, clock: Clock) -> None:
    for minutes in range(15, 12 * 60, 15):
        clock(minutes * 60)
        assert client.get(PAGE).status_code == 200
    clock(12 * HOUR + 1)
    assert client.get(PAGE).status_code == 302


def test_activity_is_not_written_at_each_request(
    client: Client, anna: User, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    clock(1)
    with django_assert_max_num_queries(6) as queries:
        client.get(STATE)
    assert not [q for q in queries.captured_queries if q["sql"].startswith("UPDATE")]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Requested-With": "XMLHttpRequest"},
        {"HX-Request": "true"},
        {"Sec-Fetch-Dest": "empty"},
        {"Accept": "application/json"},
    ],
    ids=lambda h: next(iter(h)),
)
def test_a_script_is_told_that_the_session_is_closed(client: Client, headers: dict[str, str], db: None) -> None:
    response = client.post(PAGE, {"answer": "42"}, headers=headers)
    assert (response.status_code, response["X-DCC-Session"], response["Cache-Control"]) == (401, "closed", "no-store")
    assert response.json() == {"code": "session", "error": "Session fermée : reconnectez-vous.", "relogin": RELOGIN}


def test_a_person_is_sent_to_the_entrance(client: Client, db: None) -> None:
    response = client.get("/compte/securite/?a=1", headers={"Sec-Fetch-Dest": "document", "Accept": "text/html,*/*"})
    assert response["Location"] == "/compte/connexion/?next=/compte/securite/%3Fa%3D1"


def test_the_page_of_another_person_is_not_served(client: Client, anna: User, bob: User) -> None:
    """Bob signed in from another tab: what Alice's page sends must not be written under his name."""
    for whose, status in ((bob.pk, 401), (anna.pk, 200)):
        response = client.get(PAGE, headers={"X-DCC-User": str(whose), **FETCH})
        assert response.status_code == status


def test_state(client: Client, anna: User, clock: Clock) -> None:
    assert Client().get(STATE).json() == {"open": False}
    clock(300)
    state = client.get(STATE, headers={"X-DCC-Background": "1"}).json()
    assert (state["open"], state["user"]) == (True, str(anna.pk))
    assert 890 <= state["seconds"] <= 900
    assert state["csrf"]


def test_the_form_for_signing_in_again_is_a_fragment(client: Client, db: None) -> None:
    page = client.get(RELOGIN).content.decode()
    assert page.strip().startswith("<form")
    for field in ("username", "password", "code", "user", "csrfmiddlewaretoken"):
        assert f'name="{field}"' in page


def again(client: Client, who: User, **more: object) -> Any:
    data = {"username": who.username, "password": PASSWORD, "code": code_of(who), "user": str(who.pk), **more}
    return client.post(RELOGIN, data, headers=FETCH)


def test_signing_in_again_in_place(anna: User, clock: Clock) -> None:
    """With the page's own token, over an expired session; the answer brings the new token."""
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("accounts:login"))
    token = client.cookies["csrftoken"].value
    forgive(anna)
    response = again(client, anna, csrfmiddlewaretoken=token)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["open"], answer["user"]) == (True, str(anna.pk))
    assert 1195 <= answer["seconds"] <= 1200
    assert client.cookies["csrftoken"].value != token
    saved = client.post(reverse("accounts:logout"), headers={"X-CSRFToken": answer["csrf"]})
    assert saved.status_code == 302, "the new token is good for the saves that waited"


def test_both_factors_are_asked_and_no_word_is_said_too_many(client: Client, anna: User) -> None:
    client.post(reverse("accounts:logout"))
    for wrong in ({"password": "faux"}, {"username": "personne"}, {"code": ""}, {"password": ""}, {}):
        forgive(anna)
        response = again(client, anna, **(wrong or {"code": wrong_code(anna)}))
        assert response.status_code == 403
        assert set(response.json()) == {"error"}
        assert not is_in(client)
    forgive(anna)
    assert again(client, anna).status_code == 200


def test_codes_are_not_replayed_here_either(client: Client, anna: User) -> None:
    forgive(anna)
    code = code_of(anna)
    assert again(Client(), anna, code=code).status_code == 200
    assert again(Client(), anna, code=code).status_code == 403


def test_another_person_does_not_take_over_the_page(client: Client, anna: User, bob: User) -> None:
    enrolled(bob)
    client.post(reverse("accounts:logout"))
    for page_of in (anna.pk, uuid4()):
        response = again(client, bob, user=str(page_of))
        assert response.status_code == 409
        assert not is_in(client)
    assert again(client, bob, user=str(bob.pk)).status_code == 200, "the code was not used up by the refusals"


def test_guesses_here_count_with_the_others(client: Client, anna: User) -> None:
    client.post(reverse("accounts:logout"))
    statuses = [again(client, anna, password="faux").status_code for _ in range(5)]
    assert statuses == [403, 403, 403, 403, 429]
    response = again(client, anna)
    assert response.status_code == 429
    assert "réessayez" in response.json()["error"]


def test_an_invited_person_does_not_enter_by_the_side(client: Client, anna: User) -> None:
    from dcc.accounts.invitations import invite

    one_time = invite(actor=None, user=anna)
    response = client.post(RELOGIN, {"username": "alice", "password": one_time, "code": "123456"}, headers=FETCH)
    assert response.status_code == 403
    assert not is_in(client)
