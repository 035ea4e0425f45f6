"""Renditions: frozen pictures, artifacts made and stored exactly once, checked before they are kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.contracts.capabilities import ConformanceCheck, DocumentType, Renderer
from dcc.contracts.errors import NotConfigured, RetryLater
from dcc.contracts.events import DocumentValidated, RenditionReady
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding, InstanceId
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import ArtifactCheck, Rendition, StoredArtifact
from dcc.exchange.pictures import from_json, to_json
from dcc.exchange.rechecks import check_waiting
from dcc.exchange.rendering import load
from dcc.exchange.renditions import make_artifacts
from forms_config import api as forms
from forms_config.schema.model import Question
from tests.fixtures import fill_document, publish_with


class FakeRenderer:
    """Writes the title and what it embeds; counts its renderings."""

    def __init__(self, output: str, inputs: Sequence[str] = ()) -> None:
        self.format, self.inputs, self.count = output, inputs, 0

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return snapshot.document_type == "frcp"

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        self.count += 1
        parts = [self.format, snapshot.title, *(inputs[name].content.decode() for name in self.inputs)]
        identifier = InstanceId(f"2.25.{uuid.uuid5(snapshot.rendition_id, self.format).int}") if self.inputs else None
        return Artifact(self.format, "text/plain", "|".join(parts).encode(), f"frcp.{self.format}", identifier)


class FakeCheck:
    """Says what it is told to say."""

    formats = ("cda-n3",)

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.error: Exception | None = None

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        if self.error:
            raise self.error
        return self.findings


class Stage:
    """A registry with two renderers, a check and the room's own subscription."""

    def __init__(self) -> None:
        self.pdf, self.n3, self.check = FakeRenderer("pdf-a1"), FakeRenderer("cda-n3", ("pdf-a1",)), FakeCheck()
        self.ready: list[uuid.UUID] = []
        self.registry = Registry()
        self.registry.add(Renderer, "pdf", self.pdf)
        self.registry.add(Renderer, "n3", self.n3)
        self.registry.add(ConformanceCheck, "check", self.check)
        frcp = DocumentType("frcp", "FRCP", "frcp", "2025.01", ("pdf-a1", "cda-n3"), dated_by="frcp.rcp.date")
        self.registry.add(DocumentType, "frcp", frcp)
        self.registry.subscribe(DocumentValidated, make_artifacts, key="exchange.renditions")
        self.registry.subscribe(RenditionReady, lambda event, _: self.ready.append(event.rendition_id), key="test.ready")


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    with use_registry(made.registry):
        yield made


@pytest.fixture
def validated_id(stage: Stage, alice: User, bob: User, frcp_id: uuid.UUID) -> uuid.UUID:
    fill_document(alice, frcp_id)
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    documents.validate_document(actor=bob, document_id=frcp_id, expected_revision=revision)
    return frcp_id


def test_a_validated_document_ends_with_its_artifacts_exactly_once(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    drain()
    drain()
    [line] = exchange.renditions_of(alice, validated_id)
    assert line.state == "prete"
    assert [(a.format, a.conformance) for a in line.artifacts] == [("cda-n3", "conforme"), ("pdf-a1", "non_controle")]
    assert (stage.pdf.count, stage.n3.count) == (1, 1)
    assert stage.ready == [line.rendition_id]
    assert exchange.download(alice, validated_id, "cda-n3").content.startswith(b"cda-n3|FRCP")


def test_an_artifact_that_fails_a_check_is_kept_and_stops_there(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    stage.check.findings = [
        Finding(code="x", level="error", message="code hors jeu de valeurs", question_key="frcp.motif.nature")
    ]
    drain()
    [line] = exchange.renditions_of(alice, validated_id)
    assert line.state == "non_conforme"
    [n3] = [a for a in line.artifacts if a.format == "cda-n3"]
    assert n3.conformance == "non_conforme"
    assert n3.findings[0]["question_key"] == "frcp.motif.nature"
    assert stage.ready == []


def test_without_the_official_kit_the_artifact_says_it_was_not_checked(
    stage: Stage, alice: User, validated_id: uuid.UUID
) -> None:
    stage.check.error = NotConfigured("Kit officiel absent")
    drain()
    [line] = exchange.renditions_of(alice, validated_id)
    assert {a.format: a.conformance for a in line.artifacts}["cda-n3"] == "non_controle"
    assert line.state == "prete"


def test_a_checker_that_does_not_answer_delays_and_loses_nothing(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    stage.check.error = RetryLater("contrôle indisponible")
    drain()
    assert [a.format for a in exchange.renditions_of(alice, validated_id)[0].artifacts] == ["pdf-a1"]
    stage.check.error = None
    rendition = Rendition.objects.get()
    exchange.get_or_render(rendition.pk, "cda-n3")
    assert stage.pdf.count == 1, "what is stored is not made again"


def test_the_picture_is_the_same_out_of_the_store(stage: Stage, alice: User, frcp_id: uuid.UUID) -> None:
    documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=b"%PDF-1.4\n%%EOF\n")
    fill_document(alice, frcp_id)
    rendition_id = uuid.uuid4()
    version_id = documents.reference(alice, "document.open", frcp_id).version_id
    now = timezone.now()
    snapshot = documents.picture(version_id, as_of=now, rendition_id=rendition_id, replaces={"cda-n3": InstanceId("1.2.3", "4")})
    assert from_json(to_json(snapshot), documents.attachment_bytes) == snapshot


def test_artifacts_and_pictures_never_change(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    drain()
    for change in (
        lambda: StoredArtifact.objects.update(sha256="0" * 64),
        lambda: StoredArtifact.objects.all().delete(),
        lambda: Rendition.objects.update(snapshot={}),
        lambda: Rendition.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_bytes_that_changed_in_the_store_are_not_served(
    stage: Stage, validated_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain()
    stored = StoredArtifact.objects.get(format="pdf-a1")
    stored.sha256 = "0" * 64
    with pytest.raises(exchange.CorruptArtifact):
        load(stored)


def test_downloads_by_people(
    stage: Stage, alice: User, lea: User, charlie: User, edith: User, adrien: User, validated_id: uuid.UUID
) -> None:
    with pytest.raises(LookupError, match="pas encore"):
        exchange.download(alice, validated_id, "pdf-a1")
    drain()
    assert exchange.download(lea, validated_id, "pdf-a1").content
    for stranger in (charlie, edith, adrien):
        with pytest.raises(documents.DocumentNotFound):
            exchange.download(stranger, validated_id, "pdf-a1")


def test_a_preview_stores_nothing(stage: Stage, alice: User, frcp_id: uuid.UUID) -> None:
    now = timezone.now()
    snapshot = documents.preview_snapshot(alice, frcp_id, as_of=now)
    assert exchange.render_unsaved(snapshot, "cda-n3", as_of=now).content
    assert not StoredArtifact.objects.exists()
    with pytest.raises(NotConfigured):
        exchange.render_unsaved(snapshot, "fax", as_of=now)


def test_what_was_made_before_the_official_kit_is_checked_once_it_is_there(
    stage: Stage, alice: User, validated_id: uuid.UUID
) -> None:
    stage.check.error = NotConfigured("Kit officiel absent")
    drain()
    assert check_waiting() == 0
    stage.check.error = RetryLater("contrôle indisponible")
    assert check_waiting() == 0
    stage.check.error = None
    assert (check_waiting(), check_waiting()) == (1, 0)
    [line] = exchange.renditions_of(alice, validated_id)
    [n3] = [artifact for artifact in line.artifacts if artifact.format == "cda-n3"]
    assert (n3.conformance, n3.findings, line.state) == ("conforme", [], "prete")
    assert StoredArtifact.objects.get(format="cda-n3").conformance == "non_controle", "what was said then stays said"
    [trace] = audit.traces(subject=f"artifact:{n3.artifact_id}")
    assert (trace.action, trace.facts) == ("artifact.checked", {"verdict": "conforme"})
    with pytest.raises(DatabaseError), transaction.atomic():
        ArtifactCheck.objects.update(conformance="non_conforme")


def test_a_later_check_that_finds_faults_withdraws_the_rendition(stage: Stage, alice: User, validated_id: uuid.UUID) -> None:
    stage.check.error = NotConfigured("Kit officiel absent")
    drain()
    stage.check.error = None
    stage.check.findings = [Finding(code="x", level="error", message="code hors jeu de valeurs")]
    assert check_waiting() == 1
    [line] = exchange.renditions_of(alice, validated_id)
    assert line.state == "non_conforme"
    assert [a.findings[0]["message"] for a in line.artifacts if a.conformance == "non_conforme"] == ["code hors jeu de valeurs"]


def test_a_validated_document_is_made_again_to_the_byte_after_its_form_changed(alice: User, frcp_id: uuid.UUID) -> None:
    """With the installed renderers, from the picture that was frozen: what is stored is compared, never read again."""
    fill_document(alice, frcp_id)
    revision = documents.open_document(alice, frcp_id).revision
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    documents.validate_document(actor=alice, document_id=frcp_id, expected_revision=revision)
    drain()
    rendition = Rendition.objects.get()
    stored = {artifact.format: load(artifact).content for artifact in rendition.artifacts.all()}
    assert set(stored) == {"pdf-a1", "cda-n3", "cda-n1"}
    former = documents.open_document(alice, frcp_id).schema
    changed = publish_with(Question("region.suivi", "Question nouvelle de la région", "boolean"))
    assert changed.schema != former
    assert forms.published_form(former.key).number == changed.number == 2
    drain()
    snapshot = from_json(Rendition.objects.get().snapshot, documents.attachment_bytes)
    again = {output: exchange.render_unsaved(snapshot, output, as_of=rendition.as_of).content for output in stored}
    assert {output: again[output] == stored[output] for output in stored} == dict.fromkeys(stored, True)
    assert documents.open_document(alice, frcp_id).schema == former
