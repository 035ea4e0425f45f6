"""From HTML to PDF/A-1b bytes: WeasyPrint with the two corrections that an independent checker asks for, and no way out.

1. XMP: WeasyPrint declares the namespaces once on ``rdf:RDF``, which is legal; Apache xmpbox wants them on each description, and
   a receiver may use the same library. They are moved down.
2. ``Interpolate true`` on images is forbidden: the stylesheet says ``image-rendering: pixelated``.

Nothing is fetched, from the disk or from the network. A character without a drawing, or a font that is not ours, refuses the PDF.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib import resources
from typing import Any, NoReturn
from xml.etree import ElementTree

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from dcc.contracts.errors import Refused
from plugins.pdf.glyphs import FAMILIES
from plugins.pdf.tags import mark_margins

VARIANT = "pdf/a-1b"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Refuses every address: the document holds all it needs."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        raise FatalURLFetchingError("Le document imprimé n'appelle aucune ressource extérieure")


class _Remarks(logging.Handler):
    """What WeasyPrint says in this thread while it works."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.messages.append(record.getMessage())


def write_pdfa(
    html: str, stylesheets: Sequence[str] = ("page.css", "document.css"), *, tagged: bool = False
) -> tuple[bytes, int]:
    """The PDF/A-1b of ``html`` and its number of pages; raises :class:`Refused` when a glyph or a font is not as it must be.

    ``tagged`` adds the structure that a screen reader follows (decision 0186).
    """
    with _listening() as remarks:
        document = _laid_out(html, stylesheets)
        metadata = document.metadata
        metadata.generate_rdf_metadata = partial(_local_namespaces, metadata.generate_rdf_metadata)
        content: bytes = document.write_pdf(finisher=mark_margins if tagged else None, pdf_variant=VARIANT, pdf_tags=tagged)
    missing = [message for message in remarks if ".notdef" in message]
    if missing:
        raise Refused(f"Caractère sans dessin dans les polices du document : {missing[0].rpartition(': ')[2]}")
    strangers = {font.family for font in document.fonts.values()} - set(FAMILIES)
    if strangers:
        raise Refused(f"Police inattendue dans le PDF : {', '.join(sorted(strangers))}")
    return content, len(document.pages)


def _laid_out(html: str, stylesheets: Sequence[str]) -> Any:
    try:
        return HTML(string=html, url_fetcher=_ClosedFetcher()).render(
            stylesheets=[_stylesheet(name) for name in stylesheets], font_config=FontConfiguration(), pdf_variant=VARIANT
        )
    except FatalURLFetchingError as error:  # a BaseException, which would go through every handler of the worker
        raise RuntimeError(str(error)) from None


@contextmanager
def _listening() -> Iterator[list[str]]:
    handler, logger = _Remarks(), logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


@cache
def _stylesheet(name: str) -> CSS:
    text = (resources.files("plugins.pdf") / "templates" / "pdf" / name).read_text(encoding="utf-8")
    return CSS(string=text, url_fetcher=_ClosedFetcher())


def _local_namespaces(generate: Any, *arguments: Any) -> bytes:
    """The same RDF, each description declaring the namespaces it uses."""
    descriptions = ElementTree.fromstring(generate(*arguments))  # noqa: S314  # nosec B314  (WeasyPrint just made it)
    parts = [ElementTree.tostring(description, encoding="utf-8") for description in descriptions]
    return b'<rdf:RDF xmlns:rdf="%s">%s</rdf:RDF>' % (_RDF.encode(), b"".join(parts))
