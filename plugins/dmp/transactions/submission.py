"""TD2.1 (ITI-41): the documents of a lot, described for the registry of the DMP.

What differs from an envelope: the author of the lot is the caller, not the authors of its documents (dmp_psc.md §2.2), its
content type and source are settings, its documents have no address of their own, hashes are in small letters as in the samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import LOT_ID, Association, Author, Code, DocumentEntry, Submission, SubmissionSet, document_id, submit
from dcc.contracts.xds.hl7 import PRACTITIONERS, STRUCTURES, component, xcn, xon
from dcc.contracts.xds.registry import SIGNS
from forms_config.terminology import api as terminology
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.hiding import check_hiding
from plugins.dmp.transactions.types import Caller

XDSB = "urn:ihe:iti:xds-b:2007"
ACTIVITIES, SECTORS, SPECIALTIES = "1.2.250.1.213.2.2", "1.2.250.1.71.4.2.4", "1.2.250.1.213.1.1.4.5"
CONTENT_TYPES: Mapping[str, str] = {
    "03": "Hospitalisation complète (non compris hospitalisation de semaine)",
    "04": "Hospitalisation de jour",
    "07": "Consultations, soins externes",
    "19": "Traitement et cure ambulatoire",
    "60": "Consultations et actes",
    "97": "Autre",
}
"""Words of activities (TRE_R209) that a lot is filed under (JDV_J59); a code that begins with SA is that of a sector."""

EVENTS = ("2.16.840.1.113883.6.3", "1.2.250.1.215.300.1")
"""Code systems of events that the DMP lists: CIM-10 and CCAM (dmp_psc.md §2.3, eventCodeList)."""
TRAITS = ("PID-5|", "PID-7|", "PID-8|")
FORMATS: Mapping[str, str] = {"urn:ihe:iti:xds-sd:pdf:2008": "1.3.6.1.4.1.19376.1.2.3"}
"""Coding scheme of formats where JDV_J60 has another one than the envelopes of MSSanté (decision 0289)."""


def author_of(caller: Caller, known: Sequence[Author] = ()) -> Author:
    """The caller as an author; his speciality in the words of ``known`` authors who have it too, else of the national list."""
    specialty = caller.author_specialty
    same = (value for author in known for value in author.specialties if value.partition("^")[0] == specialty)
    return Author(
        person=xcn(InstanceId(PRACTITIONERS, caller.national_id), caller.family, caller.given),
        institutions=(xon(InstanceId(STRUCTURES, caller.structure), caller.structure_name),),
        specialties=(next(same, "") or _labelled(specialty),) if specialty else (),
    )


def _labelled(specialty: str) -> str:
    return f"{specialty}^{component(terminology.label(SPECIALTIES, specialty) or specialty)}^{SPECIALTIES}"


def lot_of(
    caller: Caller, ins: InstanceId, settings: DmpSettings, lot: SubmissionSet, about: Sequence[DocumentEntry] = ()
) -> SubmissionSet:
    """The lot as the DMP wants it, with the documents that it is ``about``."""
    known = [author for entry in about for author in entry.authors]
    code = settings.content_type
    system = SECTORS if code.startswith("SA") else ACTIVITIES
    return replace(
        lot,
        authors=(author_of(caller, known),),
        content_type=Code(code, system, CONTENT_TYPES.get(code, "")),
        source_id=settings.source_id,
        patient_id=ins,
    )


def prepared(caller: Caller, ins: InstanceId, settings: DmpSettings, submission: Submission) -> Submission:
    """The submission as it is sent. Raises :class:`Refused` when a document is about somebody else, or hidden from all."""
    for entry in submission.entries:
        check_hiding(entry, both=settings.both_hidden)
    if any(entry.patient_id != ins for entry in submission.entries):
        raise Refused("Un document du lot ne porte pas l'INS du patient", cause="dmp_patient")
    return Submission(
        lot_of(caller, ins, settings, submission.lot, submission.entries), tuple(_entry(each) for each in submission.entries)
    )


def _entry(entry: DocumentEntry) -> DocumentEntry:
    """An entry as the DMP takes it (decision 0321): events of its lists, the traits that it names, its own scheme of formats."""
    code = entry.format_code
    return replace(
        entry,
        hash=entry.hash.lower(),
        uri="",
        action="",
        events=tuple(event for event in entry.events if event.system in EVENTS),
        source_patient_info=tuple(line for line in entry.source_patient_info if line.startswith(TRAITS)),
        format_code=replace(code, system=FORMATS.get(code.code, code.system)) if code else None,
    )


def request(submission: Submission, *, associations: Sequence[Association] = ()) -> etree._Element:
    """``ProvideAndRegisterDocumentSetRequest``, its documents still empty."""
    root = etree.Element(f"{{{XDSB}}}ProvideAndRegisterDocumentSetRequest", nsmap={"xdsb": XDSB})
    root.append(submit(submission, associations=associations))
    for position in range(len(submission.entries)):
        etree.SubElement(root, f"{{{XDSB}}}Document", id=document_id(position))
    return root


def signs(position: int) -> Association:
    """That the document at this place signs the lot."""
    return Association(SIGNS, document_id(position), LOT_ID)


def contents(submission: Submission, documents: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The bytes of each document by its symbol in the request. Raises :class:`Refused` unless they are those described."""
    if documents.keys() != {entry.unique_id for entry in submission.entries}:
        raise Refused("Les documents du lot ne sont pas ceux que ses métadonnées décrivent", cause="not_conformant")
    if any(len(documents[entry.unique_id]) != entry.size for entry in submission.entries):
        raise Refused("Un document du lot n'a pas la taille que ses métadonnées disent", cause="not_conformant")
    return {document_id(position): documents[entry.unique_id] for position, entry in enumerate(submission.entries)}
