"""Joined files: type by content, size, scanner, frozen with the document."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.documents import api as documents
from dcc.documents.services.attachments import media_type_of

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"II*\x00....", "image/tiff"),
    ],
)
def test_the_type_is_read_from_the_content(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"PK\x03\x04", b"<html></html>", b"%PD"])
def test_anything_else_is_refused_whatever_its_name(alice: User, frcp_id: uuid.UUID, content: bytes) -> None:
    with pytest.raises(documents.AttachmentRefused):
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=content)
    assert documents.open_document(alice, frcp_id).attachments == []


def test_a_file_too_large_is_refused(alice: User, frcp_id: uuid.UUID, settings: Settings) -> None:
    settings.DCC_ATTACHMENT_LIMIT = 10
    with pytest.raises(documents.AttachmentRefused, match="lourd"):
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=PDF)


@pytest.mark.parametrize(("script", "refusal"), [("exit 0", ""), ("exit 1", "antivirus"), ("sleep 0; exit 2", "antivirus")])
def test_the_scanner_has_its_say(
    alice: User, frcp_id: uuid.UUID, settings: Settings, tmp_path: Path, script: str, refusal: str
) -> None:
    scanner = tmp_path / "scan"
    scanner.write_text(f"#!/bin/sh\ncat > {tmp_path}/seen\n{script}\n")
    scanner.chmod(0o755)
    settings.DCC_SCAN_COMMAND = str(scanner)
    if refusal:
        with pytest.raises(documents.AttachmentRefused, match=refusal):
            documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=PDF)
    else:
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=PDF)
    assert (tmp_path / "seen").read_bytes() == PDF


def test_a_silent_scanner_refuses(alice: User, frcp_id: uuid.UUID, settings: Settings) -> None:
    settings.DCC_SCAN_COMMAND = "/does/not/exist"
    with pytest.raises(documents.AttachmentRefused, match="ne répond pas"):
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=PDF)


def test_a_file_is_read_back_by_the_team_and_removed(alice: User, bob: User, charlie: User, frcp_id: uuid.UUID) -> None:
    key = documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="..\\..\\etc/bilan.pdf", content=PDF)
    line, content = documents.attachment_content(bob, frcp_id, key)
    assert (line.filename, content) == ("bilan.pdf", PDF)
    with pytest.raises(documents.DocumentNotFound):
        documents.attachment_content(charlie, frcp_id, key)
    documents.remove_attachment(actor=bob, document_id=frcp_id, attachment_id=key)
    with pytest.raises(documents.DocumentNotFound):
        documents.attachment_content(alice, frcp_id, key)
