"""Metadata as a list of facts: what is compared with official samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
Fact = tuple[str, str, str, Any]
"""Object, kind, name or scheme, what is said: one slot, classification, identifier, label or association."""


def facts(metadata: bytes) -> list[Fact]:
    """Everything that metadata say, in their order, identifiers of their own objects apart."""
    root = etree.fromstring(metadata)
    found: list[Fact] = []
    kinds = {"RegistryPackage": "lot", "ExtrinsicObject": "document"}
    ids = {}
    for tag, kind in kinds.items():
        for element in root.iter(RIM + tag):
            ids[element.get("id")] = kind
            found += [(kind, *fact) for fact in _said(element)]
    for item in root.iter(f"{RIM}Association"):
        ends = ids.get(item.get("sourceObject")), ids.get(item.get("targetObject"))
        found.append(("association", item.get("associationType", ""), "", (ends, _slots(item))))
    return found


def _said(element: etree._Element) -> Iterator[tuple[str, str, Any]]:
    yield "attributes", "", [element.get(name) for name in ("mimeType", "objectType", "status")]
    for slot in element.iterfind(f"{RIM}Slot"):
        yield "Slot", slot.get("name", ""), _values(slot)
    for label in ("Name", "Description"):
        yield label, "", _labels(element, label)
    for item in element.iterfind(f"{RIM}Classification"):
        scheme = item.get("classificationScheme") or item.get("classificationNode") or ""
        yield "Classification", scheme, (item.get("nodeRepresentation"), _slots(item), _labels(item, "Name"))
    for item in element.iterfind(f"{RIM}ExternalIdentifier"):
        yield "ExternalIdentifier", item.get("identificationScheme", ""), (item.get("value"), _labels(item, "Name"))


def _slots(element: etree._Element) -> Sequence[tuple[str, Sequence[str | None]]]:
    return [(slot.get("name", ""), _values(slot)) for slot in element.iterfind(f"{RIM}Slot")]


def _values(slot: etree._Element) -> Sequence[str | None]:
    return [value.text for value in slot.iter(f"{RIM}Value")]


def _labels(element: etree._Element, tag: str) -> Sequence[str]:
    return [item.get("value", "") for item in element.iterfind(f"{RIM}{tag}/{RIM}LocalizedString")]
