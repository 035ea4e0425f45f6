"""Limits of costly gestures: the table, counts shared by several processes, the refusal that loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from dcc.accounts.models import User
from dcc.security import counting
from dcc.security.counting import LOTS, Counter
from dcc.security.limits import LIMITS, MINUTE, NEVER_LIMITED, UNLIMITED_AT_THE_DOOR, Limit, limits_of
from dcc.security.models import Hits
from tests.addresses import addresses
from tests.contract.test_addresses import OPEN
from tests.fixtures import sign_in

HUNDRED = Limit("hundred", "essais", ("x",), ((MINUTE, 100),))
NOON = 1_790_000_000 // MINUTE * MINUTE


@pytest.fixture(autouse=True)
def _full_rate(settings: Settings) -> Iterator[None]:
    settings.DCC_RATE_LIMIT_PERCENT = 100
    counting.counter.forget()
    yield
    counting.counter.forget()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock of the counts to so many seconds after noon."""

    def move(seconds: float) -> None:
        monkeypatch.setattr("dcc.security.counting.time.time", lambda: NOON + seconds)

    move(0)
    return move


class TestTable:
    """What is limited, and what may never be."""

    def test_its_addresses_exist(self) -> None:
        names = {name for _, name, _ in addresses()}
        patterns = [pattern for limit in LIMITS for pattern in limit.addresses]
        assert [p for p in patterns if not any(fnmatchcase(name, p) for name in names)] == []
        assert names >= NEVER_LIMITED

    def test_nothing_that_saves_while_one_types_is_limited(self) -> None:
        assert [limit.key for name in NEVER_LIMITED for limit in LIMITS if limit.concerns(name, "POST")] == []
        assert limits_of("web:document", "POST") == (), "a whole form that is sent is saved"

    def test_whatever_is_open_to_everybody_is_limited_or_harmless(self) -> None:
        entrances = {name for name in OPEN if name.startswith(("accounts:", "web:", "cms:"))}
        free = {name for name in entrances if not limits_of(name, "POST")}
        assert free == UNLIMITED_AT_THE_DOOR


@pytest.mark.django_db
class TestCounting:
    """By lots, over several processes."""

    def test_one_process_stops_at_the_limit(self, at: Callable[[float], None]) -> None:
        counter = Counter()
        at(20)
        assert [counter.hit(HUNDRED, "alice") for _ in range(103)] == [0] * 100 + [40] * 3
        assert counter.hit(HUNDRED, "bob") == 0
        at(MINUTE)
        assert counter.hit(HUNDRED, "alice") == 0

    def test_several_processes_stop_together_within_a_lot_each(self, at: Callable[[float], None]) -> None:
        processes = [Counter() for _ in range(4)]
        passed = sum(process.hit(HUNDRED, "alice") == 0 for _ in range(60) for process in processes)
        assert 100 <= passed <= 100 + len(processes) * (100 // LOTS)

    def test_most_requests_write_nothing(
        self, at: Callable[[float], None], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        counter = Counter()
        counter.hit(HUNDRED, "alice")
        with django_assert_num_queries(1):
            for _ in range(100 // LOTS):
                counter.hit(HUNDRED, "alice")

    def test_a_database_that_fails_stops_nobody(self, at: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            def cursor(self) -> None:
                raise DatabaseError("perdue")

        monkeypatch.setattr(counting, "connection", Broken())
        counter = Counter()
        assert [counter.hit(HUNDRED, "alice") for _ in range(101)] == [0] * 100 + [60], "each process still counts for itself"

    def test_old_counts_go_and_name_nobody(self, at: Callable[[float], None]) -> None:
        counter = Counter()
        for _ in range(100 // LOTS):
            counter.hit(HUNDRED, "alice")
        (row,) = Hits.objects.all()
        assert (len(row.key), row.ends, row.count) == (64, NOON + MINUTE, 5)
        at(3 * MINUTE)
        counter.hit(HUNDRED, "bob")
        assert not Hits.objects.exists()

    def test_the_setting_scales_the_table(self, at: Callable[[float], None], settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 5
        counter = Counter()
        assert [counter.hit(HUNDRED, "alice") for _ in range(6)] == [0] * 5 + [60]


@pytest.mark.django_db
class TestRefusal:
    """What the person and the script are told."""

    def test_a_page_in_french_that_keeps_what_was_typed(self, client: Client, alice: User, settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 1
        sign_in(client, alice)
        typed = {"birth_name": "Dupont", "csrfmiddlewaretoken": "abc", "scan": SimpleUploadedFile("carte.pdf", b"%PDF-1.4")}
        assert client.post(reverse("web:patient_create"), typed).status_code == 422
        refused = client.post(reverse("web:patient_create"), {**typed, "scan": SimpleUploadedFile("carte.pdf", b"%PDF-1.4")})
        page = refused.content.decode()
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 3600
        assert "no-store" in refused["Cache-Control"]
        assert "créations de patients" in page
        assert '<input type="hidden" name="birth_name" value="Dupont">' in page
        assert "abc" not in page
        assert "carte.pdf" in page

    def test_a_page_that_was_only_read(self, client: Client, alice: User, settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 1
        sign_in(client, alice)
        answers = [client.get(reverse("web:patients")) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert "Renvoyer" not in answers[1].content.decode()

    def test_a_script_is_told_in_data(self, client: Client, alice: User, settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 1
        sign_in(client, alice)
        client.get(reverse("web:patients"))
        answer = client.post(reverse("web:patients"), {"q": "Dupont"}, headers={"HX-Request": "true"})
        assert answer.status_code == 429
        assert answer.json()["error"].startswith("Trop de demandes en peu de temps (recherches de patients). Réessayez dans ")

    def test_another_person_and_another_gesture_go_on(self, client: Client, alice: User, bob: User, settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 1
        sign_in(client, alice)
        assert [client.get(reverse("web:patients")).status_code for _ in range(2)] == [200, 429]
        assert client.get(reverse("web:patient_create")).status_code == 200
        other = Client()
        sign_in(other, bob)
        assert other.get(reverse("web:patients")).status_code == 200

    def test_at_the_entrance_addresses_are_counted(self, client: Client, db: None, settings: Settings) -> None:
        settings.DCC_RATE_LIMIT_PERCENT = 1
        statuses = [client.get(reverse("accounts:login")).status_code for _ in range(7)]
        assert statuses == [200] * 6 + [429]
        assert client.get(reverse("accounts:login"), REMOTE_ADDR="192.0.2.7").status_code == 200
        assert client.get(reverse("web:brand")).status_code == 200
