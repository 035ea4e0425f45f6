"""Guessing: who is shut out, from where, for how long, how it is lifted; and nothing tells whether an account exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import factors
from dcc.accounts.invitations import close_account, invite
from dcc.accounts.models import User
from dcc.accounts.tests.walk import PASSWORD, code_of, enrolled, enter, give_password, is_in, wrong_code
from dcc.accounts.unlocking import unlock
from dcc.audit import api as audit

pytestmark = pytest.mark.django_db
LOGIN, CODE, RELOGIN = (reverse(f"accounts:{name}") for name in ("login", "code", "relogin"))
HERE, THERE = "192.0.2.1", "192.0.2.2"
SHUT = 429


@pytest.fixture
def anna(alice: User) -> User:
    """Alice with her telephone."""
    return enrolled(alice)


def try_from(address: str, username: str, password: str = PASSWORD, **more: Any) -> int:
    return Client(REMOTE_ADDR=address, **more).post(LOGIN, {"username": username, "password": password}).status_code


TRIES: list[tuple[str, list[tuple[str, str]], dict[tuple[str, str], int]]] = [
    ("four are forgiven", [("alice", HERE)] * 4, {("alice", HERE): 302}),
    ("five shut out", [("alice", HERE)] * 5, {("alice", HERE): SHUT, ("alice", THERE): 302, ("bob", HERE): 302}),
    ("spread over addresses", [("alice", HERE)] * 4 + [("alice", THERE)] * 4, {("alice", HERE): 302, ("alice", THERE): 302}),
    ("spread over names", [("alice", HERE), ("bob", HERE)] * 4, {("alice", HERE): 302, ("bob", HERE): 302}),
    ("a name that nobody has", [("personne", HERE)] * 5, {("personne", HERE): SHUT, ("alice", HERE): 302}),
    ("a name written otherwise", [("ALICE", HERE)] * 5, {("ALICE", HERE): SHUT, ("alice", HERE): 302}),
]


@pytest.mark.parametrize(("wrong", "then"), [t[1:] for t in TRIES], ids=[t[0] for t in TRIES])
def test_who_is_shut_out(anna: User, bob: User, wrong: list[tuple[str, str]], then: dict[tuple[str, str], int]) -> None:
    enrolled(bob)
    for username, address in wrong:
        try_from(address, username, "faux")
    assert {(name, address): try_from(address, name) for name, address in then} == then


def test_another_browser_is_the_same_guesser(anna: User) -> None:
    found = [try_from(HERE, "alice", "faux", HTTP_USER_AGENT=f"Navigateur {n}") for n in range(6)]
    assert found == [200, 200, 200, 200, SHUT, SHUT]


def test_both_entrances_count_together(anna: User) -> None:
    there = Client(REMOTE_ADDR=HERE)
    for _ in range(3):
        there.post(RELOGIN, {"username": "alice", "password": "faux", "code": "123456"})
    assert [try_from(HERE, "alice", "faux") for _ in range(2)] == [200, SHUT]
    again = there.post(RELOGIN, {"username": "alice", "password": PASSWORD, "code": code_of(anna)})
    assert again.status_code == SHUT


@pytest.mark.parametrize(("minutes", "status"), [(14, SHUT), (16, 302)])
def test_it_lasts_a_quarter_of_an_hour(anna: User, minutes: int, status: int) -> None:
    for _ in range(5):
        try_from(HERE, "alice", "faux")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))
    assert try_from(HERE, "alice") == status


def test_an_operator_lifts_it(client: Client, anna: User, bob: User, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled(bob)
    for address in (HERE, THERE):
        for name in ("alice", "bob"):
            for _ in range(5):
                try_from(address, name, "faux")
    give_password(client, "alice")
    client.post(CODE, {"code": wrong_code(anna)})
    assert factors.wait_for(anna)
    call_command("account", "unlock", "alice")
    assert "Blocage levé (2 adresse(s))" in capsys.readouterr().out
    assert [try_from(HERE, name) for name in ("alice", "bob")] == [302, SHUT], "hers only"
    client.post(CODE, {"code": code_of(anna)})
    assert is_in(client)
    assert audit.traces(subject=f"user:{anna.pk}")[1].action == "account.unlocked"


def test_lifting_gives_no_used_code_back(client: Client, anna: User) -> None:
    code = code_of(anna)
    assert factors.check_code(anna, code) is not None
    unlock(actor=None, user=anna)
    assert factors.check_code(anna, code) is None


@pytest.mark.parametrize(("who", "allowed"), [("adrien", True), ("edith", False), ("rachel", False), ("alice", False)])
def test_who_may_lift_it(request: pytest.FixtureRequest, bob: User, who: str, allowed: bool) -> None:
    actor = request.getfixturevalue(who)
    if allowed:
        unlock(actor=actor, user=bob)
        return
    with pytest.raises(PermissionDenied):
        unlock(actor=actor, user=bob)


class TestNothingTellsWhetherAnAccountExists:
    """The same words (see ``test_signin``), the same work, the same trace for whoever is outside."""

    KINDS = ("alice", "personne", "bob", "charlie", "sonia")
    """Known; unknown; closed; invited; without authenticator: all with a wrong password."""

    @pytest.fixture(autouse=True)
    def _people(self, anna: User, bob: User, charlie: User, sonia: User) -> None:
        close_account(actor=None, user=bob)
        invite(actor=None, user=charlie)

    def test_the_same_work(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A password is hashed once, whoever is named: that is what takes the time."""
        hashed: list[str] = []
        encode = MD5PasswordHasher.encode

        def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
            hashed.append(password)
            return encode(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
        work = {}
        for name in self.KINDS:
            hashed.clear()
            try_from(HERE, name, "faux")
            work[name] = len(hashed)
        assert work == dict.fromkeys(self.KINDS, 1)

    def test_the_same_answer_when_shut_out(self) -> None:
        pages = set()
        for name in self.KINDS:
            there = Client(REMOTE_ADDR=HERE)
            found = [there.post(LOGIN, {"username": name, "password": "faux"}) for _ in range(6)]
            assert [one.status_code for one in found] == [200, 200, 200, 200, SHUT, SHUT], name
            pages.add(found[-1].content.decode().replace(str(there.cookies["csrftoken"].value), ""))
        assert len(pages) == 1

    def test_the_same_refusal_in_place(self) -> None:
        answers = {
            Client(REMOTE_ADDR=THERE).post(RELOGIN, {"username": name, "password": "faux", "code": "123456"}).content
            for name in self.KINDS
        }
        assert len(answers) == 1


def test_who_shares_an_address_with_a_guesser_enters(anna: User, bob: User) -> None:
    """A hospital comes from one address."""
    for _ in range(6):
        try_from(HERE, "alice", "faux")
    there = Client(REMOTE_ADDR=HERE)
    enter(there, enrolled(bob))
    assert is_in(there)
