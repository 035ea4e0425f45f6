"""TD3.1 (ITI-18): the stored queries, answered from what was deposited (dmp_psc.md §1.7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import Described, Entry, add_slot, response
from plugins.sandbox.dmp.names import QUERY, RIM
from plugins.sandbox.dmp.problems import Problem, Rejected, rejected
from plugins.sandbox.dmp.store import Held, Link, Lot, Store
from plugins.sandbox.dmp.vihf import CX, Vihf

MOST = 20
"""Documents that one Get… may ask (CNDA 3.1-400)."""
_TEXT = re.compile(r"'([^']*)'")
_LIST = re.compile(r"\(\s*'[^']*'(\s*,\s*'[^']*')*\s*\)")
_ENTRY, _LOT = "$XDSDocumentEntry", "$XDSSubmissionSet"
Found = tuple[Sequence[Lot], Sequence[Held], Sequence[Link]]


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its parameters as written, and whether whole objects are wanted (LeafClass)."""

    id: str
    slots: Mapping[str, Sequence[str]]
    whole: bool

    def listed(self, name: str) -> Sequence[str]:
        """The words of a parameter in the form ``('a','b')``. Raises :class:`Rejected`."""
        values = self.slots.get(name, ())
        if not all(_LIST.fullmatch(value) for value in values):
            raise rejected("XDSRegistryError", f"{name} : la forme ('…','…') est attendue")
        return [word for value in values for word in _TEXT.findall(value)]

    def text(self, name: str) -> str:
        """The word of a parameter in the form ``'a'``. Raises :class:`Rejected`."""
        values = self.slots.get(name, ())
        if not values:
            return ""
        if len(values) != 1 or not _TEXT.fullmatch(values[0]):
            raise rejected("XDSRegistryError", f"{name} : la forme '…' est attendue")
        return values[0][1:-1]

    def time(self, name: str) -> str:
        """The digits of a time. Raises :class:`Rejected`."""
        values = self.slots.get(name, ())
        if values and not re.fullmatch(r"\d{4,14}", values[0]):
            raise rejected("XDSRegistryError", f"{name} : des chiffres sont attendus, en temps universel")
        return values[0] if values else ""


def read(payload: etree._Element) -> Query:
    """A request. Raises :class:`Rejected`."""
    option, asked = payload.find(f"{{{QUERY}}}ResponseOption"), payload.find(f"{{{RIM}}}AdhocQuery")
    if option is None or asked is None or option.get("returnComposedObjects") != "true":
        raise rejected("XDSRegistryError", "ResponseOption returnComposedObjects=true et AdhocQuery sont attendus")
    kind = option.get("returnType")
    if kind not in ("LeafClass", "ObjectRef"):
        raise rejected("XDSRegistryError", f"returnType inattendu : {kind}")
    if asked.get("id") not in QUERIES:
        raise rejected("XDSUnknownStoredQuery", f"Requête inconnue : {asked.get('id')}")
    return Query(str(asked.get("id")), dict(Described(asked).slots()), kind == "LeafClass")


def searches(query: Query) -> bool:
    """Whether it looks for documents that are not known yet (TD3.1a), which is counted."""
    return query.id in (FIND_DOCUMENTS, FIND_LOTS, FIND_BY_REFERENCE)


def answer(query: Query, store: Store, vihf: Vihf, *, treating: bool) -> etree._Element:
    """``AdhocQueryResponse``. Raises :class:`Rejected`."""
    lots, entries, links = QUERIES[query.id](query, store, vihf)
    visible = [held for held in entries if is_shown(held, vihf, treating=treating) or not query.whole]
    hidden = {held.uuid for held in entries} - {held.uuid for held in visible}
    shown_links = [link for link in links if not {link.source, link.target} & hidden]
    root = response(tag=f"{{{QUERY}}}AdhocQueryResponse")
    listed = etree.SubElement(root, f"{{{RIM}}}RegistryObjectList")
    shown: Sequence[Lot | Held | Link] = [*lots, *visible, *shown_links]
    for each in shown:
        if query.whole:
            listed.append(_written(each))
        else:
            etree.SubElement(listed, f"{{{RIM}}}ObjectRef", id=each.uuid)
    return root


def is_shown(held: Held, vihf: Vihf, *, treating: bool) -> bool:
    """Whether a professional is shown a document: not deleted, and masked ones are of their authors (§1.3)."""
    if held.status == names.DELETED:
        return False
    entry = held.entry()
    return names.MASKED not in entry.codes() or treating or vihf.professional in entry.signers()


def written(held: Held) -> etree._Element:
    """A document entry as the registry answers it."""
    element = etree.fromstring(held.xml)
    element.set("lid", held.lid)
    element.set("status", held.status)
    if not Entry(element).first("repositoryUniqueId"):
        add_slot(element, "repositoryUniqueId", names.REPOSITORY)
    for former in element.findall(f"{{{RIM}}}VersionInfo"):
        element.remove(former)
    first = next(
        at for at, child in enumerate(element) if etree.QName(child).localname in ("Classification", "ExternalIdentifier")
    )
    element.insert(first, etree.Element(f"{{{RIM}}}VersionInfo", versionName=str(held.version)))
    return element


def _written(each: Lot | Held | Link) -> etree._Element:
    if isinstance(each, Held):
        return written(each)
    if isinstance(each, Lot):
        return etree.fromstring(each.xml)
    element = etree.Element(f"{{{RIM}}}Association", id=each.uuid, associationType=each.kind)
    element.set("sourceObject", each.source)
    element.set("targetObject", each.target)
    for name, value in each.values().items():
        add_slot(element, name, value)
    return element


def _find_documents(query: Query, store: Store, vihf: Vihf) -> Found:
    patient = _patient(query, f"{_ENTRY}PatientId", vihf)
    states = query.listed(f"{_ENTRY}Status")
    if not states:
        raise rejected("XDSStoredQueryMissingParam", f"{_ENTRY}Status est attendu")
    return (), [held for held in store.of_patient(patient) if held.status in states and _matches(query, held)], ()


def _find_by_reference(query: Query, store: Store, vihf: Vihf) -> Found:
    lots, entries, links = _find_documents(query, store, vihf)
    wanted = set(query.listed(f"{_ENTRY}ReferenceIdList"))
    kept = [held for held in entries if wanted & set(held.entry().slot("urn:ihe:iti:xds:2013:referenceIdList"))]
    return lots, kept, links


def _find_lots(query: Query, store: Store, vihf: Vihf) -> Found:
    patient = _patient(query, f"{_LOT}PatientId", vihf)
    if not query.listed(f"{_LOT}Status"):
        raise rejected("XDSStoredQueryMissingParam", f"{_LOT}Status est attendu")
    first, last = query.time(f"{_LOT}SubmissionTimeFrom"), query.time(f"{_LOT}SubmissionTimeTo")
    return [lot for lot in store.lots("patient = ?", patient) if _within(lot.submitted, first, last)], (), ()


def _get_documents(query: Query, store: Store, vihf: Vihf) -> Found:
    return (), [held for held in _named(query, store) if _of_caller(held, vihf)], ()


def _get_associations(query: Query, store: Store, vihf: Vihf) -> Found:
    asked = _at_most(query.listed("$uuid"), "$uuid")
    own = [uuid for uuid in asked if _owner(store, uuid) == vihf.patient]
    return (), (), store.links(own)


def _get_documents_and_associations(query: Query, store: Store, vihf: Vihf) -> Found:
    _, entries, _ = _get_documents(query, store, vihf)
    return (), entries, store.links([held.uuid for held in entries])


def _get_lot_and_contents(query: Query, store: Store, vihf: Vihf) -> Found:
    uuid, unique_id = query.text(f"{_LOT}EntryUUID"), query.text(f"{_LOT}UniqueId")
    if bool(uuid) == bool(unique_id):
        raise rejected("XDSStoredQueryParamNumber", "EntryUUID ou UniqueId du lot est attendu")
    lots = store.lots("(uuid = ? OR unique_id = ?) AND patient = ?", uuid, unique_id, vihf.patient)
    links = [
        link for lot in lots for link in store.links([lot.uuid]) if link.kind == names.HAS_MEMBER and link.source == lot.uuid
    ]
    entries = [held for link in links if (held := store.by_uuid(link.target)) is not None]
    return lots, entries, links


def _named(query: Query, store: Store) -> Sequence[Held]:
    uuids, unique_ids = query.listed(f"{_ENTRY}EntryUUID"), query.listed(f"{_ENTRY}UniqueId")
    if bool(uuids) == bool(unique_ids):
        raise rejected("XDSStoredQueryParamNumber", "EntryUUID ou UniqueId est attendu")
    _at_most(uuids or unique_ids, "identifiants")
    found = map(store.by_uuid, uuids) if uuids else map(store.current, unique_ids)
    return [held for held in found if held is not None]


def _of_caller(held: Held, vihf: Vihf) -> bool:
    """Documents of the patient of the VIHF; deleted ones are there no more."""
    return held.patient == vihf.patient and held.status != names.DELETED


def _owner(store: Store, uuid: str) -> str:
    held = store.by_uuid(uuid)
    lots = store.lots("uuid = ?", uuid)
    return held.patient if held else lots[0].patient if lots else ""


def _at_most(asked: Sequence[str], name: str) -> Sequence[str]:
    if not asked:
        raise rejected("XDSStoredQueryMissingParam", f"{name} est attendu")
    if len(asked) > MOST:
        raise rejected("XDSTooManyResults", f"{name} : {MOST} au plus par appel")
    return asked


def _patient(query: Query, name: str, vihf: Vihf) -> str:
    patient = query.text(name)
    if not patient:
        raise rejected("XDSStoredQueryMissingParam", f"{name} est attendu")
    if not CX.fullmatch(patient):
        raise rejected("XDSUnknownPatientId", "Le patient n'est pas un INS")
    if patient != vihf.patient:
        raise rejected("XDSPatientIdDoesNotMatch", "Le patient n'est pas celui du VIHF (resource-id)")
    return patient


def _matches(query: Query, held: Held) -> bool:
    entry = held.entry()
    return all(_matches_codes(query, entry)) and all(_matches_times(query, entry))


def _matches_codes(query: Query, entry: Entry) -> Iterator[bool]:
    schemes = {name[0].upper() + name[1:]: scheme for name, scheme in names.SINGLE.items()}
    schemes |= {"EventCodeList": names.EVENTS, "ConfidentialityCode": names.CONFIDENTIALITY}
    for name, scheme in schemes.items():
        wanted = query.listed(f"{_ENTRY}{name}")
        if any(word.count("^") != 2 for word in wanted):
            raise Rejected(Problem("XDSRegistryError", f"{_ENTRY}{name} : code^^système est attendu"))
        yield not wanted or bool({f"{code.code}^^{code.system}" for code in entry.coded(scheme)} & set(wanted))


def _matches_times(query: Query, entry: Entry) -> Iterator[bool]:
    for name in ("CreationTime", "ServiceStartTime", "ServiceStopTime"):
        first, last = query.time(f"{_ENTRY}{name}From"), query.time(f"{_ENTRY}{name}To")
        yield _within(entry.first(name[0].lower() + name[1:]), first, last)


def _within(value: str, first: str, last: str) -> bool:
    if not first and not last:
        return True
    padded = [text.ljust(14, "0") for text in (value, first or "0", last or "9" * 14)]
    return bool(value) and padded[1] <= padded[0] < padded[2]


FIND_DOCUMENTS, FIND_LOTS, FIND_BY_REFERENCE = (
    f"urn:uuid:{uuid}"
    for uuid in (
        "14d4debf-8f97-4251-9a74-a90016b0af0d",
        "f26abbcb-ac74-4422-8a30-edb644bbc1a9",
        "12941a89-e02e-4be5-967c-ce4bfc8fe492",
    )
)
QUERIES: Mapping[str, Callable[[Query, Store, Vihf], Found]] = {
    FIND_DOCUMENTS: _find_documents,
    FIND_LOTS: _find_lots,
    FIND_BY_REFERENCE: _find_by_reference,
    "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4": _get_documents,
    "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155": _get_associations,
    "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a": _get_documents_and_associations,
    "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83": _get_lot_and_contents,
}
"""How each stored query is answered."""
