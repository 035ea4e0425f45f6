"""A second way from a schematron to its findings that shares nothing with ours but Saxon and lxml.

The reference implementation in XSLT 1 (« skeleton », embedded in ``lxml.isoschematron``) expands and compiles the schema; Saxon
runs the result. Four adaptations are needed (``cda.md`` § 6): includes are resolved here (libxslt stumbles on a space in a file
name), ``queryBinding`` says ``xslt`` at every step, the phase is given explicitly, and the result gets version 3.0, ``xml:base``
and a narrower traversal (SaxonC 13.1.1 raises « Bad parent pointer in expression tree » without it).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import saxonche
from lxml import etree

SCH = "{http://purl.oclc.org/dsdl/schematron}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
XML = "{http://www.w3.org/XML/1998/namespace}"
_STEPS = Path(etree.__file__).parent / "isoschematron" / "resources" / "xsl" / "iso-schematron-xslt1"
_TRAVERSAL = "@*|*|comment()|processing-instruction()"
_LOCATION_STEP = re.compile(
    r"/(@?)(?:\*\[local-name\(\)='([^']+)'(?:[^\]]*)\]|\*?:?([\w.-]+))(?:\[namespace-uri\(\)='[^']*'\])?(?:\[(\d+)\])?"
)

Finding = tuple[str, str]
"""Where (``ClinicalDocument[1]/id[2]/@root``) and what (the message, spaces normalised)."""


def _included(path: Path) -> etree._Element:
    root = etree.parse(str(path)).getroot()
    for include in list(root.iter(f"{SCH}include")):
        part = _included(path.parent / str(include.get("href")))
        part.tail = include.tail
        parent = include.getparent()
        assert parent is not None
        parent.replace(include, part)
    return root


def compiled_xslt(head: Path) -> str:
    """The stylesheet the reference implementation makes of a schema, adapted so that Saxon can run it."""
    schema: etree._Element = _included(head)
    phase = schema.get("defaultPhase", "#ALL")
    for step in ("iso_abstract_expand.xsl", "iso_svrl_for_xslt1.xsl"):
        schema.set("queryBinding", "xslt")
        transform = etree.XSLT(etree.parse(str(_STEPS / step)))
        result = transform(etree.ElementTree(schema), phase=etree.XSLT.strparam(phase))
        schema = result.getroot()
    schema.set("version", "3.0")
    schema.set(f"{XML}base", head.parent.as_uri() + "/")
    for element in schema.iter("{http://www.w3.org/1999/XSL/Transform}apply-templates"):
        if element.get("select") == _TRAVERSAL:
            element.set("select", "@*|node()")
    return etree.tostring(schema, encoding="unicode")


class Oracle:
    """Runs compiled schemas; keeps what it compiled."""

    def __init__(self) -> None:
        self.processor = saxonche.PySaxonProcessor(license=False)
        self.compile = cache(self._compile)

    def _compile(self, head: Path) -> saxonche.PyXsltExecutable:
        return self.processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=compiled_xslt(head))

    def findings(self, head: Path, document: str) -> list[Finding]:
        """Failed assertions and successful reports, sorted; raises what Saxon raises when an expression fails."""
        node = self.processor.parse_xml(xml_text=document)
        report = self.compile(head).transform_to_string(xdm_node=node)
        root = etree.fromstring(report.encode("utf-8"), etree.XMLParser(huge_tree=True))
        return sorted(
            (location(str(found.get("location"))), " ".join("".join(map(str, found.itertext())).split()))
            for found in root.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
        )


def location(path: str) -> str:
    """A location of the reference implementation in the form ``ClinicalDocument[1]/id[2]/@root``."""
    steps = []
    for attribute, quoted, plain, number in _LOCATION_STEP.findall(path):
        name = quoted or plain
        steps.append(f"@{name}" if attribute else f"{name}[{number or 1}]")
    return "/".join(steps)
