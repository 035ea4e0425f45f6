"""Two imports, or two typists, at once: one patient. Threads write at once on PostgreSQL only; SQLite's transactions queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, connections

from dcc.accounts.api import Facility, User
from dcc.patients import api
from dcc.patients.models import Patient, Reconciliation
from dcc.patients.tests.covered import cover, insi_answers
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
        ready.wait(60)
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


def test_two_operators_reconcile_one_identity(alice: User, bob: User) -> None:
    """Shown by 6: one answer holds, the others are told that somebody answered; one patient more at most."""
    create(alice)
    near = header(replace(NESSI, birth_date="1977-07-15"))
    with pytest.raises(api.IdentityConflict) as conflict:
        api.register_from_header(actor=alice, facility_id=here(alice), header=near)
    asked = conflict.value.reconciliation_id
    assert asked is not None
    answers = iter([(alice, "conserver"), (bob, "creer"), (alice, "creer"), (bob, "conserver")])
    turn = threading.Lock()

    def reconcile() -> object:
        with turn:
            actor, answer = next(answers)
        return api.answer_reconciliation(
            actor=actor, reconciliation_id=asked, expected_revision=1, answer=answer, reason="Vérifié"
        )

    results = at_once(reconcile)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyAnswered"] * 3 + ["UUID"], results
    row = Reconciliation.objects.get()
    assert Patient.objects.count() == (2 if row.state == "creer" else 1)
    assert row.outcome_id in results


def test_one_contradiction_received_four_times(alice: User) -> None:
    create(alice)
    near, place = header(replace(NESSI, birth_date="1977-07-15")), here(alice)
    results = at_once(lambda: api.register_from_header(actor=alice, facility_id=place, header=near))
    assert {getattr(result, "reconciliation_id", result) for result in results} == {Reconciliation.objects.get().pk}


def test_two_operators_confirm_one_answer_of_insi(alice: User, bob: User, facility: Facility) -> None:
    cover(facility, alice, bob)
    patient_id = create(alice)
    with insi_answers():
        asked = api.ask_insi(actor=alice, facility_id=here(alice), patient_id=patient_id, expected_revision=1)
    assert asked.proposal_id is not None
    step = {"facility_id": here(alice), "patient_id": patient_id, "expected_revision": 1, "proposal_id": asked.proposal_id}
    people = iter([alice, bob, alice, bob])
    turn = threading.Lock()

    def accept() -> None:
        with turn:
            actor = next(people)
        api.accept_insi(actor=actor, **step)  # type: ignore[arg-type]

    results = at_once(accept)
    assert results.count(None) == 1, results
    assert all(result is None or isinstance(result, api.StaleIdentity) for result in results), results
    assert Patient.objects.get(pk=patient_id).status == "recuperee"
