"""One PPS family for each validated FRCP, and no PPS without (R-056, R-059): by the service, and by the database itself."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Document
from forms_config.api import PublishedForm
from tests.fixtures import validate

pytestmark = pytest.mark.django_db


def test_a_pps_follows_its_frcp(alice: User, validated_frcp_id: uuid.UUID, pps_id: uuid.UUID, patient_id: uuid.UUID) -> None:
    made = Document.objects.get(pk=pps_id)
    assert (made.reference_id, made.patient_id) == (validated_frcp_id, patient_id)
    view = documents.open_document(alice, pps_id)
    assert view.line.document_type == "pps"
    assert view.answers["pps.statut.date_rcp"] == "2026-11-02"
    assert view.provenance["pps.statut.date_rcp"]["origin"] == "reprise"
    assert view.provenance["pps.statut.date_rcp"]["source"] == str(validated_frcp_id)
    assert "pps.traitements" not in view.answers, "nothing clinical is put"


def test_its_picture_names_the_frcp(alice: User, validated_frcp_id: uuid.UUID, pps_id: uuid.UUID) -> None:
    found = documents.preview_snapshot(alice, pps_id, as_of=timezone.now()).reference
    assert found is not None
    assert found.document_type == "frcp"
    assert found.set_id == found.identifier == InstanceId(f"2.25.{validated_frcp_id.int}"), "no CDA of it was made yet"
    assert (found.version_number, found.date) == (1, date(2026, 11, 2))
    assert found.title.startswith("FRCP")


def test_a_second_one_is_refused_and_the_first_is_named(
    alice: User, bob: User, pps_id: uuid.UUID, validated_frcp_id: uuid.UUID
) -> None:
    with pytest.raises(documents.AlreadyFollowed, match=r"existe déjà.*MARTIN") as refusal:
        documents.create_following(actor=bob, reference_id=validated_frcp_id)
    assert refusal.value.existing == pps_id


def test_a_pps_does_not_start_from_nothing(
    alice: User, facility: Facility, patient_id: uuid.UUID, pps_form: PublishedForm, frcp_id: uuid.UUID
) -> None:
    with pytest.raises(documents.DocumentError, match="validé"):
        documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="pps")
    with pytest.raises(documents.DocumentError, match="ne l'est pas"):
        documents.create_following(actor=alice, reference_id=frcp_id)


def test_a_pps_follows_no_pps(alice: User, bob: User, pps_id: uuid.UUID) -> None:
    validate(alice, bob, pps_id)
    with pytest.raises(documents.DocumentError, match="se crée à partir"):
        documents.create_following(actor=alice, reference_id=pps_id)
    with pytest.raises(documents.DocumentError, match="ne se crée pas"):
        documents.create_following(actor=alice, reference_id=pps_id, document_type="frcp")


PEOPLE = "alice yes / bob yes / sonia yes / lea 403 / charlie 404 / edith 404 / adrien 404"


@pytest.mark.parametrize(("person", "cell"), [tuple(cell.split()) for cell in PEOPLE.split(" / ")])
def test_rights_by_people(
    person: str, cell: str, validated_frcp_id: uuid.UUID, pps_form: PublishedForm, request: pytest.FixtureRequest
) -> None:
    who: User = request.getfixturevalue(person)
    refusals: dict[str, type[Exception]] = {"404": documents.DocumentNotFound, "403": documents.ActionForbidden}
    if cell in refusals:
        with pytest.raises(refusals[cell]):
            documents.create_following(actor=who, reference_id=validated_frcp_id)
    else:
        made = documents.create_following(actor=who, reference_id=validated_frcp_id)
        assert documents.open_document(who, made).editable


INTRUSIONS: dict[str, Callable[[Document, Document], object]] = {
    "another reference": lambda pps, other: Document.objects.filter(pk=pps.pk).update(reference=other),
    "no reference": lambda pps, other: Document.objects.filter(pk=pps.pk).update(reference=None),
    "another name": lambda pps, other: Document.objects.filter(pk=pps.pk).update(reference_root="1.2.3"),
    "another type": lambda pps, other: Document.objects.filter(pk=pps.pk).update(document_type="frcp"),
    "a second family": lambda pps, other: _copy(pps),
    "no reference at all": lambda pps, other: _copy(pps, reference=None),
    "an FRCP that nobody validated": lambda pps, other: _copy(pps, reference=other),
    "a PPS": lambda pps, other: _copy(pps, reference=pps),
    "itself named, then set to an FRCP that nobody validated": lambda pps, other: Document.objects.filter(
        pk=_copy(pps, reference=None, reference_root="1.2.3").pk
    ).update(reference=other),
    "the FRCP removed": lambda pps, other: Document.objects.filter(followers=pps).delete(),
}


def _copy(pps: Document, **changes: object) -> Document:
    key = uuid.uuid4()
    columns = {"document_type": "pps", "patient_id": pps.patient_id, "facility_id": pps.facility_id, "reference": pps.reference}
    return Document.objects.create(id=key, set_id_root=f"2.25.{key.int}", created_by=pps.created_by, **{**columns, **changes})


@pytest.mark.parametrize("name", INTRUSIONS)
def test_the_database_refuses(name: str, alice: User, facility: Facility, patient_id: uuid.UUID, pps_id: uuid.UUID) -> None:
    pps = Document.objects.get(pk=pps_id)
    other = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    before = list(Document.objects.order_by("pk").values())
    with pytest.raises(DatabaseError), transaction.atomic():
        INTRUSIONS[name](pps, Document.objects.get(pk=other))
    assert list(Document.objects.order_by("pk").values()) == before


def at_once(work: Callable[[User], object], people: tuple[User, ...]) -> list[object]:
    """Results and exceptions of people who start together, each in a thread."""
    ready, results = threading.Barrier(len(people)), list[object]()

    def run(who: User) -> None:
        ready.wait(60)
        try:
            results.append(work(who))
        except Exception as error:  # noqa: BLE001  (returned, and asserted on)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only")
def test_two_people_at_once_make_one(alice: User, bob: User, validated_frcp_id: uuid.UUID, pps_form: PublishedForm) -> None:
    results = at_once(lambda who: documents.create_following(actor=who, reference_id=validated_frcp_id), (alice, bob, alice, bob))
    made = [result for result in results if isinstance(result, uuid.UUID)]
    refused = [result for result in results if isinstance(result, documents.AlreadyFollowed)]
    assert (len(made), len(refused)) == (1, 3), results
    assert {refusal.existing for refusal in refused} == set(made)
    assert Document.objects.filter(document_type="pps").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only")
def test_two_people_at_once_start_one_new_version(alice: User, bob: User, pps_id: uuid.UUID) -> None:
    validate(alice, bob, pps_id)
    results = at_once(lambda who: documents.amend_document(actor=who, document_id=pps_id), (alice, bob, alice, bob))
    assert sorted(str(result) for result in results if isinstance(result, int)) == ["2"]
    assert [type(result) for result in results if not isinstance(result, int)] == [documents.ForbiddenTransition] * 3
