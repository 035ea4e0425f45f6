"""Intake: a received file becomes a document or is refused whole, and is kept with its reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import DocumentType, Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import InstanceId, ReadResult
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.exchange import api as exchange
from dcc.exchange.models import Intake
from dcc.exchange.tests.received import MORNING, FakeReader, result
from dcc.patients import api as patients


@pytest.fixture
def reader() -> Iterator[FakeReader]:
    made, registry = FakeReader(), Registry()
    registry.add(Reader, "fake", made)
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", ()))
    with use_registry(registry):
        yield made


def _import(actor: User, facility: Facility, content: bytes = b"READ 1") -> uuid.UUID:
    return exchange.import_file(actor=actor, facility_id=facility.pk, filename="frcp.xml", content=content)


def test_a_received_file_becomes_a_document_with_its_patient(
    reader: FakeReader, alice: User, facility: Facility, configuration: None
) -> None:
    document_id = _import(alice, facility)
    view = documents.open_document(alice, document_id)
    assert view.line.title == "FRCP REÇUE"
    assert view.answers == {"frcp.patient.commentaire": "lu"}
    assert view.provenance["frcp.patient.commentaire"]["origin"] == "import"
    assert [a.title for a in view.attachments] == ["Bilan"], "the copy of the document itself is not a joined file"
    assert view.received["unknown_parts"][0]["title"] == "Section inconnue"
    assert view.editable
    patient = patients.patient_snapshot(view.line.patient_id)
    assert (patient.status, patient.ins) == ("provisoire", None), "without the clause of trust, what is received qualifies nobody"
    snapshot = documents.preview_snapshot(alice, document_id, as_of=timezone.now())
    assert snapshot.set_id == InstanceId("1.2.3")
    assert snapshot.authors[0].professional["family"] == "MULLER"


def test_the_received_file_is_given_back_as_it_was(
    reader: FakeReader, alice: User, charlie: User, frcp_id: uuid.UUID, facility: Facility
) -> None:
    document_id = _import(alice, facility)
    assert exchange.received_file(alice, document_id) == ("frcp.xml", b"READ 1")
    with pytest.raises(documents.DocumentNotFound):
        exchange.received_file(charlie, document_id)
    with pytest.raises(LookupError, match="saisi sur la plateforme"):
        exchange.received_file(alice, frcp_id)


def test_the_same_file_again_is_one_document(reader: FakeReader, alice: User, facility: Facility, configuration: None) -> None:
    assert _import(alice, facility) == _import(alice, facility)
    assert Document.objects.count() == 1


def test_another_content_under_the_same_reference_is_never_merged_and_says_so(
    reader: FakeReader, alice: User, facility: Facility, configuration: None
) -> None:
    first = _import(alice, facility)
    second = _import(alice, facility, b"READ 2")
    assert first != second
    view = documents.open_document(alice, second)
    assert view.received["conflicts_with"] == str(first)
    assert "désigne déjà un autre contenu" in view.received["findings"][0]["message"]
    snapshots = [documents.preview_snapshot(alice, key, as_of=timezone.now()) for key in (first, second)]
    assert snapshots[0].set_id != snapshots[1].set_id
    assert not Intake.objects.filter(document=None).exists()


def test_the_next_version_follows_the_former(reader: FakeReader, alice: User, facility: Facility, configuration: None) -> None:
    document_id = _import(alice, facility)
    reader.result = result(version_number=2, identifier=InstanceId("1.2.3.2"))
    assert _import(alice, facility, b"READ 2") == document_id
    view = documents.open_document(alice, document_id)
    assert (view.line.version, view.versions) == (2, [1, 2])


def test_a_document_received_validated_stays_validated(
    reader: FakeReader, alice: User, facility: Facility, configuration: None
) -> None:
    reader.result = result(status="valide")
    document_id = _import(alice, facility)
    view = documents.open_document(alice, document_id)
    assert (view.line.status, view.editable, view.validated_by) == ("valide", False, "Charles MULLER")
    snapshot = documents.preview_snapshot(alice, document_id, as_of=timezone.now())
    assert snapshot.custodian["name"] == "Centre Hospitalier d'Angers"
    assert snapshot.legal_authenticator is not None
    assert snapshot.legal_authenticator.time == MORNING
    assert len(snapshot.legal_texts) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "vide"), (b"PK\x03\x04", "sait lire"), (b"READ broken", "ligne 3"), (b"READ" + b"x" * 100, "trop gros")],
)
def test_a_file_that_cannot_be_read_is_refused_and_kept_with_its_reason(
    reader: FakeReader, alice: User, facility: Facility, settings: Settings, content: bytes, words: str
) -> None:
    settings.DCC_INTAKE_LIMIT = 50
    with pytest.raises(Refused, match=words):
        _import(alice, facility, content)
    intake = Intake.objects.get()
    assert words in intake.reason
    assert bool(intake.storage_name) == (0 < len(content) <= 50)
    assert not Document.objects.exists()


def test_a_document_without_patient_is_refused(reader: FakeReader, alice: User, facility: Facility, configuration: None) -> None:
    reader.result = replace(result(), identity=None)
    with pytest.raises(Refused, match="patient"):
        _import(alice, facility)
    assert not Document.objects.exists()


def test_intake_by_people(
    reader: FakeReader,
    sonia: User,
    lea: User,
    charlie: User,
    edith: User,
    adrien: User,
    facility: Facility,
    configuration: None,
) -> None:
    for stranger in (lea, charlie, edith, adrien):
        with pytest.raises(documents.ActionForbidden):
            _import(stranger, facility)
    assert documents.open_document(sonia, _import(sonia, facility)).line.title
    assert not Intake.objects.filter(document=None).exists()


def test_what_came_in_is_listed_to_those_who_may_import_there(
    reader: FakeReader, alice: User, lea: User, charlie: User, adrien: User, facility: Facility, configuration: None
) -> None:
    _import(alice, facility)
    assert [line.filename for line in exchange.intakes(alice, {facility.pk})] == ["frcp.xml"]
    for stranger in (lea, charlie, adrien):
        assert exchange.intakes(stranger, {facility.pk}) == []


def test_the_same_file_sent_twice_at_once_is_one_document(
    reader: FakeReader, alice: User, facility: Facility, configuration: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's import ends while this one reads: what is true when the transaction begins counts."""
    slow, before = FakeReader(), _stored("recus")
    first: list[uuid.UUID] = []

    def read(content: bytes) -> ReadResult:
        monkeypatch.setattr(slow, "read", FakeReader().read)
        first.append(_import(alice, facility))
        return reader.result

    monkeypatch.setattr(slow, "read", read)
    registry = Registry()
    registry.add(Reader, "slow", slow)
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", ()))
    with use_registry(registry):
        assert [_import(alice, facility)] == first
    assert (Document.objects.count(), Intake.objects.count()) == (1, 1)
    assert _stored("recus") == before + 1


def _stored(folder: str) -> int:
    if not storages["artifacts"].exists(folder):
        return 0
    names, files = storages["artifacts"].listdir(folder)
    return len(files) + sum(_stored(f"{folder}/{name}") for name in names)


def test_a_reader_that_refuses_leaves_the_file_to_the_next_one(alice: User, facility: Facility, configuration: None) -> None:
    class Refusing(FakeReader):
        def read(self, content: bytes) -> ReadResult:
            raise Refused("autre chose")

    registry = Registry()
    registry.add(Reader, "refusing", Refusing())
    registry.add(Reader, "fake", FakeReader())
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", ()))
    with use_registry(registry):
        assert documents.open_document(alice, _import(alice, facility)).line.title == "FRCP REÇUE"
        with pytest.raises(Refused, match="autre chose"):
            _import(alice, facility, b"READ broken")


def test_what_was_written_here_in_the_former_version_is_never_dropped_silently(
    reader: FakeReader, alice: User, facility: Facility, configuration: None
) -> None:
    document_id = _import(alice, facility)
    view = documents.open_document(alice, document_id)
    change = documents.Change("frcp.patient.commentaire", "écrit ici", view.revision)
    documents.save_answers(actor=alice, document_id=document_id, changes=[change])
    reader.result = result(version_number=2, identifier=InstanceId("1.2.3.2"))
    assert _import(alice, facility, b"READ 2") == document_id
    [finding] = documents.open_document(alice, document_id).received["findings"]
    assert "La version 1 avait été modifiée sur la plateforme (1 modification(s))" in finding["message"]
    assert "écrit ici" in [line.after for line in documents.document_history(alice, document_id)]


def test_a_divergence_tells_nothing_of_another_facility(
    reader: FakeReader, alice: User, charlie: User, facility: Facility, other_facility: Facility, configuration: None
) -> None:
    _import(alice, facility)
    reader.result = result(title="AUTRE")
    view = documents.open_document(charlie, _import(charlie, other_facility, b"READ 2"))
    [finding] = view.received["findings"]
    assert "désigne déjà un autre contenu sur la plateforme. Il a reçu une nouvelle référence." in finding["message"]
    assert "FRCP REÇUE" not in str(view.received)


@pytest.mark.parametrize(("number", "title"), [(10**12, "FRCP"), (0, "FRCP"), (1, "F" * 2000)])
def test_what_no_column_holds_is_refused_or_cut(
    reader: FakeReader, alice: User, facility: Facility, configuration: None, number: int, title: str
) -> None:
    reader.result = result(version_number=number, title=title)
    if number == 1:
        assert documents.open_document(alice, _import(alice, facility)).line.title == "F" * 500
        return
    with pytest.raises(Refused, match="versionNumber"):
        _import(alice, facility)
    assert not Document.objects.exists()
