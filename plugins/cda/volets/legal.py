"""« Information sur les données personnelles »: the two patient-rights texts, frozen with the document (R-037 to R-042).

The title is the specification's, in capitals (R-038), and so is the address of the link; nothing is read back: a platform that
takes a document over writes the texts in force for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import CISIS, Code
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.sections import COMMENT_CODE, COMMENT_TEMPLATES, section_xml, start_section
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, prototype, write_text

TITLE = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
_TRANSLATION = Code("GEN-294", "Information pour le patient", CISIS)
_ADDRESS = re.compile(r"https?://[^\s<>()]+[^\s<>().,;:!?]")


class PersonalData:
    """The section of the two texts, in their order."""

    template = COMMENT_TEMPLATES[-1]
    translation = _TRANSLATION.code
    code = COMMENT_CODE
    group = ""

    def __init__(self, prefix: str) -> None:
        self.key = f"{prefix}.information"
        self._head = prototype(
            section_xml(COMMENT_TEMPLATES, COMMENT_CODE, TITLE, has_id=False, code_inner=_TRANSLATION.as_xml("translation"))
        )

    def encode(self, values: Mapping[str, Any], body: _Element, out: Writing) -> None:
        """Append the section when the document has texts."""
        texts = sorted(out.document.legal_texts, key=lambda text: text.number)
        if not texts:
            return
        text_element = add(start_section(body, self._head, out, has_id=False), "text")
        for number, legal in enumerate(texts):
            if number:
                add(text_element, "br")
                add(text_element, "br")
            write_linked(add(text_element, "content", {"ID": f"information-texte-{legal.number}"}), legal.body)

    def decode(self, element: _Element, inp: Reading) -> None:
        """Nothing to take over."""


def write_linked(element: _Element, text: str) -> None:
    """Append text, its web addresses as ``linkHtml``."""
    position = 0
    for match in _ADDRESS.finditer(text):
        write_text(element, text[position : match.start()])
        add(element, "linkHtml", {"href": match.group()}, match.group())
        position = match.end()
    write_text(element, text[position:])
