"""A submission for a registry (ITI-41, ITI-57): symbolic identifiers, neither URI nor action; as the French profile has it.

Differences with an envelope (:mod:`dcc.contracts.xds.writing`): the registry gives UUIDs and statuses, so objects are known by
symbols; what is changed says which version of it was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from dcc.contracts.xds import codes
from dcc.contracts.xds.entry import DocumentEntry, Submission
from dcc.contracts.xds.writing import add, associate, slot, write_entry, write_lot, write_slots, write_texts

LOT_ID = "SubmissionSet01"
PACKAGE = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage"
SIGNS = "urn:ihe:iti:2007:AssociationType:signs"
STATUS_CHANGE = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"


def document_id(position: int) -> str:
    """The symbol of an entry, by its place in the lot (from 0)."""
    return f"Document{position + 1:02d}"


@dataclass(frozen=True, slots=True)
class Association:
    """One more association of the request: its kind (URN), what it goes from and to, its slots."""

    kind: str
    source: str
    target: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """The entry that a change of metadata changes: its logical identifier, the version that was read.

    ``slots`` are those that the registry gave and :class:`DocumentEntry` does not know: all that was read is repeated.
    """

    logical_id: str
    version: int
    slots: Mapping[str, Sequence[str]] = field(default_factory=dict)


class _Symbols:
    """``id01``, ``id02``…: the other objects of a request."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"id{self._count:02d}"


def submit(
    submission: Submission, *, updates: Mapping[str, Update] | None = None, associations: Sequence[Association] = ()
) -> etree._Element:
    """``lcm:SubmitObjectsRequest``; ``updates``, by uniqueId, says which entries change one that is there (ITI-57)."""
    request = etree.Element(f"{{{codes.LCM}}}SubmitObjectsRequest", nsmap={"lcm": codes.LCM, "rim": codes.RIM})
    objects, ids = add(request, "RegistryObjectList"), _Symbols()
    package = add(objects, "RegistryPackage", id=LOT_ID, objectType=PACKAGE)
    write_texts(package, submission.lot)
    write_lot(package, submission.lot, LOT_ID, ids)
    add(objects, "Classification", id=ids.next(), classifiedObject=LOT_ID, classificationNode=codes.LOT)
    known = updates or {}
    for position, entry in enumerate(submission.entries):
        _write(objects, replace(entry, uri="", action=""), document_id(position), ids, known.get(entry.unique_id))
    for position, entry in enumerate(submission.entries):
        member = associate(objects, ids, codes.HAS_MEMBER, LOT_ID, document_id(position))
        if entry.unique_id in known:
            slot(member, "PreviousVersion", str(known[entry.unique_id].version))
        if entry.replaces:
            associate(objects, ids, codes.REPLACES, document_id(position), entry.replaces)
    for association in associations:
        element = associate(objects, ids, association.kind, association.source, association.target)
        for name, value in association.slots.items():
            slot(element, name, value)
    _drop_empty(request)
    return request


def _drop_empty(request: etree._Element) -> None:
    """Envelopes have a description even without comments; a registry has none then."""
    for label in list(request.iter(f"{{{codes.RIM}}}Description")):
        parent = label.getparent()
        if parent is not None and not any(text.get("value") for text in label):
            parent.remove(label)


def _write(objects: etree._Element, entry: DocumentEntry, owner: str, ids: _Symbols, update: Update | None) -> None:
    attributes = {"id": owner, "mimeType": entry.mime_type, "objectType": codes.DOCUMENT}
    if update:
        attributes["lid"] = update.logical_id
    element = add(objects, "ExtrinsicObject", **attributes)
    write_slots(element, entry)
    for name, values in (update.slots if update else {}).items():
        slot(element, name, *values)
    write_entry(element, entry, owner, ids, version=update.version if update else 0)
