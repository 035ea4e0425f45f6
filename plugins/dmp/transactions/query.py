"""TD3.1 (ITI-18): stored queries of the registry, and what they answer. Pure.

Source: dmp_psc.md §1.7, IHE ITI TF-2 §3.18. Values stand between simple quotes, doubled inside; lists between brackets. At most
:data:`AT_MOST` objects are named in one query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from lxml import etree

from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import Code, cx, read_entry, slots_of
from dcc.contracts.xds.codes import APPROVED, HAS_MEMBER, REPLACES, RIM
from plugins.dmp.transactions.envelope import Malformed
from plugins.dmp.transactions.types import FoundEntry

QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
ANSWER = f"{{{QUERY}}}AdhocQueryResponse"
AT_MOST = 20
MOST_ENTRIES = 500
LONGEST = 256
"""Characters of a value (LongName of the OASIS schema)."""
LOINC = "2.16.840.1.113883.6.1"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
FIND_LOTS = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
GET_ASSOCIATIONS = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"
_RIM = f"{{{RIM}}}"
_KNOWN_SLOTS = frozenset(
    {
        "creationTime",
        "hash",
        "languageCode",
        "legalAuthenticator",
        "serviceStartTime",
        "serviceStopTime",
        "size",
        "sourcePatientId",
        "sourcePatientInfo",
        "URI",
    }
)
"""Slots that :class:`dcc.contracts.xds.DocumentEntry` has; the others are kept beside it."""

Returns = Literal["LeafClass", "ObjectRef"]


def find_documents(
    ins: InstanceId, *, types: Sequence[str], since: datetime | None = None, formats: Sequence[Code] = ()
) -> etree._Element:
    """Approved documents of a patient, of these types (LOINC, or ``code^^system``) and formats, whose act began since then."""
    slots = {
        "$XDSDocumentEntryPatientId": [quoted(cx(ins))],
        "$XDSDocumentEntryStatus": listed([APPROVED]),
        "$XDSDocumentEntryServiceStartTimeFrom": _time(since),
        "$XDSDocumentEntryTypeCode": listed([code if "^^" in code else f"{code}^^{LOINC}" for code in types]),
        "$XDSDocumentEntryFormatCode": listed([f"{each.code}^^{each.system}" for each in formats]),
    }
    return _query(FIND_DOCUMENTS, "LeafClass", slots)


def find_lots(ins: InstanceId, *, since: datetime) -> etree._Element:
    """Lots submitted since then."""
    slots = {
        "$XDSSubmissionSetPatientId": [quoted(cx(ins))],
        "$XDSSubmissionSetStatus": listed([APPROVED]),
        "$XDSSubmissionSetSubmissionTimeFrom": _time(since),
    }
    return _query(FIND_LOTS, "LeafClass", slots)


def get_documents(
    *, unique_ids: Sequence[str] = (), entry_uuids: Sequence[str] = (), returns: Returns = "LeafClass"
) -> etree._Element:
    """These documents, by one of their identifiers; ``ObjectRef`` (TD3.1b) needs no authorisation of the patient."""
    slots = {"$XDSDocumentEntryUniqueId": listed(unique_ids), "$XDSDocumentEntryEntryUUID": listed(entry_uuids)}
    return _query(GET_DOCUMENTS, returns, slots)


def get_associations(uuids: Sequence[str]) -> etree._Element:
    """Associations that these objects take part in."""
    return _query(GET_ASSOCIATIONS, "LeafClass", {"$uuid": listed(uuids)})


def by_lots(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many as one query may name, each once."""
    once = list(dict.fromkeys(values))
    return (once[start : start + AT_MOST] for start in range(0, len(once), AT_MOST))


def quoted(value: str) -> str:
    """A value of a query."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Sequence[str]) -> Sequence[str]:
    """Lists of values, as many as it takes for none to be longer than the schema lets a value be; none for no value."""
    lists: list[str] = []
    held = ""
    for value in map(quoted, values):
        if held and len(held) + len(value) + 3 > LONGEST:
            lists.append(f"({held})")
            held = ""
        held += f",{value}" if held else value
    return [*lists, f"({held})"] if held else []


def references(answer: etree._Element) -> Sequence[str]:
    """Identifiers of the objects that an answer refers to (ObjectRef)."""
    return [found.get("id", "") for found in _objects(answer) if found.tag == f"{_RIM}ObjectRef" and found.get("id")]


def lots(answer: etree._Element) -> Sequence[str]:
    """Identifiers of the lots of an answer."""
    return [found.get("id", "") for found in _objects(answer) if found.tag == f"{_RIM}RegistryPackage" and found.get("id")]


def members(answer: etree._Element, among: Sequence[str]) -> Sequence[str]:
    """Identifiers of the entries that these lots hold."""
    return list(dict.fromkeys(target for source, target in _associations(answer, HAS_MEMBER) if source in among))


def replacements(answer: etree._Element) -> Mapping[str, str]:
    """Which entry (its UUID) is replaced by which."""
    return {target: source for source, target in _associations(answer, REPLACES)}


def entries(answer: etree._Element) -> Sequence[FoundEntry]:
    """The documents that an answer describes. Raises :class:`Malformed` when one of them cannot be told from others."""
    found = [_found(element) for element in _objects(answer) if element.tag == f"{_RIM}ExtrinsicObject"]
    if len(found) > MOST_ENTRIES:
        raise Malformed(f"plus de {MOST_ENTRIES} documents y sont décrits")
    return found


def _found(element: etree._Element) -> FoundEntry:
    entry, key = read_entry(element), element.get("id", "")
    info = element.find(f"{_RIM}VersionInfo")
    version = info.get("versionName", "") if info is not None else "1"
    if not key or not entry.unique_id or not (version.isascii() and version.isdigit() and len(version) < 6):
        raise Malformed("un document y est décrit sans identifiant, ou sans version lisible")
    slots = slots_of(element)
    return FoundEntry(
        entry=entry,
        entry_uuid=key,
        logical_id=element.get("lid") or key,
        version=int(version),
        status=element.get("status", "").rpartition(":")[2],
        repository=next(iter(slots.get("repositoryUniqueId", ())), ""),
        slots={name: tuple(values) for name, values in slots.items() if name not in _KNOWN_SLOTS},
    )


def _associations(answer: etree._Element, kind: str) -> Iterator[tuple[str, str]]:
    for found in _objects(answer):
        if found.tag == f"{_RIM}Association" and found.get("associationType") == kind:
            yield found.get("sourceObject", ""), found.get("targetObject", "")


def _objects(answer: etree._Element) -> Iterator[etree._Element]:
    return (element for holder in answer.iterfind(f"{_RIM}RegistryObjectList") for element in holder)


def _query(kind: str, returns: Returns, slots: Mapping[str, Sequence[str]]) -> etree._Element:
    root = etree.Element(f"{{{QUERY}}}AdhocQueryRequest", nsmap={"query": QUERY, "rim": RIM})
    etree.SubElement(root, f"{{{QUERY}}}ResponseOption", returnComposedObjects="true", returnType=returns)
    query = etree.SubElement(root, f"{_RIM}AdhocQuery", id=kind)
    for name, values in slots.items():
        if values:
            held = etree.SubElement(etree.SubElement(query, f"{_RIM}Slot", name=name), f"{_RIM}ValueList")
            for value in values:
                etree.SubElement(held, f"{_RIM}Value").text = value
    return root


def _time(moment: datetime | None) -> Sequence[str]:
    return [f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"] if moment else []
