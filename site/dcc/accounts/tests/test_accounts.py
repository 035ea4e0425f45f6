"""Accounts from a shell: creating, inviting again, demonstration accounts that production refuses."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts import demo
from dcc.accounts.models import Facility, User
from dcc.accounts.tests.walk import Clock, clock, enrolled, give_password, is_in

__all__ = ["clock"]
pytestmark = pytest.mark.django_db


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def one_time(printed: str) -> str:
    return next(line for line in printed.splitlines() if "usage unique" in line).partition(" : ")[2]


def test_creating_an_account(client: Client, facility: Facility, alice: User) -> None:
    from dcc.accounts.models import Practitioner

    Practitioner.objects.create(national_id="810000000009", family="NOËL", given="Nina")
    printed = command("create_user", "nina", "--role", "medecin", "--facility", "490000031", "--practitioner", "810000000009")
    assert "72 heures" in printed
    nina = User.objects.get(username="nina")
    assert (nina.get_full_name(), nina.memberships.get().facility) == ("Nina NOËL", facility)
    assert give_password(client, "nina", one_time(printed))["Location"] == reverse("accounts:password")  # type: ignore[index]  # a response


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("alice", "--role", "lecteur", "--facility", "490000031"), "déjà pris"),
        (("ALICE", "--role", "lecteur", "--facility", "490000031"), "déjà pris"),
        (("nina",), "--role"),
        (("nina", "--role", "lecteur"), "structure"),
        (("nina", "--role", "lecteur", "--facility", "000000000"), "Structure inconnue"),
        (("nina", "--role", "lecteur", "--facility", "490000031", "--practitioner", "1"), "Professionnel inconnu"),
        (("nina", "--role", "medecin", "--facility", "490000031", "--practitioner", "810000000001"), "a déjà un compte"),
        (("ni na", "--role", "editeur"), "valide"),
        (("nina", "--invite-again"), "Compte inconnu"),
    ],
)
def test_what_cannot_be_created(alice: User, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        command("create_user", *words)
    assert User.objects.count() == 1


def test_inviting_again(client: Client, alice: User) -> None:
    enrolled(alice)
    printed = command("create_user", "alice", "--invite-again")
    assert give_password(client, "alice", one_time(printed))["Location"] == reverse("accounts:password")  # type: ignore[index]  # a response


def test_demonstration_accounts_can_be_used(client: Client, settings: Settings, clock: Clock) -> None:
    settings.DCC_DEMO = True
    printed = command("demo_accounts")
    assert command("demo_accounts") == printed, "asking again changes nothing"
    assert demo.PASSWORD in printed
    for username in ("alice", "sonia", "edith", "adrien"):
        assert username in printed
        give_password(client, username, demo.PASSWORD)
        code, uri = command("otp", username).split()
        assert uri.startswith(f"otpauth://totp/OncoDCC%3A{username}?secret=")
        client.post(reverse("accounts:code"), {"code": code})
        assert is_in(client)
        client.post(reverse("accounts:logout"))
    give_password(client, "alice", demo.PASSWORD)
    client.post(reverse("accounts:code"), {"code": command("otp", "alice").split()[0]})
    assert is_in(client), "a second session within the half minute gets the next code"


def test_the_secret_of_a_demonstration_is_fixed(settings: Settings) -> None:
    settings.DCC_DEMO = True
    command("demo_accounts")
    assert (
        "secret=" + command("otp", "alice").partition("secret=")[2] == "secret=" + command("otp", "alice").partition("secret=")[2]
    )


def test_production_has_no_demonstration(alice: User) -> None:
    enrolled(alice)
    for words in (("demo_accounts",), ("otp", "alice")):
        with pytest.raises(CommandError, match="DCC_DEMO"):
            command(*words)
    with pytest.raises(demo.NotADemonstration):
        demo.demo_account(username="x", role="editeur", facility=None, given="", family="")
    assert User.objects.count() == 1


def test_a_demonstration_knows_no_stranger(settings: Settings) -> None:
    settings.DCC_DEMO = True
    with pytest.raises(CommandError, match="Compte inconnu"):
        command("otp", "personne")


def test_over_sessions_are_forgotten(client: Client, alice: User) -> None:
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from dcc.accounts.models import OpenSession
    from dcc.accounts.open_sessions import forget_over
    from tests.fixtures import sign_in

    sign_in(client, alice)
    Session.objects.create(session_key="old", session_data="x", expire_date=timezone.now() - timedelta(days=1))
    OpenSession.objects.create(key="gone", user=alice, opened_at=timezone.now())
    forget_over()
    assert list(OpenSession.objects.values_list("key", flat=True)) == list(Session.objects.values_list("session_key", flat=True))
    assert Session.objects.count() == 1
