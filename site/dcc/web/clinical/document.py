"""A received or written CDA, read once: what the page shows of it. The file may come from anybody."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import Refused
from dcc.web.clinical.entries import Entry, entries_of
from dcc.web.clinical.heading import Heading, heading_of
from dcc.web.clinical.narrative import HL7, block_html
from dcc.web.clinical.telling import attribute, words

DEEPEST = 120
"""Levels of elements: the deepest official sample has 31."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True)
"""``huge_tree``: documents embed files; the size was bounded when the file came in, the depth is bounded here."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its title, its level of heading (2 to 5), its narrative, its coded entries, and the sections in it."""

    title: str
    level: int
    narrative: SafeString
    entries: Sequence[Entry]
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file inside the document; ``is_copy`` for the PDF that shows the whole document."""

    title: str
    media_type: str
    content: bytes = field(repr=False)
    is_copy: bool = False

    @property
    def is_pdf(self) -> bool:
        return self.content.startswith(b"%PDF-")


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole document."""

    heading: Heading
    parts: Sequence[Part]
    files: Sequence[EmbeddedFile]

    @property
    def copy(self) -> EmbeddedFile | None:
        """The PDF of the document itself, if it holds one."""
        return next((file for file in self.files if file.is_copy and file.is_pdf), None)

    @property
    def copy_place(self) -> int | None:
        """Its place in ``files``."""
        return next((place for place, file in enumerate(self.files) if file is self.copy), None)

    @property
    def joined(self) -> Sequence[tuple[int, EmbeddedFile]]:
        """The other files, by their place in ``files``."""
        return [(place, file) for place, file in enumerate(self.files) if not file.is_copy]


def read_document(content: bytes) -> Reading:
    """Read; raises ``Refused`` in French for what is no CDA document."""
    root = _document(content)
    body = root.find(f"{HL7}component/{HL7}structuredBody")
    parts = tuple(_parts(body, 2)) if body is not None else ()
    return Reading(heading_of(root), parts, tuple(_files(root)))


def _document(content: bytes) -> etree._Element:
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise Refused(_("Le fichier n'est pas un document XML lisible : ligne %d.") % (error.lineno or 0)) from error
    depth = deepest = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise Refused(_("Le document imbrique ses éléments sur plus de %d niveaux.") % DEEPEST)
    tag = f"{HL7}ClinicalDocument"
    found = root if root.tag == tag else next(root.iter(tag), None)
    if found is None:
        raise Refused(_("Le fichier n'est pas un document CDA (ClinicalDocument)."))
    return found


def _parts(parent: etree._Element, level: int) -> Iterator[Part]:
    for section in parent.iterfind(f"{HL7}component/{HL7}section"):
        text = section.find(f"{HL7}text")
        yield Part(
            words(section.find(f"{HL7}title")) or attribute(section, "code", "displayName"),
            level,
            block_html(text) if text is not None else SafeString(""),
            tuple(entries_of(section, text)),
            tuple(_parts(section, min(level + 1, 5))),
        )


def _files(root: etree._Element) -> Iterator[EmbeddedFile]:
    """The body that is only a file, then the media of the entries; what is not base64 is left out."""
    for element in root.iterfind(f"{HL7}component/{HL7}nonXMLBody/{HL7}text"):
        yield from _file(element, _("Document"), is_copy=True)
    for section in root.iter(f"{HL7}section"):
        is_copy = attribute(section, "code", "code") == "55108-5"
        for media in section.iterfind(f"{HL7}entry//{HL7}observationMedia"):
            value = media.find(f"{HL7}value")
            if value is not None:
                yield from _file(value, _title_of(media, section), is_copy=is_copy)


def _title_of(media: etree._Element, section: etree._Element) -> str:
    """The title said beside the file: FR-Document-attaché has an observation that refers to it in the narrative."""
    organizer = media.getparent()
    organizer = organizer.getparent() if organizer is not None else None
    for reference in organizer.iter(f"{HL7}reference") if organizer is not None else ():
        target = reference.get("value", "").removeprefix("#")
        for content in section.iter(f"{HL7}content"):
            if target and content.get("ID") == target:
                return words(content)
    return words(section.find(f"{HL7}title")) or _("Fichier joint")


def _file(element: etree._Element, title: str, *, is_copy: bool) -> Iterator[EmbeddedFile]:
    try:
        content = base64.b64decode("".join(map(str, element.itertext())), validate=False)
    except (binascii.Error, ValueError):
        return
    if content:
        yield EmbeddedFile(title, element.get("mediaType", ""), content, is_copy)
