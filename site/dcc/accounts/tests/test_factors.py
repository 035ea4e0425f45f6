"""Second factors: the clock, codes used before, at once or after a newer one, the growing wait, secrets sealed at rest."""

from __future__ import annotations

import importlib
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from django_otp.oath import hotp
from pytest_django import Settings

from dcc.accounts import factors
from dcc.accounts.devices import Authenticator, RecoveryDevice, Slowed
from dcc.accounts.models import User
from dcc.accounts.resealing import sealed_fields
from dcc.accounts.tests.walk import Clock, clock, code_of, enrolled, forgive, wrong_code
from dcc.audit import api as audit

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
RFC_KEY = b"12345678901234567890"


@pytest.fixture
def anna(alice: User) -> User:
    """Alice with her telephone."""
    return enrolled(alice)


def device_of(user: User) -> Authenticator:
    device: Authenticator = Authenticator.objects.get(user=user)
    return device


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_rfc(anna: User, monkeypatch: pytest.MonkeyPatch, at: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    device = device_of(anna)
    device.give_key(RFC_KEY)
    monkeypatch.setattr("time.time", lambda: float(at))
    assert device.code() == code
    assert device.use_up(code)


SEQUENCES = [
    # steps of the codes given one after the other, which ones are accepted
    ("the same twice", [0, 0], [True, False]),
    ("an older one after a newer one", [1, 0], [True, False]),
    ("the oldest after the newest", [1, -1], [True, False]),
    ("newer ones in order", [-1, 0, 1], [True, True, True]),
    ("too old", [-2], [False]),
    ("too early", [2], [False]),
    ("a refused one uses nothing up", [2, 1], [False, True]),
]


@pytest.mark.parametrize(("steps", "accepted"), [s[1:] for s in SEQUENCES], ids=[s[0] for s in SEQUENCES])
def test_codes_one_after_the_other(anna: User, steps: list[int], accepted: list[bool]) -> None:
    found = []
    for step in steps:
        found.append(factors.check_code(anna, code_of(anna, steps=step)) is not None)
        Authenticator.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert found == accepted


@pytest.mark.parametrize("drift", [-45, -30, -15, 0, 15, 30, 45])
def test_the_clock_of_a_telephone(anna: User, clock: Clock, drift: int) -> None:
    """One step either way: a telephone less than 30 s late or early always passes, one 60 s away never does."""
    device = device_of(anna)
    clock(drift)
    shown = device.code()
    clock(0)
    steps = Authenticator(user=anna, sealed_key=device.sealed_key).totp()
    apart = abs(_step_of(device, shown) - steps.t())
    assert (factors.check_code(anna, shown) is not None) is (apart <= 1)
    assert abs(drift) > 30 or apart <= 1


def _step_of(device: Authenticator, code: str) -> int:
    now: int = device.totp().t()
    return next(now + n for n in range(-3, 4) if f"{hotp(device.bin_key, now + n):06d}" == code)


@pytest.mark.django_db(transaction=True)
def test_a_code_given_twice_at_once_opens_once(transactional_db: None) -> None:
    from tests.fixtures import make_facility, make_user

    anna = enrolled(make_user("alice", "lecteur", make_facility(), family="MARTIN", given="Alice"))
    code, results, gate = code_of(anna), list[bool](), threading.Barrier(4)

    def give() -> None:
        gate.wait()
        results.append(factors.check_code(anna, code) is not None)
        connections.close_all()

    threads = [threading.Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_the_wait_doubles_and_stops_growing(anna: User) -> None:
    waits, device = [], device_of(anna)
    for _ in range(Slowed.MOST + 3):
        Authenticator.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(days=1))
        assert factors.check_code(anna, wrong_code(anna)) is None
        waits.append(factors.wait_for(anna))
    assert waits == [min(2**n, 2048) for n in range(Slowed.MOST + 3)]
    assert factors.check_code(anna, code_of(anna)) is None, "the right code waits as well"
    device.refresh_from_db()
    assert device.last_t == -1, "and is not used up"
    forgive(anna)
    assert factors.check_code(anna, code_of(anna)) is not None
    assert factors.wait_for(anna) == 0


def test_recovery_codes_are_slowed_down_alike(anna: User) -> None:
    code = factors.renew_recovery_codes(anna)[0]
    assert factors.check_code(anna, "aaaa-bbbb-cccc-dddd") is None
    assert factors.wait_for(anna) == 1
    assert factors.check_code(anna, code) is None
    assert factors.recovery_codes_left(anna) == 10, "a code refused because of the wait is not used up"
    RecoveryDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=2))
    assert factors.check_code(anna, code) is not None


def test_the_database_does_not_hold_the_secret(anna: User) -> None:
    device = device_of(anna)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_authenticator")
        row = str(cursor.fetchall())
    secret = parse_qs(urlsplit(device.uri).query)["secret"][0]
    assert len(device.bin_key) == 20
    for readable in (device.bin_key.hex(), secret, secret.lower(), str(device.bin_key)):
        assert readable not in row


def test_a_secret_moved_to_another_person_opens_nothing(anna: User, bob: User, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever can write in the database does not give somebody else's account his own telephone."""
    enrolled(bob)
    Authenticator.objects.filter(user=anna).update(sealed_key=device_of(bob).sealed_key)
    assert factors.check_code(anna, code_of(bob)) is None
    assert f"{device_of(anna)} : Secret illisible" in caplog.text
    assert factors.check_code(bob, code_of(bob)) is not None


def test_an_enrolment_whose_secret_is_lost_begins_again(alice: User, settings: Settings) -> None:
    settings.DCC_SECRETS_KEY = "premiere-cle"
    shown = factors.begin_enrolment(alice)
    assert factors.begin_enrolment(alice) == shown
    settings.DCC_SECRETS_KEY = "seconde-cle"
    assert factors.begin_enrolment(alice).secret != shown.secret
    assert factors.confirm_enrolment(alice, code_of(alice, confirmed=False)) is not None


def test_secrets_are_sealed_again_after_a_change_of_key(anna: User, bob: User, settings: Settings) -> None:
    settings.DCC_SECRETS_KEY = "premiere-cle"
    enrolled(bob)
    former = {device.pk: (device.sealed_key, device.bin_key) for device in Authenticator.objects.all()}
    settings.DCC_SECRETS_KEY, settings.DCC_SECRETS_FORMER_KEYS = "seconde-cle", ["premiere-cle"]
    call_command("reseal_secrets")
    settings.DCC_SECRETS_FORMER_KEYS = []
    for device in Authenticator.objects.all():
        assert device.sealed_key != former[device.pk][0]
        assert device.bin_key == former[device.pk][1]
    sealed = list(Authenticator.objects.values_list("sealed_key", flat=True))
    call_command("reseal_secrets")
    assert list(Authenticator.objects.values_list("sealed_key", flat=True)) == sealed, "nothing is left to do"
    assert [trace.facts for trace in audit.traces(subject="platform:secrets")] == [
        {"count": 0, "unreadable": 0},
        {"count": 2, "unreadable": 0},
    ]


def test_a_secret_whose_key_is_lost_is_said(anna: User, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DCC_SECRETS_KEY = "premiere-cle"
    device_of(anna).delete()
    device = device_of(enrolled(anna))
    settings.DCC_SECRETS_KEY = "seconde-cle"
    with pytest.raises(CommandError, match=r"1 secret.* illisible"):
        call_command("reseal_secrets")
    assert f"accounts.authenticator {device.pk}" in capsys.readouterr().err


def test_every_sealed_column_is_found() -> None:
    assert ("accounts.authenticator", "sealed_key") in {(f.model._meta.label_lower, f.name) for f in sealed_fields()}


def test_readable_authenticators_of_before_are_sealed_and_their_table_goes(alice: User, settings: Settings) -> None:
    migration: Any = importlib.import_module("dcc.accounts.migrations.0005_seal_authenticators")
    kind, user = ("uuid", str(alice.pk)) if connection.vendor == "postgresql" else ("char(32)", alice.pk.hex)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {migration.FORMER} (id integer, user_id {kind}, name varchar(64), confirmed bool, key varchar(80), "
            "last_t bigint, throttling_failure_count integer)"
        )
        cursor.execute(
            f"INSERT INTO {migration.FORMER} VALUES (7, %s, 'TOTP', %s, %s, 41, 2)",  # noqa: S608  (a constant)
            [user, True, RFC_KEY.hex()],
        )
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        migration.seal_former(apps, editor)
        migration.drop_former(apps, editor)
        assert migration.FORMER not in connection.introspection.table_names(cursor)
        migration.seal_former(apps, editor)  # a new database has no such table
    device = device_of(alice)
    assert device.bin_key == RFC_KEY
    assert (device.confirmed, device.last_t, device.throttling_failure_count) == (True, 41, 2)
