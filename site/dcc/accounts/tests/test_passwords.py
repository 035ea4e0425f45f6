"""Passwords: what may be chosen, the list of leaked ones, when another is asked for and how nothing is lost then."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as generated
from hypothesis import strategies as st
from pytest_django import Settings

from dcc.accounts.forms import NewPasswordForm
from dcc.accounts.models import FormerPassword, User
from dcc.accounts.passwords import breached, renewal
from dcc.accounts.tests.walk import PASSWORD, code_of, enrolled, enter, forgive, give_password, is_in
from dcc.audit import api as audit

LEAKED = "correct horse battery staple"
FRESH = "Une-phrase-bien-longue-1"
CHANGE = reverse("accounts:change_password")


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def anna(alice: User) -> User:
    """Alice with her telephone."""
    return enrolled(alice)


def put_in_list(tmp_path: Path, *passwords: str) -> None:
    source = tmp_path / "liste.txt"
    source.write_text("".join(f"{password}\n" for password in passwords), encoding="utf-8")
    breached.install(source)


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


CHOICES = [
    ("Une-phrase-bien-longue-1", ""),
    ("onze-lettre", "12"),
    ("administrator", "trop courant"),
    ("111222333111", "se devine"),
    ("aaaaaaaaaaaaaaaaaaaa", "se devine"),
    ("alice.martin", "se devine"),
    ("ALICE-Martin-2025", "se devine"),
    ("Martin-pêcheur-bleu", ""),
    (LEAKED, "divulgués"),
    (PASSWORD, "que l&#x27;actuel"),
    ("Deux-phrases-bien-longues", "déjà eu"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("password", "why"), CHOICES)
def test_what_may_be_chosen(alice: User, tmp_path: Path, password: str, why: str) -> None:
    put_in_list(tmp_path, LEAKED)
    before = User(username="avant")
    before.set_password("Deux-phrases-bien-longues")
    FormerPassword.objects.create(user=alice, password=before.password)
    form = NewPasswordForm({"password": password, "again": password}, user=alice)
    assert form.is_valid() is not bool(why)
    assert why in str(form.errors)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("count", [":3", ""])
def test_a_list_of_digests(tmp_path: Path, ending: str, count: str) -> None:
    words = [f"mot {n}" for n in range(400)]
    source = tmp_path / "hibp.txt"
    source.write_bytes("".join(f"{digest}{count}{ending}" for digest in sorted(map(sha1, words))).encode())
    assert breached.installed() is None
    assert breached.install(source) == 400
    assert all(breached.is_breached(word) for word in words)
    assert not any(breached.is_breached(f"autre {n}") for n in range(400))
    installed = breached.installed()
    assert installed is not None
    assert installed.count == 400


@generated(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text("abcé ", min_size=1, max_size=4), min_size=1, max_size=30), asked=st.text("abcé ", max_size=4))
def test_a_plain_list_answers_as_a_set(tmp_path: Path, words: list[str], asked: str) -> None:
    put_in_list(tmp_path, *words)
    assert all(breached.is_breached(word) for word in words)
    assert breached.is_breached(asked) is (asked in set(words))


def test_a_long_plain_list_is_sorted_by_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breached, "RUN", 7)
    words = [f"mot {n % 60}" for n in range(100)]
    put_in_list(tmp_path, *words)
    installed = breached.installed()
    assert installed is not None
    assert installed.count == 60, "each once"
    assert all(breached.is_breached(word) for word in words)
    assert [path.name for path in (tmp_path / "breached").iterdir()] == ["passwords.sha1"], "nothing is left beside"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "vide"),
        (["", ""], "vide"),
        (sorted(map(sha1, "abc"), reverse=True), "Ligne 2 : la liste n'est pas rangée"),
        ([sha1("a"), "mot de passe"], "Ligne 2 : 40 caractères"),
    ],
)
def test_an_unfit_list_leaves_the_former_one(tmp_path: Path, lines: list[str], why: str) -> None:
    put_in_list(tmp_path, LEAKED)
    source = tmp_path / "mauvaise.txt"
    source.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CommandError, match=why):
        call_command("install_breached_passwords", str(source))
    assert breached.is_breached(LEAKED)


def test_the_command_tells_what_is_in_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("install_breached_passwords")
    assert "Aucune liste" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("install_breached_passwords", str(tmp_path / "absente.txt"))
    source = tmp_path / "liste.txt"
    source.write_text(f"{LEAKED}\n")
    call_command("install_breached_passwords", str(source))
    assert "1 mots de passe divulgués" in capsys.readouterr().out


AGES = [
    # role, days since the choice, limit of everybody, limit of the privileged, is another asked for
    ("lecteur", 5000, 0, 365, False),
    ("medecin", 5000, 0, 365, False),
    ("administrateur", 364, 0, 365, False),
    ("administrateur", 365, 0, 365, True),
    ("editeur", 366, 0, 365, True),
    ("responsable", 366, 0, 365, True),
    ("responsable", 5000, 0, 0, False),
    ("lecteur", 90, 90, 365, True),
    ("lecteur", 89, 90, 365, False),
    ("editeur", 91, 90, 365, True),
    ("editeur", 366, 900, 365, True),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "days", "everybody", "privileged", "asked"), AGES)
def test_when_another_is_asked_for(
    alice: User, settings: Settings, role: str, days: int, everybody: int, privileged: int, asked: bool
) -> None:
    settings.DCC_PASSWORD_MAX_AGE_DAYS, settings.DCC_PASSWORD_MAX_AGE_PRIVILEGED_DAYS = everybody, privileged
    alice.memberships.update(role=role)
    chosen = timezone.now() - timedelta(days=days)
    alice.password_changed_at = chosen
    assert (renewal.reason(alice) is renewal.Reason.AGE) is asked
    alice.password_changed_at, alice.date_joined = None, chosen
    assert (renewal.reason(alice) is renewal.Reason.AGE) is asked, "a password never changed is as old as the account"
    alice.password_breached = True
    assert renewal.reason(alice) is renewal.Reason.BREACHED


@pytest.mark.django_db
def test_a_password_that_leaked_since_is_changed_at_the_next_page(client: Client, anna: User, tmp_path: Path) -> None:
    put_in_list(tmp_path, PASSWORD)
    give_password(client, "alice", next="/patients/")
    response: Any = client.post(reverse("accounts:code"), {"code": code_of(anna)})
    assert response["Location"] == "/patients/"
    assert is_in(client)
    response = client.get("/patients/?q=x")
    assert response["Location"] == f"{CHANGE}?next=%2Fpatients%2F%3Fq%3Dx"
    page = client.get(response["Location"]).content.decode()
    assert "divulgués" in page
    assert "Annuler" not in page
    answer = {"current": PASSWORD, "password": FRESH, "again": FRESH, "next": "/patients/?q=x"}
    assert "divulgués" in client.post(CHANGE, {**answer, "password": PASSWORD, "again": PASSWORD}).content.decode()
    assert client.post(CHANGE, answer)["Location"] == "/patients/?q=x"
    assert "Location" not in client.get("/compte/securite/").headers
    anna.refresh_from_db()
    assert anna.password_breached is False
    opened = next(trace for trace in audit.traces(subject=f"user:{anna.pk}") if trace.action == "session.opened")
    assert opened.facts["renewal"] == "divulgue"


@pytest.mark.django_db
def test_what_a_page_has_to_save_is_saved_first(client: Client, anna: User, tmp_path: Path) -> None:
    put_in_list(tmp_path, PASSWORD)
    form = {"username": "alice", "password": PASSWORD, "code": code_of(anna), "user": str(anna.pk)}
    assert client.post(reverse("accounts:relogin"), form).json()["open"], "reopened in place"
    assert client.get("/patients/", headers={"HX-Request": "true"}).status_code != 302
    assert client.get("/patients/", headers={"Sec-Fetch-Dest": "empty"}).status_code != 302
    assert not client.post("/patients/").headers.get("Location", "").startswith(CHANGE)
    assert client.get("/patients/")["Location"].startswith(CHANGE), "where the person goes next"


@pytest.mark.django_db
def test_the_way_back_leads_nowhere_else(client: Client, anna: User) -> None:
    enter(client, anna)
    answer = {"current": PASSWORD, "password": FRESH, "again": FRESH, "next": "https://ailleurs.invalid/"}
    assert client.post(CHANGE, answer)["Location"] == "/"


@pytest.mark.django_db
def test_former_passwords_are_refused_and_forgotten_in_turn(client: Client, anna: User, settings: Settings) -> None:
    settings.DCC_PASSWORD_HISTORY = 2
    enter(client, anna)
    chosen = [PASSWORD, *(f"Une-phrase-bien-longue-{n}" for n in "abc")]

    def change(current: str, password: str) -> bool:
        forgive(anna)
        return client.post(CHANGE, {"current": current, "password": password, "again": password}).status_code == 302

    assert change(chosen[0], chosen[1])
    assert not change(chosen[1], chosen[0])
    assert change(chosen[1], chosen[2])
    assert not change(chosen[2], chosen[0])
    assert change(chosen[2], chosen[3])
    assert FormerPassword.objects.filter(user=anna).count() == 2
    assert change(chosen[3], chosen[0]), "the oldest is forgotten"


@pytest.mark.django_db
def test_an_invitation_does_not_wash_the_former_password(alice: User) -> None:
    from dcc.accounts.invitations import invite
    from dcc.accounts.passwords.rules import FormerPasswordValidator

    invite(actor=None, user=alice)
    invite(actor=None, user=alice)
    assert FormerPassword.objects.filter(user=alice).count() == 1, "one-time passwords are no passwords of hers"
    with pytest.raises(ValidationError, match="déjà eu"):
        FormerPasswordValidator().validate(PASSWORD, alice)
