"""METADATA.XML of others: read by namespace, whatever the prefixes, in any order; bounded, without DTD or entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.xds import codes
from dcc.contracts.xds.entry import Author, Code, DocumentEntry, Submission, SubmissionSet
from dcc.contracts.xds.hl7 import instance_of

METADATA_LIMIT = 2 * 1024 * 1024
"""Bytes; the official samples take some 45 kB a document."""

MAX_TAGS = 50_000
_RIM = f"{{{codes.RIM}}}"


def parse(metadata: bytes) -> Submission:
    """A lot and its documents, as they say themselves; what they leave out is empty.

    Objects are known by the element they stand in: official samples point them at identifiers of no object. Raises
    :class:`Refused` in French for what is no submission, or more than one lot.
    """
    root = _root(metadata)
    packages = list(root.iter(f"{_RIM}RegistryPackage"))
    if len(packages) != 1:
        raise Refused(f"METADATA.XML décrit {len(packages)} lots, un seul est attendu")
    replaced = _replaced(root)
    documents = (element for element in root.iter(f"{_RIM}ExtrinsicObject") if _is_document(element))
    entries = ((element.get("id", ""), read_entry(element)) for element in documents)
    kept = (replace(entry, hash=entry.hash.upper(), replaces=replaced.get(key, "")) for key, entry in entries)
    return Submission(_lot(packages[0]), tuple(kept))


def _root(metadata: bytes) -> etree._Element:
    if len(metadata) > METADATA_LIMIT or metadata.count(b"<") > MAX_TAGS:
        raise Refused("METADATA.XML est démesuré")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(metadata, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"METADATA.XML est illisible, ligne {error.lineno or 1}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("METADATA.XML contient une déclaration DOCTYPE, interdite")
    if etree.QName(root).localname not in ("SubmitObjectsRequest", "ProvideAndRegisterDocumentSetRequest"):
        raise Refused("METADATA.XML n'est pas une demande de dépôt (SubmitObjectsRequest)")
    return root


def _is_document(element: etree._Element) -> bool:
    return element.get("objectType", "").lower() in (codes.DOCUMENT, "")


def _lot(package: etree._Element) -> SubmissionSet:
    identifiers = _identifiers(package)
    values = {name: identifiers.get(scheme, "") for name, (scheme, _label) in codes.LOT_IDENTIFIERS.items()}
    return SubmissionSet(
        unique_id=values["unique_id"],
        source_id=values["source_id"],
        submission_time=_first(slots_of(package), "submissionTime"),
        title=_label(package, "Name"),
        comments=_label(package, "Description"),
        authors=tuple(_authors(package, codes.LOT_AUTHOR)),
        content_type=next(_coded(package, codes.LOT_CONTENT_TYPE), None),
        patient_id=instance_of(values["patient_id"]),
    )


def read_entry(element: etree._Element) -> DocumentEntry:
    """The entry that an ``ExtrinsicObject`` is; its hash as it is written there."""
    slots, identifiers = slots_of(element), _identifiers(element)
    single: Any = {name: next(_coded(element, scheme), None) for name, scheme in codes.SINGLE_CODES.items()}
    size = _first(slots, "size")
    return DocumentEntry(
        unique_id=identifiers.get(codes.UNIQUE_ID[0], ""),
        mime_type=element.get("mimeType", ""),
        hash=_first(slots, "hash"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) <= 12 else None,
        uri=_first(slots, "URI"),
        creation_time=_first(slots, "creationTime"),
        language=_first(slots, "languageCode"),
        title=_label(element, "Name"),
        comments=_label(element, "Description"),
        legal_authenticator=_first(slots, "legalAuthenticator"),
        service_start=_first(slots, "serviceStartTime"),
        service_stop=_first(slots, "serviceStopTime"),
        patient_id=instance_of(identifiers.get(codes.PATIENT_ID[0], "")),
        source_patient_id=instance_of(_first(slots, "sourcePatientId")),
        source_patient_info=tuple(slots.get("sourcePatientInfo", ())),
        events=tuple(_coded(element, codes.EVENTS)),
        authors=tuple(_authors(element, codes.AUTHOR)),
        confidentiality=tuple(_coded(element, codes.CONFIDENTIALITY)),
        action=_first(slots, codes.ACTION),
        **single,
    )


def _replaced(root: etree._Element) -> dict[str, str]:
    """Entry that each entry replaces."""
    found = (item for item in root.iter(f"{_RIM}Association") if item.get("associationType") == codes.REPLACES)
    return {item.get("sourceObject", ""): item.get("targetObject", "") for item in found}


def slots_of(element: etree._Element) -> dict[str, Sequence[str]]:
    """The slots of an object, by their names."""
    return {slot.get("name", ""): _values(slot) for slot in element.iterfind(f"{_RIM}Slot")}


def _values(slot: etree._Element) -> Sequence[str]:
    return tuple((value.text or "").strip() for value in slot.iterfind(f"{_RIM}ValueList/{_RIM}Value"))


def _first(slots: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(slots.get(name, ())), "")


def _identifiers(element: etree._Element) -> dict[str, str]:
    return {
        item.get("identificationScheme", "").lower(): item.get("value", "") for item in _children(element, "ExternalIdentifier")
    }


def _coded(element: etree._Element, scheme: str) -> Iterator[Code]:
    for item in _classified(element, scheme):
        system = _first(slots_of(item), "codingScheme")
        yield Code(item.get("nodeRepresentation", ""), system, _label(item, "Name"))


def _authors(element: etree._Element, scheme: str) -> Iterator[Author]:
    for item in _classified(element, scheme):
        slots = slots_of(item)
        yield Author(
            person=_first(slots, "authorPerson"),
            institutions=tuple(slots.get("authorInstitution", ())),
            roles=tuple(slots.get("authorRole", ())),
            specialties=tuple(slots.get("authorSpecialty", ())),
        )


def _classified(element: etree._Element, scheme: str) -> Iterator[etree._Element]:
    return (item for item in _children(element, "Classification") if item.get("classificationScheme", "").lower() == scheme)


def _children(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    return element.iterfind(f"{_RIM}{tag}")


def _label(element: etree._Element, tag: str) -> str:
    found = element.find(f"{_RIM}{tag}/{_RIM}LocalizedString")
    return found.get("value", "").strip() if found is not None else ""
