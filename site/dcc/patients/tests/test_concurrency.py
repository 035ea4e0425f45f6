"""Two imports, or two typists, at once: one patient. Threads write at once on PostgreSQL only; SQLite's transactions queue."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from dcc.accounts.api import User
from dcc.patients import api
from dcc.patients.models import Patient
from dcc.patients.tests.people import NESSI, header
from dcc.patients.tests.test_registration import create, here

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only"),
]


def at_once(work: Callable[[], object], count: int = 4) -> list[object]:
    """Results and exceptions of several threads that start together."""
    ready, results = threading.Barrier(count), list[object]()

    def run() -> None:
        ready.wait(20)
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001  (returned, and asserted on)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.8", None], ids=["with INS", "without"])
def test_one_document_received_four_times(alice: User, oid: str | None) -> None:
    place = here(alice)
    results = at_once(lambda: api.register_from_header(actor=alice, facility_id=place, header=header(NESSI, oid=oid)))
    assert {type(result) for result in results} == {api.Registration}, results
    assert Patient.objects.count() == 1


def test_one_person_typed_four_times(alice: User) -> None:
    results = at_once(lambda: create(alice))
    assert sorted(type(result).__name__ for result in results) == ["CandidatesFound"] * 3 + ["UUID"]
    assert Patient.objects.count() == 1
