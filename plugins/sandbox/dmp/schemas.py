"""The official schemas of IHE and OASIS, when the folder of the kit is there (``wsdl/schema``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lxml import etree

from plugins.sandbox.dmp.names import HABILITATIONS, HL7, LCM, QUERY, XDSB, XOP

_FILES = {XDSB: "IHE/IHEXDSB.xsd", LCM: "ebRS30/lcm.xsd", QUERY: "ebRS30/query.xsd"}
_WITHOUT = (HL7, HABILITATIONS)


def problems(payload: etree._Element, kit: Path | None) -> str:
    """What the schemas say against the body of a request; contents are put in place of ``xop:Include`` first (§3.1)."""
    namespace = etree.QName(payload).namespace or ""
    if kit is None or namespace in _WITHOUT:
        return ""
    whole = etree.fromstring(etree.tostring(payload, with_tail=False))
    for include in list(whole.iter(f"{{{XOP}}}Include")):
        parent = include.getparent()
        if parent is not None:
            parent.remove(include)
            parent.text = "AA=="
    schema = _schema(kit / "wsdl" / "schema" / _FILES[namespace])
    if schema.validate(whole):
        return ""
    return " ; ".join(str(error.message) for error in schema.error_log)[:600]  # type: ignore[attr-defined]  # lxml-stubs forget that it is a list


@lru_cache(maxsize=8)
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True, load_dtd=False)))
