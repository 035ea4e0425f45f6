"""Checks a document against the XSD of the kit (lxml) and says what is wrong in French."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from dcc.contracts.snapshots import Finding
from plugins.cda.conformance.places import place_of
from plugins.cda.conformance.wording import from_xsd

SOURCE = "XSD"
_REPEATS = {"SCHEMAV_CVC_DATATYPE_VALID_1_2_2", "SCHEMAV_CVC_DATATYPE_VALID_1_2_3"}
"""« Not of the union (or list) type », said again after the facet that was not met."""


class XsdSchema:
    """A compiled schema. libxml2 reads its parts from the disk only: this build of it has no network access."""

    def __init__(self, path: Path) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True, load_dtd=False)))

    def findings(self, tree: etree._ElementTree) -> Iterator[Finding]:
        """Errors, in document order."""
        if self._schema.validate(tree):
            return
        former = ("", "")
        prefixes = {prefix: uri for element in tree.getroot().iter() for prefix, uri in element.nsmap.items() if prefix}
        for entry in list(self._schema.error_log):  # type: ignore[call-overload]  # lxml-stubs forget that a log is a list
            about = (entry.path or "", entry.message.split(":")[0])
            if entry.type_name in _REPEATS and about == former:
                continue
            former = about
            place = place_of(_node(tree.getroot(), entry.path or "", prefixes))
            yield Finding(
                code=f"xsd.{entry.type_name.removeprefix('SCHEMAV_').lower()}",
                level="error",
                message=f"{place.prefix()} : {from_xsd(entry.message)}",
                question_key=place.question_key,
                section_key=place.section_key,
                location=place.location,
                source=SOURCE,
            )


def _node(root: etree._Element, path: str, prefixes: dict[str, str]) -> etree._Element:
    """The element libxml2 names by a path of its own (``/*/*[3]``)."""
    try:
        found = root.xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return root
    first = found[0] if isinstance(found, list) and found else root
    return first if isinstance(first, etree._Element) else root
