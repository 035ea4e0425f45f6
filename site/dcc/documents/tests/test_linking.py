"""Received PPS: linked to their FRCP when it is here, at once or later; kept, and said, in every other case (decision 0165)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import DocumentReference, HeaderActor, InstanceId, ReadResult, ReceivedHeader
from dcc.documents import api as documents
from dcc.documents.models import Document
from forms_config.api import PublishedForm
from tests.fixtures import validate

pytestmark = pytest.mark.django_db
MORNING = datetime.fromisoformat("2026-11-18T09:49:14+01:00")
DOCTOR = HeaderActor({"family": "MULLER", "given": "Charles"}, MORNING)
FRCP_NAME = InstanceId("1.2.3.4.567.8.9.10", "FRCP-7")


class Post:
    """What comes from elsewhere for one patient, in alice's establishment."""

    def __init__(self, actor: User, facility: Facility, patient_id: uuid.UUID) -> None:
        self.actor, self.facility, self.patient_id = actor, facility, patient_id

    def brings(self, document_type: str, number: int = 1, *, made_here: uuid.UUID | None = None, **header: Any) -> uuid.UUID:
        """A received document, validated, of the family ``document_type`` unless said otherwise."""
        family = header.pop("family", document_type)
        defaults = {
            "document_type": document_type,
            "volet_version": "2025.01",
            "identifier": FRCP_NAME if document_type == "frcp" else InstanceId("1.2.3", f"{family}-{number}"),
            "set_id": InstanceId("1.2.3", family),
            "version_number": number,
            "title": f"{document_type.upper()} REÇU",
            "effective_time": MORNING,
            "status": "valide",
            "authors": (DOCTOR,),
            "legal_authenticator": DOCTOR,
        }
        result = ReadResult(ReceivedHeader(**{**defaults, **header}), None, {})
        received = documents.Received(uuid.uuid4(), result, made_here)
        return documents.create_received(
            actor=self.actor, patient_id=self.patient_id, facility_id=self.facility.pk, received=received
        )

    def remarks(self, document_id: uuid.UUID) -> list[str]:
        """What its page says of its reading."""
        return [found["message"] for found in documents.open_document(self.actor, document_id).received["findings"]]


@pytest.fixture
def post(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None, pps_form: PublishedForm) -> Post:
    """The post of alice's establishment."""
    return Post(alice, facility, patient_id)


def follows(name: InstanceId) -> DocumentReference:
    """That a document says it follows this FRCP."""
    return DocumentReference("frcp", name)


def _followed(document_id: uuid.UUID) -> uuid.UUID | None:
    return Document.objects.get(pk=document_id).reference_id


def test_linked_to_the_frcp_that_came_before(post: Post) -> None:
    frcp_id = post.brings("frcp")
    pps_id = post.brings("pps", reference=follows(FRCP_NAME))
    assert _followed(pps_id) == frcp_id
    assert post.remarks(pps_id) == []
    seen = documents.preview_snapshot(post.actor, pps_id, as_of=timezone.now()).reference
    assert seen is not None
    assert seen.identifier == FRCP_NAME


def test_linked_to_the_frcp_that_comes_after(post: Post) -> None:
    pps_id = post.brings("pps", reference=follows(FRCP_NAME))
    assert _followed(pps_id) is None
    assert documents.open_document(post.actor, pps_id).named == "1.2.3.4.567.8.9.10 FRCP-7"
    seen = documents.preview_snapshot(post.actor, pps_id, as_of=timezone.now()).reference
    assert seen == follows(FRCP_NAME)
    frcp_id = post.brings("frcp")
    assert _followed(pps_id) == frcp_id


def test_linked_once_the_frcp_is_validated_here(post: Post, bob: User) -> None:
    frcp_id = post.brings("frcp", status="en_cours")
    pps_id = post.brings("pps", reference=follows(FRCP_NAME))
    assert _followed(pps_id) is None
    assert "sans y être validée" in post.remarks(pps_id)[0]
    validate(post.actor, bob, frcp_id)
    assert _followed(pps_id) == frcp_id


def test_linked_to_an_frcp_made_here(post: Post, validated_frcp_id: uuid.UUID) -> None:
    pps_id = post.brings("pps", reference=follows(InstanceId("2.25.77")), made_here=validated_frcp_id)
    assert _followed(pps_id) == validated_frcp_id


def test_a_second_family_stays_unlinked_and_says_it(post: Post) -> None:
    frcp_id = post.brings("frcp")
    first = post.brings("pps", reference=follows(FRCP_NAME))
    second = post.brings("pps", family="autre", reference=follows(FRCP_NAME))
    assert (_followed(first), _followed(second)) == (frcp_id, None)
    assert "Un autre document suit déjà" in post.remarks(second)[0]


def test_one_that_names_no_frcp_is_taken_in_and_says_it(post: Post) -> None:
    pps_id = post.brings("pps")
    view = documents.open_document(post.actor, pps_id)
    assert "ne dit pas quelle" in post.remarks(pps_id)[0]
    assert (view.reference_id, view.named) == (None, "")
    assert documents.preview_snapshot(post.actor, pps_id, as_of=timezone.now()).reference is None


def test_a_newer_version_keeps_the_frcp_of_its_family(post: Post) -> None:
    frcp_id = post.brings("frcp")
    pps_id = post.brings("pps", reference=follows(FRCP_NAME))
    assert post.brings("pps", 2, reference=follows(FRCP_NAME)) == pps_id
    assert post.remarks(pps_id) == []
    assert post.brings("pps", 3, reference=follows(InstanceId("1.2.3.9"))) == pps_id
    assert _followed(pps_id) == frcp_id
    assert "celui de la famille est gardé" in post.remarks(pps_id)[0]


def test_one_received_is_brought_up_to_date_here(post: Post) -> None:
    post.brings("frcp")
    pps_id = post.brings("pps", reference=follows(FRCP_NAME))
    assert documents.amend_document(actor=post.actor, document_id=pps_id) == 2
    view = documents.open_document(post.actor, pps_id)
    assert documents.former_identifier(view.version_id) == InstanceId("1.2.3", "pps-1")
    now = documents.preview_snapshot(post.actor, pps_id, as_of=timezone.now())
    assert now.custodian["name"] == post.facility.name
    assert now.set_id == InstanceId("1.2.3", "pps")


def test_validated_frcp_without_pps_are_counted(post: Post) -> None:
    since, until = MORNING.replace(day=1), MORNING.replace(day=30)
    first = post.brings("frcp")
    post.brings("frcp", family="autre", identifier=InstanceId("1.2.3.9"))
    assert documents.unfollowed_between(since, until) == (2, 2)
    post.brings("pps", reference=follows(FRCP_NAME))
    assert documents.unfollowed_between(since, until) == (2, 1)
    assert documents.unfollowed_between(until, until) == (0, 0)
    waiting = [line.document_id for line in documents.unfollowed(post.actor)]
    assert first not in waiting
    assert (len(waiting), documents.unfollowed_count(post.actor)) == (1, 1)
