"""The check of our PDFs: silent on what we write, loud on each way of breaking PDF/A-1b."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from dcc.contracts.capabilities import ConformanceCheck
from dcc.contracts.snapshots import Artifact
from dcc.contracts.testing import CheckConformance
from plugins.pdf.conformance import PdfACheck, faults
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests.samples import typical

BREAKS: dict[str, tuple[bytes, bytes, str]] = {
    "another version": (b"%PDF-1.4", b"%PDF-1.7", "6.1.2"),
    "encrypted": (b"/Size ", b"/Encrypt 9 0 R/Size ", "6.1.3"),
    "without identifier": (b"/ID [", b"/Id [", "6.1.3"),
    "a joined file": (b"/Type /Catalog", b"/Type /Catalog/Names <</EmbeddedFiles 3 0 R>>", "6.1.11"),
    "a script": (b"/Type /Catalog", b"/Type /Catalog/OpenAction <</S /JavaScript/JS (x)>>", "6.6.1"),
    "transparent": (b"/Type /Catalog", b"/Type /Catalog/SMask 7 0 R", "6.4"),
    "without colour profile": (b"/DestOutputProfile", b"/DestOutputProfil", "6.2.2"),
    "without intent": (b"/GTS_PDFA1", b"/GTS_PDFX", "6.2.2"),
    "without metadata": (b"/Metadata", b"/Metadate", "6.7.2"),
    "claiming another part": (b'pdfaid:part="1"', b'pdfaid:part="3"', "6.7.11"),
    "claiming another level": (b'pdfaid:conformance="B"', b'pdfaid:conformance="U"', "6.7.11"),
    "a font left out": (b"/FontFile", b"/FontFyle", "6.3.4"),
}


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return PdfA1Renderer().render(typical(), {}, as_of=datetime(2026, 1, 5, tzinfo=UTC)).content


@pytest.mark.parametrize(("old", "new", "clause"), BREAKS.values(), ids=BREAKS.keys())
def test_each_break_is_found_by_its_clause(pdf: bytes, old: bytes, new: bytes, clause: str) -> None:
    assert old in pdf
    assert clause in {found for found, _ in faults(pdf.replace(old, new))}


def test_a_cut_file_is_found(pdf: bytes) -> None:
    assert [clause for clause, _ in faults(pdf[:-10])] == ["6.1.3"]


def test_words_of_a_document_are_no_instructions(pdf: bytes) -> None:
    """A title may say anything."""
    assert list(faults(pdf.replace(b"/Type /Catalog", b"/Type /Catalog/Lang (/JavaScript /Encrypt \\) /SMask 3)"))) == []


class TestCheck(CheckConformance):
    """The promises of the contract."""

    def make(self) -> ConformanceCheck:
        return PdfACheck()

    def conformant(self) -> Sequence[Artifact]:
        return [PdfA1Renderer().render(typical(), {}, as_of=datetime(2026, 1, 5, tzinfo=UTC))]

    def faulty(self) -> Sequence[Artifact]:
        return [Artifact("pdf-a1", "application/pdf", b"%PDF-1.7", "x.pdf")]
