"""Names and makers of CDA elements, and the text of mixed content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree
from lxml.etree import _Element

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
Q = f"{{{HL7}}}"
XSI_TYPE = f"{{{XSI}}}type"
_NSMAP: dict[str, str] = {"xsi": XSI}

_INDENT = re.compile(r"[ \t\r]*\n\s*")
_MARK = "\x00"  # cannot stand in XML: where a run of white space held a line end, that is, where the source was laid out


def root_element(name: str) -> _Element:
    """A root in the HL7 namespace, which is the default one of the document."""
    return etree.Element(Q + name, nsmap={None: HL7, "xsi": XSI})  # type: ignore[dict-item]  # lxml-stubs: None is the default namespace


def add(parent: _Element, name: str, attributes: Mapping[str, str] | None = None, text: str | None = None) -> _Element:
    """Append a child in the HL7 namespace; attributes without value are the caller's to leave out."""
    element = etree.SubElement(parent, Q + name, attributes)  # type: ignore[arg-type]  # lxml takes any mapping, or None
    if text is not None:
        element.text = text
    return element


def prototype(xml: str) -> _Element:
    """Parse a constant fragment once; copies of it are what documents are made of."""
    wrapper = etree.fromstring(f'<x xmlns="{HL7}" xmlns:xsi="{XSI}">{xml}</x>')
    return wrapper[0]


def escaped(value: str) -> str:
    """A value ready to stand in a double-quoted attribute of a constant fragment."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def local(element: _Element) -> str:
    """Local name of an element."""
    return str(element.tag).rpartition("}")[2]


def child(element: _Element, name: str) -> _Element | None:
    """First child of that name."""
    return next(element.iterchildren(Q + name), None)


def children(element: _Element, name: str) -> Iterator[_Element]:
    """Children of that name."""
    return element.iterchildren(Q + name)


def elements(element: _Element) -> Iterator[_Element]:
    """Child elements; comments and processing instructions are passed over."""
    return element.iterchildren("*")


def as_xml(element: _Element) -> str:
    """The element alone, as text."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def write_text(element: _Element, text: str) -> None:
    """Append text to mixed content, each line end as ``<br/>``."""
    first, *others = text.split("\n")
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + first
    else:
        element.text = (element.text or "") + first
    for line in others:
        add(element, "br").tail = line


def text_of(element: _Element) -> str:
    """Text of mixed content: ``<br/>`` and the ends of paragraphs, rows and items are line ends.

    White space that holds a line end is layout of the file and counts for one space (none at the edge of a line). Other white
    space is kept: what :func:`write_text` wrote comes back as it was.
    """
    if not len(element):
        text = element.text or ""
        return (_INDENT.sub(" ", text) if "\n" in text else text).strip()
    parts: list[str] = []
    _collect(element, parts)
    text = "".join(parts)
    if _MARK in text:
        text = re.sub(rf" *{_MARK}[ {_MARK}]*", _MARK, text)
        text = re.sub(rf"(?:\A|(?<=\n)){_MARK}|{_MARK}(?=\n|\Z)", "", text).replace(_MARK, " ")
    return text.strip()


_BREAKS_AFTER = {Q + name for name in ("br", "paragraph", "tr", "item", "caption", "table", "list")}
_CELLS = {Q + "td", Q + "th"}


def _collect(element: _Element, parts: list[str]) -> None:
    if element.text:
        parts.append(_laid_out(element.text))
    for item in element:
        if isinstance(item.tag, str):
            _collect(item, parts)
            if item.tag in _BREAKS_AFTER:
                parts.append("\n")
            elif item.tag in _CELLS and item.getnext() is not None:
                parts.append(" ")
        if item.tail:
            parts.append(_laid_out(item.tail))


def _laid_out(text: str) -> str:
    return _INDENT.sub(_MARK, text) if "\n" in text else text
