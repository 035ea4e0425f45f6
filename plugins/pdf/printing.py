"""From a snapshot to a proven PDF: content, HTML, PDF/A-1b, datamatrix read back from the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from dcc.contracts.snapshots import DocumentSnapshot
from dcc.contracts.symbol import Symbol, symbol_of
from plugins.pdf.content import Content, content_of
from plugins.pdf.glyphs import code_point, name_of, printable
from plugins.pdf.pdfa import write_pdfa
from plugins.pdf.people import NBSP
from plugins.pdf.pps import pps_of
from plugins.pdf.proof import check_printed

_BEFORE_HIGH_SIGNS = re.compile(r"(?<=«) | (?=[;:!?»%€])")
"""Spaces that French typography does not let a line break at."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a type of document is printed: its template, its stylesheets, what the template wants beside the content."""

    template: str
    stylesheets: tuple[str, ...]
    more: Callable[[DocumentSnapshot, datetime], Mapping[str, Any]]
    tagged: bool = False


PLAIN = Layout("pdf/document.html", ("page.css", "document.css"), lambda snapshot, as_of: {})
LAYOUTS: Mapping[str, Layout] = {
    "pps": Layout("pdf/pps.html", ("page.css", "pps.css"), lambda snapshot, as_of: {"pps": pps_of(snapshot, as_of)}, tagged=True),
}
"""By type of document; any other is printed plainly."""


def print_document(snapshot: DocumentSnapshot, as_of: datetime) -> tuple[bytes, dict[str, Any]]:
    """The PDF and small proofs of it (pages, datamatrix, replaced characters); raises :class:`~dcc.contracts.errors.Refused`."""
    layout = LAYOUTS.get(snapshot.document_type, PLAIN)
    with translation.override("fr"):
        content = content_of(snapshot, as_of)
        symbol = symbol_of(content.identity.payload) if content.identity.payload else None
        html, replaced = html_of(content, symbol, layout.template, layout.more(snapshot, as_of))
    pdf, pages = write_pdfa(html, layout.stylesheets, tagged=layout.tagged)
    if symbol is not None:
        check_printed(pdf, content.identity.payload)
    return pdf, _facts(content, symbol, pages, replaced)


def html_of(
    content: Content, symbol: Symbol | None, template: str = PLAIN.template, more: Mapping[str, Any] = MappingProxyType({})
) -> tuple[str, Sequence[str]]:
    """The page's HTML, with drawable characters only, and the characters that were replaced; ``more`` is for the template."""
    context: dict[str, Any] = {**more, "content": content, "symbol": symbol}
    html, replaced = printable(render_to_string(template, context))
    if replaced:
        context["replaced"] = [name_of(character) for character in replaced]
        html, replaced = printable(render_to_string(template, context))
    return _BEFORE_HIGH_SIGNS.sub(NBSP, html), replaced


def _facts(content: Content, symbol: Symbol | None, pages: int, replaced: Sequence[str]) -> dict[str, Any]:
    """Small proofs kept with the artifact; no trait and no matricule among them."""
    facts: dict[str, Any] = {"pages": pages}
    if symbol is not None:
        facts["datamatrix"] = f"{symbol.modules}x{symbol.modules}, relu sur la page par zxing-cpp"
        facts["datamatrix_sha256"] = hashlib.sha256(content.identity.payload.encode()).hexdigest()
    if content.identity.warning:
        facts["warning"] = content.identity.warning
    if replaced:
        facts["replaced_characters"] = [code_point(character) for character in replaced]
    return facts
