"""The code by mail: only where allowed and to whom, once, ten minutes, slowed down, kept unreadable, journaled."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts import factors
from dcc.accounts.invitations import invite
from dcc.accounts.models import MailedCode, User
from dcc.accounts.tests.walk import PASSWORD, enrolled, give_password, is_in
from dcc.audit import api as audit

pytestmark = pytest.mark.django_db
CODE, MAIL = reverse("accounts:code"), reverse("accounts:mail_code")
ASK = "Recevoir un code par courriel"


@pytest.fixture
def anna(alice: User, settings: Settings) -> User:
    """Alice with her telephone and an address, in a region that allows the code by mail."""
    settings.DCC_EMAIL_CODE = True
    User.objects.filter(pk=alice.pk).update(email="alice.martin@ch.example")
    alice.refresh_from_db()
    return enrolled(alice)


def ask_for_one(client: Client) -> str:
    """The code received."""
    client.post(MAIL)
    found = re.search(r"[0-9]{8}", str(mail.outbox[-1].body))
    assert found
    return found[0]


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_code_by_mail_opens_a_session_once(client: Client, anna: User) -> None:
    give_password(client, "alice", next="/patients/")
    page = client.get(CODE).content.decode()
    assert ASK in page
    assert "a…@ch.example" in page
    assert "alice.martin" not in page
    code = ask_for_one(client)
    assert mail.outbox[-1].to == ["alice.martin@ch.example"]
    assert client.post(CODE, {"code": f" {code[:4]} {code[4:]} "})["Location"] == "/patients/"
    assert is_in(client)
    assert audit.traces(subject=f"user:{anna.pk}")[0].facts["factor"] == "email"
    assert "session.code_mailed" in {trace.action for trace in audit.traces(subject=f"user:{anna.pk}")}
    other = Client()
    give_password(other, "alice")
    other.post(CODE, {"code": code})
    assert not is_in(other)


@pytest.mark.parametrize(("seconds", "accepted"), [(599, True), (601, False)])
def test_it_is_good_for_ten_minutes(client: Client, anna: User, seconds: int, accepted: bool) -> None:
    give_password(client, "alice")
    code = ask_for_one(client)
    device: MailedCode = MailedCode.objects.get(user=anna)
    assert device.until is not None
    MailedCode.objects.update(until=device.until - timedelta(seconds=seconds))
    assert (factors.check_code(anna, code) is not None) is accepted


def test_a_wrong_one_slows_the_next_down(client: Client, anna: User) -> None:
    give_password(client, "alice")
    code = ask_for_one(client)
    page = client.post(CODE, {"code": other_code(code)}).content.decode()
    assert "attendez 1 seconde" in page
    client.post(CODE, {"code": code})
    assert not is_in(client)
    MailedCode.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=2))
    client.post(CODE, {"code": code})
    assert is_in(client)


def test_one_a_minute_and_the_last_one_only(client: Client, anna: User) -> None:
    give_password(client, "alice")
    first = ask_for_one(client)
    assert "attendez une minute" in client.post(MAIL, follow=True).content.decode()
    assert len(mail.outbox) == 1
    MailedCode.objects.update(until=timezone.now() + timedelta(minutes=8))
    second = ask_for_one(client)
    assert len(mail.outbox) == 2
    assert first == second or factors.check_code(anna, first) is None
    MailedCode.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert factors.check_code(anna, second) is not None


def test_the_database_does_not_hold_the_code(client: Client, anna: User) -> None:
    give_password(client, "alice")
    code = ask_for_one(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_mailedcode")
        assert code not in str(cursor.fetchall())
    assert code not in str(audit.traces())


REFUSALS = [
    ("the region does not allow it", {"allowed": False}),
    ("no address", {"email": ""}),
    ("an administrator", {"role": "administrateur"}),
    ("an editor", {"role": "editeur"}),
    ("who answers for accesses", {"role": "responsable"}),
]


@pytest.mark.parametrize("case", [case for _name, case in REFUSALS], ids=[name for name, _case in REFUSALS])
def test_to_whom_none_is_sent(client: Client, anna: User, settings: Settings, case: dict[str, object]) -> None:
    give_password(client, "alice")
    code = ask_for_one(client)
    settings.DCC_EMAIL_CODE = case.get("allowed", True)
    User.objects.filter(pk=anna.pk).update(email=case.get("email", anna.email))
    anna.memberships.update(role=case.get("role", "medecin"))
    anna.refresh_from_db()
    assert ASK not in client.get(CODE).content.decode()
    MailedCode.objects.update(until=timezone.now() + timedelta(minutes=8))
    assert "pas possible" in client.post(MAIL, follow=True).content.decode()
    assert len(mail.outbox) == 1
    assert factors.check_code(anna, code) is None, "nor is one that was sent before worth anything"


def test_it_is_sent_after_the_password_only(client: Client, anna: User) -> None:
    assert client.post(MAIL)["Location"] == reverse("accounts:login")
    give_password(client, "alice", "faux")
    client.post(MAIL)
    give_password(client, "alice")
    client.get(MAIL)
    assert mail.outbox == [], "nor by a link that somebody follows"


def test_who_enrols_gets_none(client: Client, anna: User) -> None:
    """The invitation stays the only way back for who lost everything; it voids the code that was sent."""
    give_password(client, "alice")
    ask_for_one(client)
    one_time = invite(actor=None, user=anna)
    assert not MailedCode.objects.exists()
    other = Client()
    give_password(other, "alice", one_time)
    assert other.post(MAIL)["Location"] == reverse("accounts:password")
    assert len(mail.outbox) == 1


def test_a_mail_that_does_not_leave_is_said(client: Client, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise OSError("serveur injoignable")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    give_password(client, "alice")
    assert "pas pu être envoyé" in client.post(MAIL, follow=True).content.decode()
    monkeypatch.undo()
    ask_for_one(client)
    assert len(mail.outbox) == 1, "another may be asked for at once"


def test_a_session_is_reopened_in_place_with_one(client: Client, anna: User) -> None:
    other = Client()
    give_password(other, "alice")
    form = {"username": "alice", "password": PASSWORD, "code": ask_for_one(other), "user": str(anna.pk)}
    assert client.post(reverse("accounts:relogin"), form).json()["open"]
