"""Runs schematrons through Saxon (saxonche).

They are written as stylesheets, kept on disk by content, compiled once and run on a document that is parsed once for all of them.
"""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugins.cda.conformance.kit import Kit
from plugins.cda.conformance.schematron import read_schema
from plugins.cda.conformance.stylesheet import ENGINE, SEPARATOR, stylesheet

logger = logging.getLogger(__name__)
_FIELDS = 4


class SaxonError(Exception):
    """Saxon refuses a stylesheet, so the kit cannot be used; the message is Saxon's."""


@dataclass(frozen=True, slots=True)
class RawFinding:
    """What a schematron says: ``role`` as written (or :data:`.stylesheet.BROKEN`), ``path`` as of XPath's ``path()``."""

    role: str
    pattern: str
    path: str
    message: str


class Saxon:
    """One Saxon processor and the stylesheets of one kit, for one thread at a time: Saxon holds the interpreter's lock anyway."""

    def __init__(self, kit: Kit, cache: Path | None = None) -> None:
        import saxonche  # some 20 MB and a Java isolate: only where rules really run

        self._kit = kit
        self._cache = cache
        self._processor = saxonche.PySaxonProcessor(license=False)
        self._failure = saxonche.PySaxonApiError
        self._compiler = self._processor.new_xslt30_processor()
        self._executables: dict[str, Any] = {}

    def compile(self, head: str) -> None:
        """Make the schema ``head`` (below ``schematrons/``) ready; raises ``SchematronError`` or :class:`SaxonError`."""
        if head not in self._executables:
            text = self._stylesheet(head)
            try:
                self._executables[head] = self._compiler.compile_stylesheet(stylesheet_text=text)
            except self._failure as error:
                raise SaxonError(f"{head}: {error}") from None

    def parse(self, xml: str) -> Any:
        """A document that :meth:`run` takes. ``xml`` must come from a tree that :mod:`plugins.cda.xml_input` let in."""
        return self._processor.parse_xml(xml_text=xml)

    def run(self, head: str, document: Any) -> list[RawFinding]:
        """Findings of one schema on a parsed document."""
        self.compile(head)
        lines = self._executables[head].transform_to_string(xdm_node=document) or ""
        found = []
        for line in lines.split("\n"):
            fields = line.split(SEPARATOR, _FIELDS - 1)
            if len(fields) == _FIELDS:
                found.append(RawFinding(*fields))
        return found

    def _stylesheet(self, head: str) -> str:
        path = self._kit.schematrons / head
        key = hashlib.sha256(f"{ENGINE}\0{path}\0{self._kit.digest}".encode()).hexdigest()
        kept = self._cache / f"{key}.xsl" if self._cache else None
        if kept and kept.is_file():
            return kept.read_text(encoding="utf-8")
        text = stylesheet(read_schema(path))
        if kept:
            _keep(kept, text)
        return text


def _keep(path: Path, text: str) -> None:
    """Write in one move, so that two processes never read half a file. A read-only disk only costs time."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        logger.warning("stylesheet not kept in %s: %s", path.parent, error)
