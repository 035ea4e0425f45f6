"""Plain, frozen pictures of core data that cross the contract: no ORM object goes in or out of a plugin.

Shapes of answer values (``answers``, and the ``professional`` and ``organisation`` mappings used for header actors) are those
of :mod:`forms_config.schema.values`: JSON values keyed by the element's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

Answers = Mapping[str, Any]
"""Answers keyed by element key; a repeated group is a list of ``{"id": row id, "values": answers}``."""

Level = Literal["error", "warning", "info"]
TRIAL = "ESSAI"
"""What every output of a trial document says."""


@dataclass(frozen=True, slots=True)
class InstanceId:
    """A HL7 instance identifier: OID ``root`` and optional ``extension``."""

    root: str
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a document or an artifact, in French, pointing to the question at fault when there is one.

    ``source`` names the rule (schematron, assertion, R-number); ``location`` is an XPath or a row path.
    """

    code: str
    level: Level
    message: str
    question_key: str | None = None
    section_key: str | None = None
    location: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class IdentityTraits:
    """The RNIV strict traits of a person, in the INSi character set; ``birth_date`` is ISO, maybe incomplete."""

    birth_name: str
    first_given_name: str
    given_names: str
    sex: Literal["M", "F", "I"]
    birth_date: str
    birth_place_code: str = ""
    birth_place_name: str = ""


@dataclass(frozen=True, slots=True)
class RelatedPerson:
    """A person around the patient: ``kind`` is ``urgence``, ``confiance`` or ``representant``; ``relation`` is coded (J11)."""

    kind: str
    family: str
    given: str = ""
    prefix: str = ""
    relation: Mapping[str, Any] | None = None
    address: Mapping[str, Any] | None = None
    telecoms: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PatientSnapshot:
    """The identity a document is about, as known when the picture was taken.

    ``ins`` (root: INS OID, extension: 15-character matricule) is only set when ``status`` is ``qualifiee`` (EXI ID 29).
    """

    patient_id: UUID | None
    traits: IdentityTraits
    status: Literal["provisoire", "recuperee", "validee", "qualifiee"]
    used_name: str = ""
    used_given_name: str = ""
    ins: InstanceId | None = None
    identifiers: Sequence[InstanceId] = ()
    address: Mapping[str, Any] | None = None
    telecoms: Sequence[Mapping[str, str]] = ()
    related: Sequence[RelatedPerson] = ()


@dataclass(frozen=True, slots=True)
class HeaderActor:
    """A professional in the header (author, legal authenticator): who, when, in what function."""

    professional: Mapping[str, Any]
    time: datetime
    function: Mapping[str, Any] | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class LegalText:
    """A patient-rights text in its frozen version (R-037...R-042); ``body`` is plain text, paragraphs parted by a blank line."""

    number: Literal[1, 2]
    version: str
    body: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AttachmentSnapshot:
    """A file joined to the document; ``content`` is its bytes (type and size were checked when it came in)."""

    attachment_id: UUID
    title: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FormSnapshot:
    """The immutable form version of a document; ``schema`` is its canonical JSON."""

    key: str
    number: int
    sha256: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """The validated document this one follows (the FRCP of a PPS): its ClinicalDocument/id, its family, its version."""

    document_type: str
    identifier: InstanceId
    set_id: InstanceId | None = None
    version_number: int | None = None
    title: str = ""
    date: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentSnapshot:
    """Everything a renderer needs to know of one rendition of a document. It is frozen; rendering it twice gives the same bytes.

    ``set_id`` is shared by all versions; ``replaces`` is the set of ClinicalDocument ids of the former version, by format.
    ``status`` is a code of the document state table; ``effective_time`` the time of the rendition's content. A ``trial`` is of
    nobody: every output says so (:attr:`shown_title`), and it is never kept nor sent. ``reference``: what it follows (R-059).
    """

    rendition_id: UUID
    document_id: UUID
    document_type: str
    volet_version: str
    set_id: InstanceId
    version_number: int
    status: str
    status_time: datetime
    effective_time: datetime
    title: str
    form: FormSnapshot
    patient: PatientSnapshot
    answers: Answers
    authors: Sequence[HeaderActor]
    legal_authenticator: HeaderActor | None
    custodian: Mapping[str, Any]
    legal_texts: Sequence[LegalText] = ()
    attachments: Sequence[AttachmentSnapshot] = ()
    replaces: Mapping[str, InstanceId] = field(default_factory=dict)
    trial: bool = False
    reference: DocumentReference | None = None

    @property
    def shown_title(self) -> str:
        """The title as outputs show it: that of a trial begins with :data:`TRIAL`."""
        return f"{TRIAL} – {self.title}" if self.trial else self.title


@dataclass(frozen=True, slots=True)
class Artifact:
    """Rendered bytes; ``identifier`` is the ClinicalDocument/id of CDA formats, ``facts`` small proofs (pages, read-back)."""

    format: str
    media_type: str
    content: bytes
    filename: str
    identifier: InstanceId | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """A part of a received document that its volet does not describe: shown as narrative, never lost silently."""

    title: str
    text: str
    xml: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedHeader:
    """What a received document says of itself; ``reference`` is what it says it follows (the FRCP of a PPS), wherever it does."""

    document_type: str
    volet_version: str
    identifier: InstanceId
    set_id: InstanceId | None
    version_number: int
    title: str
    effective_time: datetime | None
    status: str | None
    authors: Sequence[HeaderActor] = ()
    legal_authenticator: HeaderActor | None = None
    custodian: Mapping[str, Any] | None = None
    reference: DocumentReference | None = None


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file embedded in a received document (joined document or PDF copy)."""

    title: str
    media_type: str
    content: bytes
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A received document, read: answers, identity, header, files, what was not understood, and remarks.

    ``structured``: its content was read into answers; else it is only shown (a PDF in a CDA of level 1).
    """

    header: ReceivedHeader
    identity: PatientSnapshot | None
    answers: Answers
    files: Sequence[ReceivedFile] = ()
    unknown_parts: Sequence[UnknownPart] = ()
    findings: Sequence[Finding] = ()
    structured: bool = True


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a package goes: a channel address and who stands behind it."""

    kind: str
    address: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """The artifacts that travel together for one transmission; a trial never travels (``ValueError``).

    ``action``: the first time this recipient gets the document, in place of what he got before, or to have it withdrawn.
    """

    snapshot: DocumentSnapshot
    artifacts: Mapping[str, Artifact]
    action: Literal["new", "replace", "delete"] = "new"

    def __post_init__(self) -> None:
        if self.snapshot.trial:
            raise ValueError("Un document d'essai n'est jamais transmis")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side said when it took a package; ``note``: short French words that stand beside the state of the line."""

    reference: str
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
