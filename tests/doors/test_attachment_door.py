"""Files joined to a document: bad ones are refused in French, and nothing stays, neither row nor bytes."""

from __future__ import annotations

from unittest import mock
from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.documents import api as documents
from tests.doors.cases import HOSTILE, difference, good, rows
from tests.fixtures import sign_in

PDF = b"%PDF-1.4\n%%EOF\n"
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "vide"),
    "a ZIP": (HOSTILE["a ZIP that inflates"], "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "a CDA": (good().encode(), "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "a page": (b"<html><script>alert(1)</script></html>", "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "zeros": (bytes(4096), "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "a PDF after a line": (b"\n" + PDF, "n'est pas un PDF, JPEG, PNG ou TIFF"),
    "too heavy": (b"%PDF-" + bytes(10_000_000), "Fichier trop lourd : 10 Mo, 10 Mo au plus"),
}
every_bad = pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD.keys())


@every_bad
def test_the_service_refuses_it(alice: User, frcp_id: UUID, content: bytes, said: str) -> None:
    before = rows()
    with pytest.raises(documents.AttachmentRefused, match=said):
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=content)
    assert difference(before) == {}


@every_bad
def test_the_page_refuses_it(alice: User, frcp_id: UUID, content: bytes, said: str) -> None:
    client = Client()
    sign_in(client, alice)
    address = reverse("web:attachments", args=[frcp_id])
    cache.clear()  # the settings of the region are read, and their row made, by this first page and not by the next
    client.get(address)
    before = rows()
    response = client.post(address, {"title": "Bilan", "files": SimpleUploadedFile("bilan.pdf", content)}, follow=True)
    assert said in response.content.decode().replace("&#x27;", "'")
    added = difference(before)
    assert {name for name in added if name != "audit.Entry"} == set(), added


def test_all_files_of_a_document_together_have_a_limit(alice: User, frcp_id: UUID, settings: Settings) -> None:
    settings.DCC_ATTACHMENTS_TOTAL_LIMIT = 2_000_000

    def add(size: int) -> UUID:
        content = PDF + bytes(size)
        return documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="b.pdf", content=content)

    first = add(1_500_000)
    before = rows()
    with pytest.raises(documents.AttachmentRefused, match="Pièces jointes trop lourdes : 2 Mo avec ce fichier, 2 Mo au plus"):
        add(1_000_000)
    assert difference(before) == {}
    documents.remove_attachment(actor=alice, document_id=frcp_id, attachment_id=first)
    assert add(1_000_000) != first


def test_bytes_do_not_outlive_a_failed_transaction(alice: User, frcp_id: UUID) -> None:
    before = rows()
    with (
        mock.patch("dcc.documents.services.attachments._trace", side_effect=RuntimeError("the journal is full")),
        pytest.raises(RuntimeError),
    ):
        documents.add_attachment(actor=alice, document_id=frcp_id, title="Bilan", filename="b.pdf", content=PDF)
    assert difference(before) == {}


def test_a_removal_that_removes_nothing_leaves_no_trace(alice: User, frcp_id: UUID) -> None:
    before = rows()
    with pytest.raises(documents.DocumentNotFound):
        documents.remove_attachment(actor=alice, document_id=frcp_id, attachment_id=frcp_id)
    assert difference(before) == {}
