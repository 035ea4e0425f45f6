"""ebRIM 3.0 of a submission: ``lcm:SubmitObjectsRequest``, valid against the OASIS schemas; same submission, same bytes.

Official samples put some slots after names, which the schemas refuse, and point identifiers at objects that do not exist; we do
neither (decision 0289).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID, uuid5

from lxml import etree

from dcc.contracts.xds import codes
from dcc.contracts.xds.entry import Author, Code, DocumentEntry, Submission, SubmissionSet
from dcc.contracts.xds.hl7 import cx

_SPACE = UUID("5f0c7a52-0b5e-5c7e-9c39-5a1c4a7c2b11")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CLASSIFICATION = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification"


def write(submission: Submission) -> bytes:
    """The submission as XML in UTF-8."""
    request = etree.Element(f"{{{codes.LCM}}}SubmitObjectsRequest", nsmap={"lcm": codes.LCM, "rim": codes.RIM})
    objects = add(request, "RegistryObjectList")
    ids = _Ids(submission.lot.unique_id)
    lot_id = ids.next()
    package = add(objects, "RegistryPackage", id=lot_id, status=codes.APPROVED)
    write_texts(package, submission.lot)
    node = {"id": ids.next(), "classifiedObject": lot_id, "classificationNode": codes.LOT, "nodeRepresentation": ""}
    add(package, "Classification", **node)
    write_lot(package, submission.lot, lot_id, ids)
    members = []
    for entry in submission.entries:
        entry_id = ids.next()
        members.append((entry, entry_id))
        attributes = {"id": entry_id, "mimeType": entry.mime_type, "objectType": codes.DOCUMENT, "status": codes.APPROVED}
        element = add(objects, "ExtrinsicObject", **attributes)
        write_slots(element, entry)
        write_entry(element, entry, entry_id, ids)
    for entry, entry_id in members:
        associate(objects, ids, codes.HAS_MEMBER, lot_id, entry_id)
        if entry.replaces:
            associate(objects, ids, codes.REPLACES, entry_id, entry.replaces)
    etree.indent(request, space="  ")
    return etree.tostring(request, xml_declaration=True, encoding="UTF-8")


class Ids(Protocol):
    """Identifiers of the objects of one submission."""

    def next(self) -> str:
        """The next one."""


class _Ids:
    """UUIDs, the same ones each time it is written."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def next(self) -> str:
        """The next one, ``urn:uuid:…``."""
        self._count += 1
        return f"urn:uuid:{uuid5(_SPACE, f'{self._seed}/{self._count}')}"


def write_texts(package: etree._Element, lot: SubmissionSet) -> None:
    """When the lot is sent, its title and its comments."""
    slot(package, "submissionTime", lot.submission_time)
    _name(package, "Name", lot.title)
    _name(package, "Description", lot.comments)


def write_lot(package: etree._Element, lot: SubmissionSet, owner: str, ids: Ids) -> None:
    """Authors, content type and identifiers of the lot, after its texts."""
    for author in lot.authors:
        _write_author(package, codes.LOT_AUTHOR, author, owner, ids)
    if lot.content_type:
        _write_code(package, codes.LOT_CONTENT_TYPE, lot.content_type, owner, ids)
    values = {"patient_id": cx(lot.patient_id) if lot.patient_id else "", "source_id": lot.source_id, "unique_id": lot.unique_id}
    for attribute, (scheme, name) in codes.LOT_IDENTIFIERS.items():
        _identify(package, scheme, name, values[attribute], owner, ids)


def write_slots(element: etree._Element, entry: DocumentEntry) -> None:
    """What stands first in the entry of a document: its slots."""
    for name, values in _slots(entry):
        slot(element, name, *values)


def write_entry(element: etree._Element, entry: DocumentEntry, owner: str, ids: Ids, *, version: int = 0) -> None:
    """What follows the slots of the entry of a document; ``version`` is that of its metadata, when it has one."""
    _name(element, "Name", entry.title)
    _name(element, "Description", entry.comments)
    if version:
        add(element, "VersionInfo", versionName=str(version))
    for event in entry.events:
        _write_code(element, codes.EVENTS, event, owner, ids)
    for author in entry.authors:
        _write_author(element, codes.AUTHOR, author, owner, ids)
    for scheme, code in _codes(entry):
        _write_code(element, scheme, code, owner, ids)
    if entry.patient_id:
        _identify(element, *codes.PATIENT_ID, cx(entry.patient_id), owner, ids)
    _identify(element, *codes.UNIQUE_ID, entry.unique_id, owner, ids)


def _slots(entry: DocumentEntry) -> Iterator[tuple[str, Sequence[str]]]:
    """Slots in the order of the samples: the action first (volet LPS §4)."""
    source = entry.source_patient_id
    yield codes.ACTION, [entry.action]
    yield "hash", [entry.hash]
    yield "size", [str(entry.size) if entry.size is not None else ""]
    yield "URI", [entry.uri]
    yield "creationTime", [entry.creation_time]
    yield "languageCode", [entry.language]
    yield "legalAuthenticator", [entry.legal_authenticator]
    yield "serviceStartTime", [entry.service_start]
    yield "serviceStopTime", [entry.service_stop]
    yield "sourcePatientId", [cx(source) if source else ""]
    yield "sourcePatientInfo", entry.source_patient_info


def _codes(entry: DocumentEntry) -> Iterator[tuple[str, Code]]:
    """Coded attributes in the order of the samples: class, confidentiality, then the others."""
    for attribute, scheme in codes.SINGLE_CODES.items():
        code: Code | None = getattr(entry, attribute)
        if code:
            yield scheme, code
        if attribute == "class_code":
            yield from ((codes.CONFIDENTIALITY, level) for level in entry.confidentiality)


def _write_author(parent: etree._Element, scheme: str, author: Author, owner: str, ids: Ids) -> None:
    element = _classify(parent, scheme, "", owner, ids)
    slot(element, "authorInstitution", *author.institutions)
    slot(element, "authorPerson", author.person)
    slot(element, "authorRole", *author.roles)
    slot(element, "authorSpecialty", *author.specialties)


def _write_code(parent: etree._Element, scheme: str, code: Code, owner: str, ids: Ids) -> None:
    element = _classify(parent, scheme, code.code, owner, ids)
    slot(element, "codingScheme", code.system)
    _name(element, "Name", code.label)


def _classify(parent: etree._Element, scheme: str, code: str, owner: str, ids: Ids) -> etree._Element:
    return add(
        parent,
        "Classification",
        id=ids.next(),
        objectType=_CLASSIFICATION,
        classificationScheme=scheme,
        classifiedObject=owner,
        nodeRepresentation=code,
    )


def _identify(parent: etree._Element, scheme: str, name: str, value: str, owner: str, ids: Ids) -> None:
    if value:
        element = add(parent, "ExternalIdentifier", id=ids.next(), registryObject=owner, identificationScheme=scheme, value=value)
        _name(element, "Name", name)


def associate(objects: etree._Element, ids: Ids, kind: str, source: str, target: str) -> etree._Element:
    """An association of two objects, by their identifiers."""
    association = add(objects, "Association", id=ids.next(), associationType=kind, sourceObject=source, targetObject=target)
    if kind == codes.HAS_MEMBER:
        slot(association, "SubmissionSetStatus", "Original")
    return association


def slot(parent: etree._Element, name: str, *values: str) -> None:
    """A slot with the values that say something; none when none does."""
    kept = [value for value in values if value]
    if not kept:
        return
    container = add(add(parent, "Slot", name=name), "ValueList")
    for value in kept:
        add(container, "Value").text = value


def _name(parent: etree._Element, tag: str, text: str) -> None:
    add(add(parent, tag), "LocalizedString", **{_LANGUAGE: "FR", "charset": "UTF8", "value": text})


def add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    """A child of the namespace rim."""
    return etree.SubElement(parent, f"{{{codes.RIM}}}{tag}", dict(attributes))
