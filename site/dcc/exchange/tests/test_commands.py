"""The operator's commands: import a file, export an output."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.audit import api as audit
from dcc.contracts.capabilities import DocumentType, Reader, Renderer
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.exchange.tests.received import FakeReader
from dcc.exchange.tests.test_renditions import FakeRenderer


@pytest.fixture
def plugins(configuration: None) -> Iterator[None]:
    registry = Registry()
    registry.add(Reader, "fake", FakeReader())
    registry.add(Renderer, "pdf", FakeRenderer("pdf-a1"))
    registry.add(Renderer, "n3", FakeRenderer("cda-n3", ("pdf-a1",)))
    registry.add(DocumentType, "frcp", DocumentType("frcp", "FRCP", "frcp", "2025.01", ("pdf-a1", "cda-n3")))
    with use_registry(registry):
        yield


def _import(path: Path, *options: str) -> uuid.UUID:
    out = StringIO()
    call_command("import_document", str(path), *options, stdout=out)
    return uuid.UUID(out.getvalue().strip())


def test_a_file_goes_in_and_comes_out(plugins: None, facility: Facility, alice: User, tmp_path: Path) -> None:
    source, output = tmp_path / "frcp.xml", tmp_path / "out"
    source.write_bytes(b"READ 1")
    document_id = _import(source)
    assert documents.open_document(alice, document_id).line.title == "FRCP REÇUE"
    call_command("export_document", str(document_id), "--format", "answers", "--output", str(output))
    assert json.loads(output.read_text()) == {"frcp.patient.commentaire": "lu"}
    call_command("export_document", str(document_id), "--format", "cda-n3", "--output", str(output))
    assert output.read_bytes() == "cda-n3|FRCP REÇUE|pdf-a1|FRCP REÇUE".encode()
    exported = [t for t in audit.traces(subject=f"document:{document_id}") if t.action == "document.exported"]
    assert [(t.actor_id, t.facts["format"], t.patient_id is not None) for t in exported] == [
        (None, "cda-n3", True),
        (None, "answers", True),
    ]
    with pytest.raises(CommandError, match=r"écriture impossible .il n'existe pas"):
        call_command("export_document", str(document_id), "--format", "answers", "--output", str(tmp_path / "no" / "out"))


def test_the_facility_must_be_known(
    plugins: None, facility: Facility, other_facility: Facility, tmp_path: Path, settings: Settings
) -> None:
    source = tmp_path / "frcp.xml"
    source.write_bytes(b"READ 1")
    with pytest.raises(CommandError, match="préciser --facility"):
        _import(source)
    with pytest.raises(CommandError, match="Structure inconnue"):
        _import(source, "--facility", "999999999")
    settings.DCC_DEFAULT_FACILITY = other_facility.finess
    first = _import(source)
    with pytest.raises(CommandError, match="déjà enregistré sur la plateforme par une autre structure"):
        _import(source, "--facility", facility.finess)
    assert documents.current_picture(first, as_of=timezone.now())[1].custodian["name"] == other_facility.name


def test_what_cannot_be_done_is_said(plugins: None, facility: Facility, alice: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"illisible : il n.existe pas"):
        _import(tmp_path / "absent.xml")
    source = tmp_path / "frcp.xml"
    source.write_bytes(b"READ broken")
    with pytest.raises(CommandError, match="ligne 3"):
        _import(source, "--user", "alice")
    with pytest.raises(CommandError, match="Compte inconnu"):
        _import(source, "--user", "personne")
    with pytest.raises(CommandError, match="Document inconnu"):
        call_command("export_document", str(uuid.uuid4()), "--format", "answers", "--output", str(tmp_path / "out"))
    source.write_bytes(b"READ 1")
    with pytest.raises(CommandError, match="cda-n1"):
        call_command("export_document", str(_import(source)), "--format", "cda-n1", "--output", str(tmp_path / "out"))
