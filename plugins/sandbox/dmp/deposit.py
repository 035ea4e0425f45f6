"""TD2.1 (ITI-41): a lot is taken whole or refused whole (dmp_psc.md §1.6, §1.10, §2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from cryptography import x509
from lxml import etree

from plugins.sandbox.dmp import lot_signature, metadata, names
from plugins.sandbox.dmp.ebrim import Association, Described, Entry, associations, identified, xcn_id, xon_id
from plugins.sandbox.dmp.names import LCM, RIM, XDSB
from plugins.sandbox.dmp.problems import Problem, Rejected, rejected
from plugins.sandbox.dmp.store import Held, Link, Lot, Store
from plugins.sandbox.dmp.vihf import Vihf

NO_AUTHOR = "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF"


@dataclass(frozen=True, slots=True)
class Rules:
    """What depends on the DMP: whose certificates sign, whether lots must be signed, what may be hidden on both sides."""

    authority: x509.Certificate
    signed_lots: bool = False
    both_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a request holds: the set, the documents with their bytes, the links."""

    package: Described
    entries: Sequence[Entry]
    contents: Mapping[str, bytes]
    links: Sequence[Association]
    objects: etree._Element

    @property
    def patient(self) -> str:
        """The patient of the set."""
        return self.package.identifier(names.LOT_PATIENT)


def submitted(objects: etree._Element | None, contents: Mapping[str, bytes]) -> Submitted:
    """Read a list of registry objects. Raises :class:`Rejected`."""
    packages = objects.findall(f"{{{RIM}}}RegistryPackage") if objects is not None else []
    if objects is None or len(packages) != 1:
        raise rejected("XDSRegistryMetadataError", "Un lot de soumission est attendu")
    entries = [Entry(element) for element in objects.iterfind(f"{{{RIM}}}ExtrinsicObject")]
    return Submitted(Described(packages[0]), entries, contents, associations(objects), objects)


def objects_of(payload: etree._Element) -> etree._Element | None:
    """The list of objects of a request of deposit or of update."""
    path = f"{{{RIM}}}RegistryObjectList"
    return payload.find(path if payload.tag.startswith(f"{{{LCM}}}") else f"{{{LCM}}}SubmitObjectsRequest/{path}")


def check_lot(lot: Submitted, vihf: Vihf) -> None:
    """The submission set: what is said of it, and that it is the caller's. Raises :class:`Rejected`."""
    wrong = [*metadata.wrong_lot(lot.package), *_wrong_node(lot)]
    if wrong:
        raise Rejected(*(Problem("XDSRegistryMetadataError", words) for words in wrong))
    if lot.patient != vihf.patient:
        raise rejected("XDSPatientIdDoesNotMatch", "Le patient du lot n'est pas celui du VIHF (resource-id)")
    author = lot.package.classified(names.LOT_AUTHOR)[0]
    if xcn_id(author.first("authorPerson")) != vihf.professional:
        raise rejected("XDSRegistryMetadataError", "L'auteur du lot n'est pas l'utilisateur du VIHF")
    if vihf.structure not in [xon_id(place) for place in author.slot("authorInstitution")]:
        raise rejected("XDSRegistryMetadataError", NO_AUTHOR)


def check(lot: Submitted, vihf: Vihf, store: Store, rules: Rules) -> None:
    """A lot of documents. Raises :class:`Rejected` with all that is wrong at the first stage."""
    check_lot(lot, vihf)
    if not lot.entries:
        raise rejected("XDSRegistryMetadataError", "Le lot ne contient aucun document")
    for entry in lot.entries:
        _raise("XDSRegistryMetadataError", metadata.wrong_entry(entry))
        _raise("XDSRegistryMetadataError", metadata.wrong_visibility(entry, both_hidden=rules.both_hidden))
        if entry.patient != lot.patient:
            raise rejected("XDSPatientIdDoesNotMatch", f"{entry.id} : le patient n'est pas celui du lot")
        if vihf.professional not in entry.signers():
            raise rejected("XDSRepositoryMetadataError", f"{NO_AUTHOR} ({entry.id})")
        _check_content(entry, lot.contents)
    _check_members(lot)
    _check_unique(lot, store)
    for link in lot.links:
        if link.kind == names.REPLACES:
            _check_replacement(link, lot, vihf, store)
    lot_signature.check(lot.package, lot.entries, lot.contents, lot.links, rules.authority)
    if rules.signed_lots and not any(lot_signature.is_signature(entry) for entry in lot.entries):
        raise rejected("XDSRepositoryMetadataError", "Le lot n'est pas signé")


def keep(lot: Submitted, store: Store) -> None:
    """Store a lot that was checked; in a transaction."""
    uuids = {each.id: f"urn:uuid:{uuid4()}" for each in (lot.package, *lot.entries)}
    own = uuids[lot.package.id]
    keep_lot(lot, own, store)
    for entry in lot.entries:
        uuid = uuids[entry.id]
        xml = etree.tostring(identified(entry.element, uuid))
        held = Held(uuid, uuid, 1, entry.unique_id, lot.patient, names.APPROVED, True, own, xml)
        store.add_entry(held, lot.contents[entry.id])
    for link in lot.links:
        source, target = (uuids.get(end, end) for end in (link.source, link.target))
        slots = '{"SubmissionSetStatus": "Original"}' if link.kind == names.HAS_MEMBER else "{}"
        store.add_link(Link(f"urn:uuid:{uuid4()}", link.kind, source, target, slots))
        if link.kind == names.REPLACES:
            store.set_status(target, names.DEPRECATED)


def keep_lot(lot: Submitted, uuid: str, store: Store) -> None:
    """Store the submission set."""
    package = identified(lot.package.element, uuid)
    package.set("status", names.APPROVED)
    submitted_at, unique_id = lot.package.first("submissionTime"), lot.package.identifier(names.LOT_UNIQUE)
    store.add_lot(Lot(uuid, unique_id, lot.patient, submitted_at, etree.tostring(package)))


def contents_of(payload: etree._Element) -> Mapping[str, etree._Element]:
    """The ``Document`` elements of a request, by id."""
    return {each.get("id", ""): each for each in payload.iterfind(f"{{{XDSB}}}Document")}


def _raise(code: str, wrong: object) -> None:
    found = [Problem(code, words) for words in wrong]  # type: ignore[attr-defined]
    if found:
        raise Rejected(*found)


def _wrong_node(lot: Submitted) -> list[str]:
    nodes = [each for each in lot.objects.iter(f"{{{RIM}}}Classification") if each.get("classificationNode") == names.LOT]
    is_right = len(nodes) == 1 and nodes[0].get("classifiedObject") == lot.package.id
    return [] if is_right else ["Le lot n'est pas classé comme lot de soumission (a54d6aa5-d40d-43f9-88c5-b4633d873bdd)"]


def _check_content(entry: Entry, contents: Mapping[str, bytes]) -> None:
    content = contents.get(entry.id)
    if content is None:
        raise rejected("XDSMissingDocument", f"{entry.id} : le document est absent")
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != entry.first("hash").lower():
        raise rejected("XDSRepositoryMetadataError", f"{entry.id} : l'empreinte (hash) n'est pas celle du document")
    if len(content) != int(entry.first("size")):
        raise rejected("XDSRepositoryMetadataError", f"{entry.id} : la taille (size) n'est pas celle du document")
    _check_document(entry, content)


def _check_document(entry: Entry, content: bytes) -> None:
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
    except etree.XMLSyntaxError:
        raise rejected("XDSRepositoryError", f"{entry.id} : le document n'est pas du XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise rejected("XDSRepositoryError", f"{entry.id} : le document contient un DOCTYPE")
    own = root.find("{urn:hl7-org:v3}id")
    if own is not None and (own.get("root"), own.get("extension")) != (entry.unique_id, None):
        raise rejected("XDSRepositoryMetadataError", f"{entry.id} : uniqueId n'est pas ClinicalDocument/id")
    patients = root.findall("{urn:hl7-org:v3}recordTarget/{urn:hl7-org:v3}patientRole/{urn:hl7-org:v3}id")
    known = [f"{each.get('extension')}^^^&{each.get('root')}&ISO^NH" for each in patients]
    if known and entry.patient not in known:
        raise rejected("XDSPatientIdDoesNotMatch", f"{entry.id} : le patient n'est pas celui du document")


def _check_members(lot: Submitted) -> None:
    members = [link for link in lot.links if link.kind == names.HAS_MEMBER]
    right = [
        link.target for link in members if link.source == lot.package.id and link.slots == {"SubmissionSetStatus": "Original"}
    ]
    if sorted(right) != sorted(entry.id for entry in lot.entries) or len(right) != len(members):
        raise rejected("XDSRegistryMetadataError", "Un lien HasMember (Original) par document est attendu")
    if set(lot.contents) != {entry.id for entry in lot.entries}:
        raise rejected("XDSMissingDocumentMetadata", "Un document n'a pas de métadonnées")
    known = {names.HAS_MEMBER, names.REPLACES, names.SIGNS}
    if any(link.kind not in known for link in lot.links):
        raise rejected("XDSRegistryMetadataError", "Un lien d'un type inattendu à l'alimentation")


def _check_unique(lot: Submitted, store: Store) -> None:
    if store.lots("unique_id = ?", lot.package.identifier(names.LOT_UNIQUE)):
        raise rejected("XDSDuplicateUniqueIdInRegistry", "Le lot de soumission existe déjà")
    if len({entry.unique_id for entry in lot.entries}) != len(lot.entries):
        raise rejected("XDSRegistryDuplicateUniqueIdInMessage", "Deux documents du lot ont le même identifiant")
    for entry in lot.entries:
        known = store.content(entry.unique_id)
        if known is not None and known != lot.contents[entry.id]:
            raise rejected("XDSNonIdenticalHash", f"Le document {entry.unique_id} existe déjà, avec un autre contenu")
        if known is not None:
            raise rejected("XDSDuplicateUniqueIdInRegistry", f"Le document {entry.unique_id} existe déjà")


def _check_replacement(link: Association, lot: Submitted, vihf: Vihf, store: Store) -> None:
    new = next((entry for entry in lot.entries if entry.id == link.source), None)
    old = store.by_uuid(link.target)
    if new is None or old is None or not old.current:
        raise rejected("XDSReplaceFailed", f"Le document à remplacer est inconnu ({link.target})")
    if old.status != names.APPROVED:
        raise rejected("XDSRegistryDeprecatedDocumentError", f"Le document à remplacer n'est plus actif ({old.unique_id})")
    if old.patient != lot.patient:
        raise rejected("XDSPatientIdDoesNotMatch", "Le document à remplacer est d'un autre patient")
    former = old.entry()
    if vihf.professional not in former.signers():
        raise rejected("XDSReplaceFailed", "Un document n'est remplacé que par l'un de ses auteurs")
    if names.INVISIBLE in new.codes() - former.codes():
        raise rejected("XDSReplaceFailed", "Un document visible par le patient ne peut plus lui être caché")
    _check_parent(new, old, lot.contents[new.id], store)


def _check_parent(new: Entry, old: Held, content: bytes, store: Store) -> None:
    """A CDA that replaces another says so (dmp_psc.md §1.10), or is of the same set: a version in between may not have come."""
    root = etree.fromstring(content)
    if root.find("{urn:hl7-org:v3}id") is None:  # no CDA of an example
        return
    path = "{urn:hl7-org:v3}relatedDocument[@typeCode='RPLC']/{urn:hl7-org:v3}parentDocument/{urn:hl7-org:v3}id"
    parents = [each.get("root") for each in root.iterfind(path)]
    if old.unique_id not in parents and not (parents and _set_of(content) == _set_of(store.content(old.unique_id) or b"<none/>")):
        raise rejected("XDSReplaceFailed", f"{new.id} : le CDA ne dit pas qu'il remplace {old.unique_id}")


def _set_of(content: bytes) -> tuple[str | None, str | None]:
    """setId of a CDA: what all versions of a document share."""
    found = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True)).find("{urn:hl7-org:v3}setId")
    return (found.get("root"), found.get("extension")) if found is not None else (None, "absent")
