"""What is known of a received document before it is decided upon: the axes of the table of outcomes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, PatientSnapshot, ReadResult
from dcc.documents import api as documents
from dcc.documents.api import HeldDocument
from dcc.exchange.models import Entrustment
from dcc.exchange.regions import entrustments
from dcc.exchange.regions.outcomes import Content, Facts, Held, Identity, Kind, Origin, Patient, Rcp, Sender
from dcc.patients import api as patients
from rcp_directory import api as directory

INS_ARC = "1.2.250.1.213.1.4."
"""Under it are the OID of the INS; the envelope of a document without INS names its patient by a local identifier."""
RCP_QUESTION = "frcp.rcp.identifiant"
EXCHANGED = "frcp"


@dataclass(frozen=True, slots=True)
class Known:
    """The facts, with what is held under the reference."""

    facts: Facts
    held: HeldDocument | None


def facts_of(sender: str, named: InstanceId | None, result: ReadResult) -> Known:
    """Look at what was read; locks what is held under its reference. Inside a transaction, writes nothing."""
    header, identity = result.header, _identity(result.identity, named)
    found = _found(result.identity) if identity in ("complete", "absente") else None  # the patient is locked before the document
    held = documents.held_under(header.set_id or header.identifier)
    out = entrustments.last_out(held.document_id) if held else None
    facts = Facts(
        sender=sender_of(sender),
        identity=identity,
        kind=_kind(result),
        held=_held(held, out),
        content=_content(result, held),
        patient=_patient(found, held),
        rcp=_rcp(result),
        origin=_origin(sender, out),
    )
    return Known(facts, held)


def sender_of(address: str) -> Sender:
    """Whether the directory, or an FRCP that went there or came from there, knows an address."""
    known = directory.is_known_sender(address) or Entrustment.objects.filter(address__iexact=address.strip()).exists()
    return "connu" if known else "inconnu"


def _origin(sender: str, out: Entrustment | None) -> Origin:
    """Whether a sender may answer for the system that an FRCP was entrusted to: its domain, or a box of its network (0287)."""
    if out is None or _domain(sender) == _domain(out.address):
        return "attendue"
    return "attendue" if directory.networks_of(sender) & directory.networks_of(out.address) else "autre"


def _domain(address: str) -> str:
    return address.strip().rpartition("@")[2].lower()


def _identity(identity: PatientSnapshot | None, named: InstanceId | None) -> Identity:
    if identity is None:
        return "absente"
    envelope = named if named is not None and named.root.startswith(INS_ARC) else None
    if envelope is not None and envelope != identity.ins:
        return "contredite"
    try:
        patients.check_header(identity)
    except Refused:
        return "incomplete"
    return "complete" if identity.ins else "absente"


def _found(identity: PatientSnapshot | None) -> uuid.UUID | Literal["question", "inconnu"] | None:
    """Whom a header means; nothing when it names nobody."""
    if identity is None:
        return None
    try:
        return patients.recognise(identity) or "inconnu"
    except patients.IdentityConflict:
        return "question"


def _patient(found: uuid.UUID | Literal["question", "inconnu"] | None, held: HeldDocument | None) -> Patient:
    if found == "question":
        return "question"
    if held is None or found is None:
        return "le_meme"
    if found == "inconnu":
        return "inconnu"
    return "le_meme" if found == patients.current_id(held.patient_id) else "autre"


def _kind(result: ReadResult) -> Kind:
    header = result.header
    if header.status in ("valide", "cloture"):
        return "valide"
    return "a_completer" if (header.document_type, header.status) == (EXCHANGED, "complete") else "autre"


def _held(held: HeldDocument | None, out: Entrustment | None) -> Held:
    if held is None:
        return "rien"
    if entrustments.is_abroad(out):
        return "confiee"
    if entrustments.is_given_up(out):
        return "reprise"
    if entrustments.to_complete(held.document_id) is not None:
        return "en_travail"
    return "recue" if held.current.received else "ici"


def _content(result: ReadResult, held: HeldDocument | None) -> Content:
    number = result.header.version_number
    if held is None:
        return "nouveau"
    same = held.numbered(number)
    if same is not None:
        return "meme" if _is_same(result, held, same) else "autre"
    return "nouveau" if number > held.versions[-1].number else "ancien"


def _is_same(result: ReadResult, held: HeldDocument, version: documents.HeldVersion) -> bool:
    return result.header.document_type == held.document_type and documents.content_key(result.answers) == version.content


def _rcp(result: ReadResult) -> Rcp:
    code = result.answers.get(RCP_QUESTION)
    found = directory.rcp_by_code(code) if isinstance(code, str) else None
    return "ici" if found is not None and found.is_ours else "ailleurs"
