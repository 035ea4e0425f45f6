"""TD3.3 (ITI-57): metadata of a document changed (visibility, masking), its status changed (delete, archive): dmp_psc.md §1.9."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from lxml import etree

from plugins.sandbox.dmp import metadata, names
from plugins.sandbox.dmp.deposit import Submitted, check_lot, keep_lot
from plugins.sandbox.dmp.ebrim import Association, Entry, identified
from plugins.sandbox.dmp.names import RIM
from plugins.sandbox.dmp.problems import Problem, Rejected, rejected
from plugins.sandbox.dmp.store import Held, Link, Store
from plugins.sandbox.dmp.vihf import Vihf

REPEATED = "les métadonnées répétées ne sont pas celles du registre"
_HIDDEN = "Un document visible par le patient ne peut plus lui être caché"


def changes_status(lot: Submitted) -> bool:
    """Which of the two forms it is: deleting and archiving need no authorisation, the other does."""
    return any(link.kind == names.UPDATES_STATUS for link in lot.links)


def update_status(lot: Submitted, vihf: Vihf, store: Store, *, treating: bool) -> None:
    """Delete or archive; in a transaction. Raises :class:`Rejected`."""
    _check(lot, vihf, store)
    if lot.entries or len(lot.links) != 1:
        raise rejected("XDSMetadataUpdateError", "Un lien UpdateAvailabilityStatus, sans document, est attendu")
    link = lot.links[0]
    held = store.by_uuid(link.target)
    if held is None or not held.current or held.patient != lot.patient or link.source != lot.package.id:
        raise rejected("XDSMetadataUpdateError", f"Le document est inconnu, ou n'est plus à jour ({link.target})")
    if link.slots.get("OriginalStatus") != held.status:
        raise rejected("XDSMetadataUpdateError", f"Le statut du document est {held.status}")
    new = link.slots.get("NewStatus", "")
    if new not in (names.DELETED, names.ARCHIVED):
        raise rejected("XDSMetadataUpdateError", f"Statut inattendu : {new}")
    if vihf.professional not in held.entry().signers() and not (treating and new == names.ARCHIVED):
        raise rejected("XDSMetadataUpdateError", "Le document n'est supprimé ou archivé que par l'un de ses auteurs")
    keep_lot(lot, f"urn:uuid:{uuid4()}", store)
    store.set_status(held.uuid, new)


def update_metadata(lot: Submitted, vihf: Vihf, store: Store, *, treating: bool, both_hidden: bool = False) -> None:
    """Change the confidentiality of a document; in a transaction. Raises :class:`Rejected`."""
    _check(lot, vihf, store)
    if len(lot.entries) != 1 or len(lot.links) != 1:
        raise rejected("XDSMetadataUpdateError", "Un document et son lien HasMember sont attendus")
    entry, link = lot.entries[0], lot.links[0]
    wrong = [*metadata.wrong_entry(entry, updated=True), *metadata.wrong_visibility(entry, both_hidden=both_hidden)]
    if wrong:
        raise Rejected(*(Problem("XDSRegistryMetadataError", words) for words in wrong))
    held = _updated(entry, link, lot, store)
    _check_change(entry, held, vihf, treating=treating)
    uuid, own = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    keep_lot(lot, own, store)
    store.db.execute("UPDATE entries SET current = 0, status = ? WHERE uuid = ?", (names.DEPRECATED, held.uuid))
    xml = etree.tostring(identified(entry.element, uuid))
    store.add_entry(replace(held, uuid=uuid, version=held.version + 1, lot=own, xml=xml))
    slots = f'{{"SubmissionSetStatus": "Original", "PreviousVersion": "{held.version}"}}'
    store.add_link(Link(f"urn:uuid:{uuid4()}", names.HAS_MEMBER, own, uuid, slots))
    for known in store.links([held.uuid]):  # what links documents goes on to the new version (IHE, association propagation)
        if known.kind == names.REPLACES:
            source, target = (uuid if end == held.uuid else end for end in (known.source, known.target))
            store.add_link(Link(f"urn:uuid:{uuid4()}", known.kind, source, target))


def _check(lot: Submitted, vihf: Vihf, store: Store) -> None:
    check_lot(lot, vihf)
    if store.lots("unique_id = ?", lot.package.identifier(names.LOT_UNIQUE)):
        raise rejected("XDSDuplicateUniqueIdInRegistry", "Le lot de soumission existe déjà")


def _updated(entry: Entry, link: Association, lot: Submitted, store: Store) -> Held:
    """The entry of the registry that is to change."""
    if (link.kind, link.source, link.target) != (names.HAS_MEMBER, lot.package.id, entry.id):
        raise rejected("XDSMetadataUpdateError", "Un lien HasMember du lot vers le document est attendu")
    known = store.entries("lid = ? AND current", entry.element.get("lid", ""))
    if not known or known[0].patient != lot.patient or known[0].unique_id != entry.unique_id:
        raise rejected("XDSMetadataUpdateError", "L'identifiant logique (lid) n'est pas celui du document")
    held = known[0]
    if link.slots.get("SubmissionSetStatus") != "Original" or link.slots.get("PreviousVersion") != str(held.version):
        raise rejected("XDSMetadataVersionError", f"PreviousVersion n'est pas la version du registre ({held.version})")
    version = entry.element.find(f"{{{RIM}}}VersionInfo")
    if version is not None and version.get("versionName") not in (str(held.version), str(held.version + 1)):
        raise rejected("XDSMetadataVersionError", "VersionInfo n'est pas la version du registre")
    if held.status != names.APPROVED:
        raise rejected("XDSMetadataUpdateError", f"Le document n'est plus actif ({held.status})")
    return held


def _check_change(entry: Entry, held: Held, vihf: Vihf, *, treating: bool) -> None:
    former = held.entry()
    before, now = _said(former), _said(entry)
    differing = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if differing:
        raise rejected("XDSMetadataUpdateError", f"{REPEATED} : {', '.join(differing)}")
    if entry.codes() == former.codes():
        raise rejected("XDSMetadataUpdateError", "Rien ne change")
    if names.INVISIBLE in entry.codes() - former.codes():
        raise rejected("XDSMetadataUpdateError", _HIDDEN)
    is_unmasked = names.MASKED in former.codes() - entry.codes()
    if is_unmasked and not treating and vihf.professional not in former.signers():
        raise rejected("XDSMetadataUpdateError", "Un document n'est démasqué que par l'un de ses auteurs ou le médecin traitant")


def _said(entry: Entry) -> Mapping[str, object]:
    """All that an entry says, but for its confidentiality and what the registry adds."""
    said: dict[str, object] = {name: tuple(values) for name, values in entry.slots() if name != "repositoryUniqueId"}
    said |= {"title": entry.label(), "comments": entry.label("Description"), "mimeType": entry.element.get("mimeType")}
    said |= {name: entry.coded(scheme) for name, scheme in names.SINGLE.items()}
    said["eventCodeList"] = sorted(entry.coded(names.EVENTS), key=lambda code: (code.system, code.code))
    said["author"] = [sorted((name, tuple(values)) for name, values in each.slots()) for each in entry.classified(names.AUTHOR)]
    said |= {"patientId": entry.patient, "uniqueId": entry.unique_id}
    return said
