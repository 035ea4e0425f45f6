"""From « en cours » to « validé »: who may, what is missing, what is frozen, what is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.events import DocumentValidated
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import AnswerChange, Attachment, DocumentVersion, StatusChange
from dcc.documents.services.freezing import content_hash
from dcc.events.api import drain
from forms_config.legal import api as legal
from tests.fixtures import fill_document

PDF = b"%PDF-1.4\n%%EOF\n"
PEOPLE = ("alice", "bob", "sonia", "lea", "charlie", "edith", "adrien")


def _validated(alice: User, bob: User, frcp_id: uuid.UUID) -> DocumentVersion:
    fill_document(alice, frcp_id)
    documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=PDF)
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    documents.validate_document(actor=bob, document_id=frcp_id, expected_revision=revision)
    return DocumentVersion.objects.get(document_id=frcp_id)


def test_the_way_to_validation(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    version = _validated(alice, bob, frcp_id)
    assert version.status == "valide"
    assert version.validated_by == bob
    assert version.content_sha256 == content_hash(version)
    assert [text["number"] for text in version.legal_texts] == [1, 2]
    assert [step.after for step in version.steps.all()] == ["en_cours", "complete", "valide"]
    view = documents.open_document(alice, frcp_id)
    assert not view.editable
    assert view.contributors


def test_a_document_keeps_the_texts_of_its_validation(
    alice: User, bob: User, edith: User, emile: User, facility: Facility, frcp_id: uuid.UUID
) -> None:
    """R-041: a text that is published before validation is taken, one published after is not, nor its withdrawal."""
    legal.draft_text(actor=edith, facility_id=facility.pk, body="Texte de la validation.")
    legal.publish_text(actor=emile, facility_id=facility.pk)
    version = _validated(alice, bob, frcp_id)
    legal.draft_text(actor=edith, facility_id=facility.pk, body="Texte d'après.")
    legal.publish_text(actor=emile, facility_id=facility.pk)
    kept = DocumentVersion.objects.get(pk=version.pk)
    assert next(text["body"] for text in kept.legal_texts) == "Texte de la validation."
    assert kept.content_sha256 == content_hash(kept) == version.content_sha256
    assert legal.texts_for(facility.pk, timezone.now() + timedelta(seconds=1))[0].body == "Texte d'après."


def test_validation_lists_what_is_missing_with_its_place(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=0)
    with pytest.raises(documents.NotReady) as refusal:
        documents.validate_document(actor=bob, document_id=frcp_id, expected_revision=0)
    keys = [finding.question_key for finding in refusal.value.findings]
    assert "frcp.rcp.date" in keys
    assert "frcp.tumeurs" in keys
    assert "frcp.motif.appareil" not in keys, "a question that is not asked is not missing"
    assert all(finding.section_key for finding in refusal.value.findings)
    assert documents.open_document(alice, frcp_id).line.status == "complete"


def test_validation_of_a_document_that_moved_on_is_refused(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    fill_document(alice, frcp_id)
    with pytest.raises(documents.Stale):
        documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=0)


def test_validation_is_told_once(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    told: list[uuid.UUID] = []
    registry = Registry()
    registry.subscribe(DocumentValidated, lambda event, context: told.append(event.version_id), key="test.told")
    with use_registry(registry):
        version = _validated(alice, bob, frcp_id)
        drain()
        drain()
    assert told == [version.pk]


def test_a_completed_document_is_taken_up_again_by_a_colleague(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=0)
    change = Change("frcp.patient.commentaire", "complément", 0)
    with pytest.raises(documents.ForbiddenTransition):
        documents.save_answers(actor=bob, document_id=frcp_id, changes=[change])
    documents.reopen_document(actor=bob, document_id=frcp_id)
    assert documents.save_answers(actor=bob, document_id=frcp_id, changes=[change]).saved
    assert len(documents.open_document(alice, frcp_id).contributors) == 2


@pytest.mark.parametrize(
    "attempt",
    [
        lambda v: DocumentVersion.objects.filter(pk=v.pk).update(answers={}),
        lambda v: DocumentVersion.objects.filter(pk=v.pk).update(content_sha256="0" * 64),
        lambda v: DocumentVersion.objects.filter(pk=v.pk).update(legal_texts=[]),
        lambda v: DocumentVersion.objects.filter(pk=v.pk).update(validated_at=None),
        lambda v: DocumentVersion.objects.filter(pk=v.pk).update(status="en_cours"),
        lambda v: DocumentVersion.objects.filter(pk=v.pk).delete(),
        lambda v: Attachment.objects.filter(version=v).delete(),
        lambda v: Attachment.objects.filter(version=v).update(title="autre"),
        lambda v: AnswerChange.objects.filter(version=v).update(after=None),
        lambda v: AnswerChange.objects.filter(version=v).delete(),
        lambda v: StatusChange.objects.filter(version=v).delete(),
    ],
)
def test_the_database_refuses_to_change_what_was_validated(
    alice: User, bob: User, frcp_id: uuid.UUID, attempt: Callable[[DocumentVersion], object]
) -> None:
    version = _validated(alice, bob, frcp_id)
    before = DocumentVersion.objects.filter(pk=version.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic():
        attempt(version)
    assert DocumentVersion.objects.filter(pk=version.pk).values().get() == before


def test_a_validated_document_is_only_closed(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    _validated(alice, bob, frcp_id)
    with pytest.raises(documents.ForbiddenTransition):
        documents.cancel_document(actor=alice, document_id=frcp_id)
    documents.close_document(actor=bob, document_id=frcp_id)
    assert documents.open_document(alice, frcp_id).line.status == "cloture"


RIGHTS = """
            alice  bob  sonia  lea  charlie  edith  adrien
open        yes    yes  yes    yes  404      404    404
save        yes    yes  yes    403  404      404    404
attach      yes    yes  yes    403  404      404    404
complete    yes    yes  yes    403  404      404    404
validate    yes    yes  403    403  404      404    404
cancel      yes    yes  403    403  404      404    404
"""
_LINES = [line.split() for line in RIGHTS.strip().splitlines()]
CELLS = [(line[0], person, cell) for line in _LINES[1:] for person, cell in zip(_LINES[0], line[1:], strict=True)]
ATTEMPTS: dict[str, Callable[[User, uuid.UUID], object]] = {
    "open": documents.open_document,
    "save": lambda who, key: documents.save_answers(
        actor=who, document_id=key, changes=[Change("frcp.patient.commentaire", "x", 0)]
    ),
    "attach": lambda who, key: documents.add_attachment(actor=who, document_id=key, title="Bilan", filename="b.pdf", content=PDF),
    "complete": lambda who, key: documents.complete_document(actor=who, document_id=key, expected_revision=0),
    "validate": lambda who, key: documents.validate_document(actor=who, document_id=key, expected_revision=0),
    "cancel": lambda who, key: documents.cancel_document(actor=who, document_id=key),
}


@pytest.mark.parametrize(("attempt", "person", "cell"), CELLS)
def test_rights_by_people(
    attempt: str, person: str, cell: str, frcp_id: uuid.UUID, request: pytest.FixtureRequest, facility: Facility
) -> None:
    who: User = request.getfixturevalue(person)
    if cell == "404":
        with pytest.raises(documents.DocumentNotFound):
            ATTEMPTS[attempt](who, frcp_id)
    elif cell == "403":
        with pytest.raises(documents.ActionForbidden):
            ATTEMPTS[attempt](who, frcp_id)
    elif attempt == "validate":
        with pytest.raises(documents.ForbiddenTransition):
            ATTEMPTS[attempt](who, frcp_id)
    else:
        ATTEMPTS[attempt](who, frcp_id)
