"""Documents found elsewhere, as prefill sources get them: not those that are here; a failure holds no page back (R-182)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from dcc.accounts.models import User
from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.errors import RetryLater
from dcc.contracts.prefill import DocumentsElsewhere, PrefillRequest, SourceDocument
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.testing import make_registry
from dcc.documents import api as documents
from dcc.documents.models import Document, DocumentVersion
from dcc.documents.tests.test_adjudication import COMMENT, Given
from tests.fixtures import validate

pytestmark = pytest.mark.django_db


@dataclass
class Elsewhere:
    """A place that knows what it is told, and keeps what it was asked."""

    found: list[SourceDocument] = field(default_factory=list)
    asked: list[tuple[UUID, UUID]] = field(default_factory=list)
    error: Exception | None = None
    title: str = "DMP"

    def documents(self, patient_id: UUID, user_id: UUID) -> Sequence[SourceDocument]:
        self.asked.append((patient_id, user_id))
        if self.error is not None:
            raise self.error
        return list(self.found)


def pps(at: datetime | None = None, **changed: Any) -> SourceDocument:
    """A PPS found in the DMP."""
    answers = {COMMENT: "Vit chez sa fille"}
    found = SourceDocument(uuid4(), "pps", 2, "PPS", at or timezone.now(), "DR Ève NOUVEL", answers, origin="DMP")
    named = {"identifier": InstanceId("1.2.3.4"), "set_id": InstanceId("1.2.3")}
    return replace(found, **{**named, **changed})


@pytest.fixture
def place(pps_id: UUID) -> Iterator[Elsewhere]:
    """The one place there is, and a source that keeps what it was given; the documents were made before."""
    place = Elsewhere()

    def register(registry: Registry) -> None:
        registry.add(DocumentsElsewhere, "essai", place)
        registry.add(PrefillSource, "essai", SOURCE)

    SOURCE.asked.clear()
    with use_registry(make_registry(register)):
        yield place


SOURCE = Given()


def given(actor: User, document_id: UUID) -> PrefillRequest:
    """What sources are given."""
    documents.candidates(actor, document_id)
    return SOURCE.asked[-1]


def test_the_place_is_asked_for_the_patient_and_the_actor(place: Elsewhere, alice: User, pps_id: UUID, patient_id: UUID) -> None:
    older = pps(timezone.now() - timedelta(days=3), identifier=InstanceId("9.9"))
    place.found = [older, pps()]
    request = given(alice, pps_id)
    assert place.asked[-1] == (patient_id, alice.pk)
    assert list(request.elsewhere) == [place.found[1], older], "last validated first"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RetryLater("Le DMP ne répond pas"), "Le DMP ne répond pas"),
        (ValueError("DUPONT Jeanne"), "erreur interne, signalée à l'exploitation"),
    ],
)
def test_a_place_that_fails_is_said(
    place: Elsewhere, alice: User, pps_id: UUID, error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    place.error = error
    assert [(f.title, f.reason) for f in documents.candidates(alice, pps_id).failures] == [("DMP", reason)]
    assert "DUPONT" not in caplog.text


def held(document_id: UUID) -> tuple[InstanceId, Document]:
    """The family of a document here."""
    document = Document.objects.get(pk=document_id)
    return InstanceId(document.set_id_root, document.set_id_extension or None), document


@pytest.mark.parametrize(("number", "here"), [(1, True), (2, False)])
def test_a_version_of_ours_is_here_a_later_one_is_not(
    place: Elsewhere, alice: User, bob: User, pps_id: UUID, number: int, here: bool
) -> None:
    validate(alice, bob, pps_id)
    documents.amend_document(actor=alice, document_id=pps_id)
    place.found = [pps(set_id=held(pps_id)[0], version_number=number)]
    assert bool(given(alice, pps_id).elsewhere) is not here


def test_what_came_by_mail_under_the_same_identifier_is_here(
    place: Elsewhere, alice: User, bob: User, pps_id: UUID, validated_frcp_id: UUID
) -> None:
    received = {"identifier": ["1.2.3.4", None]}
    DocumentVersion.objects.filter(document=pps_id).update(received=received)
    place.found = [pps()]
    assert given(alice, pps_id).elsewhere, "it is not validated here"
    validate(alice, bob, pps_id)
    documents.amend_document(actor=alice, document_id=pps_id)
    assert not given(alice, pps_id).elsewhere


def test_what_the_actor_may_not_open_here_stays_elsewhere(
    place: Elsewhere, alice: User, bob: User, sonia: User, pps_id: UUID, validated_frcp_id: UUID, other_facility: Any
) -> None:
    place.found = [pps(set_id=held(validated_frcp_id)[0], version_number=1, document_type="frcp")]
    assert not given(sonia, pps_id).elsewhere
    Document.objects.filter(pk=validated_frcp_id).update(facility=other_facility)
    assert given(sonia, pps_id).elsewhere
