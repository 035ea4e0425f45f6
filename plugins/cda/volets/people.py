"""What the volets share about people of the header: codes of functions, line ends of header texts, words of an element."""

from __future__ import annotations

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.xml import text_of

FUNCTIONS = "1.2.250.1.213.1.1.4.2.280"
"""System of the functions that CI-SIS adds to J47."""
MEMBER = Code("353", "Membre de l'équipe de soins", "1.2.250.1.213.1.6.1.107")
PHYSICIAN = Code("PCP", "Médecin traitant", "2.16.840.1.113883.5.88")
LINE = "\u2028"
"""Line end of a header text: there is no ``<br/>`` there, and a plain one is taken for the layout of the file."""


def said(entity: _Element | None) -> str:
    """Words of an element, on one line."""
    return " ".join(text_of(entity).split()) if entity is not None else ""
