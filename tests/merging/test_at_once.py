"""Two at once: merges in opposite directions, a merge against a validation, against a new document. On PostgreSQL only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from django.db import connection, connections

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.documents.models import Document, DocumentVersion
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.models import Merge, Patient
from dcc.patients.tests.people import CORSE, NESSI
from tests.fixtures import fill_document

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only"),
]
ROUNDS = 5


def at_once(*works: Callable[[], object]) -> list[object]:
    """Results and exceptions of threads that start together, in their order."""
    ready, results = threading.Barrier(len(works)), dict[int, object]()

    def run(place: int, work: Callable[[], object]) -> None:
        ready.wait(60)
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001  (returned, and asserted on)
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=line) for line in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[place] for place in range(len(works))]


def two(alice: User, facility: Facility) -> Sequence[UUID]:
    """Two patients of alice's, who contradict each other."""
    return [
        patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits, despite=_all()) for traits in (NESSI, CORSE)
    ]


def _all() -> Sequence[UUID]:
    return list(Patient.objects.values_list("pk", flat=True))


def merging_into(actor: User, kept: UUID, absorbed: UUID, revisions: tuple[int, int]) -> Callable[[], object]:
    return lambda: merging.merge_patients(
        actor=actor, kept_id=kept, absorbed_id=absorbed, expected_revisions=revisions, reason="Même personne", right="gardee"
    )


def starting(actor: User, patient_id: UUID, facility: Facility) -> Callable[[], object]:
    return lambda: documents.create_document(actor=actor, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def revisions(*ids: UUID) -> tuple[int, int]:
    first, second = (Patient.everyone.get(pk=pk).revision for pk in ids)
    return first, second


def test_opposite_directions(alice: User, bob: User, facility: Facility) -> None:
    for _round in range(ROUNDS):
        a, b = two(alice, facility)
        done = at_once(merging_into(alice, a, b, revisions(a, b)), merging_into(bob, b, a, revisions(b, a)))
        assert sorted(type(one).__name__ for one in done) == ["StaleIdentity", "UUID"], done
        assert Patient.objects.filter(pk__in=[a, b]).count() == 1


def test_the_same_merge_by_two_people(alice: User, bob: User, facility: Facility) -> None:
    a, b = two(alice, facility)
    shown = revisions(a, b)
    done = at_once(*(merging_into(user, a, b, shown) for user in (alice, bob, alice)))
    assert sorted(type(one).__name__ for one in done) == ["StaleIdentity", "StaleIdentity", "UUID"], done
    assert Merge.objects.count() == 1


def test_parted_by_two_people(alice: User, bob: User, facility: Facility) -> None:
    a, b = two(alice, facility)
    merge_id = merging_into(alice, a, b, revisions(a, b))()
    assert isinstance(merge_id, UUID)
    revision = revisions(a, b)[0]

    def part(user: User) -> Callable[[], object]:
        return lambda: merging.unmerge_patients(
            actor=user, merge_id=merge_id, expected_revision=revision, reason="Deux personnes"
        )

    done = at_once(part(alice), part(bob))
    assert sorted(type(one).__name__ for one in done) == ["MergeRefused", "NoneType"], done
    assert Patient.objects.filter(pk__in=[a, b]).count() == 2


def test_a_document_started_meanwhile_is_never_lost(alice: User, facility: Facility, configuration: None) -> None:
    for _round in range(ROUNDS):
        a, b = two(alice, facility)
        started, merged = at_once(starting(alice, b, facility), merging_into(alice, a, b, revisions(a, b)))
        assert isinstance(merged, UUID), merged
        assert isinstance(started, UUID), started
        assert Document.objects.get(pk=started).patient_id == a


def test_a_validation_meanwhile(alice: User, bob: User, facility: Facility, configuration: None) -> None:
    a, b = two(alice, facility)
    document_id = documents.create_document(actor=alice, patient_id=b, facility_id=facility.pk, document_type="frcp")
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    done = at_once(
        lambda: documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision),
        merging_into(alice, a, b, revisions(a, b)),
    )
    assert not [one for one in done if isinstance(one, Exception)], done
    version = DocumentVersion.objects.select_related("document").get(document_id=document_id)
    assert (version.status, version.document.patient_id) == ("valide", a)
    merging.unmerge_patients(
        actor=alice, merge_id=Merge.objects.get().pk, expected_revision=revisions(a, b)[0], reason="Deux personnes"
    )
    version.document.refresh_from_db()
    assert (version.status, version.document.patient_id) == ("valide", b)
