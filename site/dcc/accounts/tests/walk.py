"""What the tests of signing in share: people with an authenticator, its codes, a clock that can be moved."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.devices import Authenticator, RecoveryDevice
from dcc.accounts.models import User

PASSWORD = "Mot-de-passe-de-test-1"
CHOSEN = "Une-phrase-bien-longue-1"
"""Another one: who is invited again may not take the one she had."""
Clock = Callable[[float], None]


def enrolled(user: User) -> User:
    """The same person, with a confirmed authenticator."""
    Authenticator.objects.create(user=user, confirmed=True, name="test")
    return user


def code_of(user: User, *, steps: int = 0, confirmed: bool = True) -> str:
    """The code that the person's telephone shows now, or ``steps`` of 30 s from now."""
    device: Authenticator = Authenticator.objects.get(user=user, confirmed=confirmed)
    return device.code(steps=steps)


def wrong_code(user: User) -> str:
    """Six digits that no neighbouring step shows."""
    right = {code_of(user, steps=n) for n in range(-3, 4)}
    return next(code for code in (f"{n:06d}" for n in range(20)) if code not in right)


def forgive(user: User) -> None:
    """Let the throttling of wrong codes be over, and used codes be forgotten."""
    Authenticator.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0, last_t=-1)
    RecoveryDevice.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0)


def give_password(client: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    """The first page, filled in."""
    return client.post(reverse("accounts:login"), {"username": username, "password": password, **more})


def enter(client: Client, user: User) -> None:
    """Both pages, filled in right."""
    forgive(user)
    give_password(client, user.username)
    response = client.post(reverse("accounts:code"), {"code": code_of(user)})
    assert response.status_code == 302, response.content.decode()


def is_in(client: Client) -> bool:
    """Whether the client's session is open."""
    opened: bool = client.get(reverse("accounts:session"), headers={"X-DCC-Background": "1"}).json()["open"]
    return opened


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Move the clock of sessions and codes by so many seconds from the true time."""
    true_time = time.time

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: true_time() + seconds)

    return move
