"""Questions answered by a file: the answer and the attachment come and go together."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import Attachment
from forms_config.schema.model import Question
from tests.fixtures import publish_with

PDF = b"%PDF-1.4 bilan"
REPORT = Question("region.bilan", "Bilan d'extension", "file")
ROWS = Question("region.examens", "Examens", "group", multiple=True, columns=(Question("region.examens.image", "Image", "file"),))


@pytest.fixture
def document_id(alice: User, facility: Facility, patient_id: uuid.UUID, configuration: None) -> uuid.UUID:
    """An FRCP that asks for files."""
    publish_with(REPORT, ROWS)
    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def answer(actor: User, document_id: uuid.UUID, path: str = "region.bilan", **given: object) -> documents.SaveResult:
    base = documents.open_document(actor, document_id).revision
    options = {"filename": "bilan.pdf", "content": PDF, "base": base, **given}
    return documents.answer_with_file(actor=actor, document_id=document_id, path=path, **options)  # type: ignore[arg-type]  # keyword arguments of several types


def joined(document_id: uuid.UUID) -> list[tuple[str, str]]:
    return list(Attachment.objects.filter(version__document_id=document_id).values_list("title", "filename"))


def test_a_file_answers_and_is_joined(alice: User, document_id: uuid.UUID) -> None:
    assert answer(alice, document_id).saved == ["region.bilan"]
    view = documents.open_document(alice, document_id)
    assert view.answers["region.bilan"] == {"file": str(view.attachments[0].attachment_id), "name": "bilan.pdf"}
    assert joined(document_id) == [("Bilan d'extension", "bilan.pdf")]
    snapshot = documents.preview_snapshot(alice, document_id, as_of=timezone.now())
    assert [a.title for a in snapshot.attachments] == ["Bilan d'extension"]


def test_another_one_takes_its_place(alice: User, document_id: uuid.UUID) -> None:
    answer(alice, document_id)
    answer(alice, document_id, filename="autre.png", content=b"\x89PNG\r\n\x1a\n...")
    assert joined(document_id) == [("Bilan d'extension", "autre.png")]


def test_it_leaves_with_its_answer(alice: User, document_id: uuid.UUID) -> None:
    answer(alice, document_id)
    view = documents.open_document(alice, document_id)
    with pytest.raises(documents.ActionForbidden, match="répond à une question"):
        documents.remove_attachment(actor=alice, document_id=document_id, attachment_id=view.attachments[0].attachment_id)
    documents.save_answers(actor=alice, document_id=document_id, changes=[Change("region.bilan", None, view.revision)])
    assert joined(document_id) == []


def test_it_leaves_with_its_row(alice: User, document_id: uuid.UUID) -> None:
    row = documents.add_row(actor=alice, document_id=document_id, group_key="region.examens").added_rows["region.examens"]
    result = answer(alice, document_id, f"region.examens/{row}/region.examens.image")
    assert joined(document_id) == [("Image", "bilan.pdf")]
    documents.remove_row(actor=alice, document_id=document_id, group_key="region.examens", row_id=row, base=result.revision)
    assert joined(document_id) == []


@pytest.mark.parametrize(("path", "content", "words"), [
    ("region.inconnue", PDF, "n'existe pas"),
    ("frcp.souhaits.texte", PDF, "Un texte est attendu"),
    ("region.examens/nulle-part/region.examens.image", PDF, "supprimée"),
    ("region.bilan", b"MZ executable", "n'est pas un PDF"),
    ("region.bilan", b"", "vide"),
])  # fmt: skip
def test_both_or_neither(alice: User, document_id: uuid.UUID, path: str, content: bytes, words: str) -> None:
    try:
        said = " ".join(answer(alice, document_id, path, content=content).refused.values())
    except documents.AttachmentRefused as refusal:
        said = str(refusal)
    assert words in said
    assert joined(document_id) == []
    assert documents.open_document(alice, document_id).revision == 0


def test_a_conflict_undoes_the_file_in_the_store_too(alice: User, bob: User, document_id: uuid.UUID) -> None:
    answer(bob, document_id)
    before = set(storages["attachments"].listdir("")[0])
    result = answer(alice, document_id, content=PDF + b" autre", base=0, editor="a")
    assert [c.path for c in result.conflicts] == ["region.bilan"]
    assert joined(document_id) == [("Bilan d'extension", "bilan.pdf")]
    kept = [
        name
        for folder in set(storages["attachments"].listdir("")[0]) - before
        for name in storages["attachments"].listdir(folder)[1]
    ]
    assert kept == []


def test_a_file_of_another_document_is_no_answer(
    alice: User, document_id: uuid.UUID, facility: Facility, patient_id: uuid.UUID
) -> None:
    other = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    there = documents.add_attachment(actor=alice, document_id=other, title="", filename="a.pdf", content=PDF)
    value = {"file": str(there), "name": "a.pdf"}
    result = documents.save_answers(actor=alice, document_id=document_id, changes=[Change("region.bilan", value, 0)])
    assert "n'est plus joint" in result.refused["region.bilan"]
    assert documents.open_document(alice, other).attachments


def test_who_may(charlie: User, lea: User, alice: User, document_id: uuid.UUID) -> None:
    for actor, refusal in ((charlie, documents.DocumentNotFound), (lea, documents.ActionForbidden)):
        with pytest.raises(refusal):
            documents.answer_with_file(
                actor=actor, document_id=document_id, path="region.bilan", filename="a.pdf", content=PDF, base=0
            )
    assert joined(document_id) == []
