"""Answers that a form keeps for some months: purged from what was never validated, and from nothing else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.audit.models import Entry
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import AnswerChange, Attachment, DocumentVersion
from dcc.documents.services.retention import _after_months, purge_answers
from forms_config.schema.calculations import Calculation
from forms_config.schema.model import Question
from tests.fixtures import fill_document, publish_with

NOTE = Question("region.note", "Note de travail", "text", retention=6)
KEPT = Question("region.avis", "Avis", "text")
A, B = Question("region.a", "A", "integer", retention=12), Question("region.b", "B", "integer")
SUM = Question("region.somme", "Somme", "integer", calculation=Calculation("somme", ("region.a", "region.b")))
CALLS = Question("region.appels", "Appels", "group", multiple=True, retention=6, columns=(
    Question("region.appels.qui", "Qui", "string"),
    Question("region.appels.piece", "Pièce", "file"),
))  # fmt: skip


@pytest.fixture
def document_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP with an answer to each."""
    publish_with(NOTE, KEPT, A, B, SUM, CALLS)
    made = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    values = {"region.note": "Rappeler la famille", "region.avis": "Favorable", "region.a": 1, "region.b": 2}
    documents.save_answers(actor=alice, document_id=made, changes=[Change(k, v, 0) for k, v in values.items()])
    row = documents.add_row(actor=alice, document_id=made, group_key="region.appels", values={"region.appels.qui": "Sa fille"})
    path = f"region.appels/{row.added_rows['region.appels']}/region.appels.piece"
    documents.answer_with_file(
        actor=alice, document_id=made, path=path, filename="mot.pdf", content=b"%PDF-1.4", base=row.revision
    )
    return made


def current(document_id: uuid.UUID) -> DocumentVersion:
    return DocumentVersion.objects.get(document_id=document_id, is_current=True)


@pytest.mark.parametrize(("months", "gone"), [
    (5, set()),
    (7, {"region.note", "region.appels"}),
    (13, {"region.note", "region.appels", "region.a", "region.somme"}),
])  # fmt: skip
def test_what_is_due_leaves(document_id: uuid.UUID, months: int, gone: set[str]) -> None:
    before = current(document_id)
    assert purge_answers(timezone.now() + timedelta(days=31 * months)) == (1 if gone else 0)
    after = current(document_id)
    assert before.answers.keys() - after.answers.keys() == gone
    assert after.answers["region.avis"] == "Favorable"
    assert (after.revision > before.revision) == bool(gone), "who had it open reads it again"
    assert purge_answers(timezone.now() + timedelta(days=31 * months)) == 0


def test_nothing_of_it_is_left(document_id: uuid.UUID, alice: User, django_capture_on_commit_callbacks: Any) -> None:
    name = Attachment.objects.get().storage_name
    with django_capture_on_commit_callbacks(execute=True):
        purge_answers(timezone.now() + timedelta(days=31 * 7))
    rows = AnswerChange.objects.filter(version__document_id=document_id)
    told = " ".join(str((row.before, row.after)) for row in rows)
    assert "famille" not in told
    assert "Sa fille" not in told
    assert "Favorable" in told
    assert not Attachment.objects.exists()
    assert not storages["attachments"].exists(name)
    entry = Entry.objects.get(action="document.answers_purged")
    assert (entry.facts["questions"], entry.facts["count"], entry.actor_id) == (["region.note", "region.appels"], 2, None)
    lines = documents.document_history(alice, document_id)
    assert [(line.before, line.after) for line in lines if line.label == "Note de travail"] == [("", "")]
    assert documents.draft(alice, document_id, revision=2).answers["region.avis"] == "Favorable"


def test_a_change_begins_the_time_again(alice: User, document_id: uuid.UUID) -> None:
    versions = current(document_id)
    later = timezone.now() + timedelta(days=100)
    AnswerChange.objects.create(
        version=versions, revision=900, path="region.note", before="x", after="y", origin="saisie", actor=alice, at=later
    )
    assert purge_answers(timezone.now() + timedelta(days=31 * 7)) == 1
    assert "region.note" in current(document_id).answers


def test_what_was_validated_stays_whole(alice: User, bob: User, document_id: uuid.UUID, legal_texts: None) -> None:
    fill_document(alice, document_id)
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=current(document_id).revision)
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=current(document_id).revision)
    answers = current(document_id).answers
    assert purge_answers(timezone.now() + timedelta(days=4000)) == 0
    assert current(document_id).answers == answers
    with pytest.raises(DatabaseError, match="ajout seulement"), transaction.atomic():
        AnswerChange.objects.filter(version__document_id=document_id).update(before=None, after=None)


def test_the_history_of_a_running_document_is_erased_or_kept_never_rewritten(document_id: uuid.UUID) -> None:
    rows = AnswerChange.objects.filter(version__document_id=document_id)
    for change in ({"after": "autre"}, {"before": None, "after": None, "path": "region.avis"}, {"origin": "import"}):
        with pytest.raises(DatabaseError, match="ajout seulement"), transaction.atomic():
            rows.update(**change)


@pytest.mark.parametrize(("start", "months", "end"), [
    ("2026-01-31", 1, "2026-02-28"),
    ("2026-11-15", 3, "2027-02-15"),
    ("2024-02-29", 12, "2025-02-28"),
    ("2026-12-01", 24, "2028-12-01"),
])  # fmt: skip
def test_months(start: str, months: int, end: str) -> None:
    assert _after_months(datetime.fromisoformat(start).replace(tzinfo=UTC), months).date().isoformat() == end
