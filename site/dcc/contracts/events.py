"""The events of the platform: what the core tells. A plugin that brings its own events derives them from ``Event`` likewise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dcc.contracts.event import Context, Event, Handler

__all__ = [
    "CommitmentChanged",
    "Context",
    "DocumentCreated",
    "DocumentEvent",
    "DocumentStatusChanged",
    "DocumentValidated",
    "Event",
    "FormPublished",
    "GateRequested",
    "GlassBroken",
    "Handler",
    "IdentityChanged",
    "IdentityToVerify",
    "RenditionReady",
    "RenewalDue",
    "TransmissionChanged",
    "TransmissionRequested",
]


@dataclass(frozen=True, slots=True)
class DocumentEvent(Event):
    """Base of what happens to one version of a document."""

    document_id: UUID
    version_id: UUID
    document_type: str
    at: datetime
    actor_id: UUID | None

    @property
    def subject(self) -> str:
        return f"document:{self.document_id}"


@dataclass(frozen=True, slots=True)
class DocumentCreated(DocumentEvent):
    """A version was started or received; ``reference_id`` is the document here that it follows, if any (R-049, R-059)."""

    name: ClassVar[str] = "document.created"
    version_number: int
    reference_id: UUID | None


@dataclass(frozen=True, slots=True)
class DocumentStatusChanged(DocumentEvent):
    """A document moved in its state table, other than by validation (R-022...R-032)."""

    name: ClassVar[str] = "document.status_changed"
    status: str


@dataclass(frozen=True, slots=True)
class DocumentValidated(DocumentEvent):
    """A physician validated a version: its answers are frozen (R-029)."""

    name: ClassVar[str] = "document.validated"


@dataclass(frozen=True, slots=True)
class RenditionReady(DocumentEvent):
    """All artifacts of a rendition are stored and were checked."""

    name: ClassVar[str] = "document.rendition_ready"
    rendition_id: UUID


@dataclass(frozen=True, slots=True)
class RenewalDue(DocumentEvent):
    """The identity in the files of a validated version is no longer that of the patient: they may have to be made again."""

    name: ClassVar[str] = "document.renewal_due"


@dataclass(frozen=True, slots=True)
class TransmissionRequested(Event):
    """A document has to go to one recipient over one channel; ``line`` is what its transmissions keep their order by."""

    name: ClassVar[str] = "transmission.requested"
    transmission_id: UUID
    document_id: UUID
    channel: str
    line: str
    at: datetime

    @property
    def subject(self) -> str:
        return f"line:{self.line}"


@dataclass(frozen=True, slots=True)
class TransmissionChanged(Event):
    """What is known of a transmission changed: sent, delivered, read, failed (states of ``dcc.exchange.follow_up``)."""

    name: ClassVar[str] = "transmission.changed"
    transmission_id: UUID
    document_id: UUID
    document_type: str
    channel: str
    recipient_kind: str
    state: str
    cause: str
    at: datetime

    @property
    def subject(self) -> str:
        return f"transmission:{self.transmission_id}"


@dataclass(frozen=True, slots=True)
class IdentityChanged(Event):
    """Traits, INS or status of a patient's identity changed."""

    name: ClassVar[str] = "patient.identity_changed"
    patient_id: UUID
    at: datetime
    status: str

    @property
    def subject(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True, slots=True)
class IdentityToVerify(Event):
    """A flow left an identity of which INSi must be asked, nobody waiting."""

    name: ClassVar[str] = "patient.identity_to_verify"
    qualification_id: UUID
    patient_id: UUID
    at: datetime

    @property
    def subject(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True, slots=True)
class CommitmentChanged(Event):
    """A person accepted terms (``user_id``), or a convention was recorded or changed: the trust clause may now be there, or gone.

    ``legal_finess`` (blank: of a whole network) and ``network`` (blank: this region's) name the convention.
    """

    name: ClassVar[str] = "trust.commitment_changed"
    at: datetime
    user_id: UUID | None = None
    legal_finess: str = ""
    network: str = ""

    @property
    def subject(self) -> str:
        return f"user:{self.user_id}" if self.user_id else f"convention:{self.legal_finess or self.network or '-'}"


@dataclass(frozen=True, slots=True)
class GlassBroken(Event):
    """A physician opened the file of a patient to whom nothing ties him, for a reason to be reviewed (« bris de glace »)."""

    name: ClassVar[str] = "patient.glass_broken"
    glass_id: UUID
    patient_id: UUID
    at: datetime
    actor_id: UUID
    masked: bool

    @property
    def subject(self) -> str:
        return f"patient:{self.patient_id}"


@dataclass(frozen=True, slots=True)
class FormPublished(Event):
    """A form definition was published as an immutable version."""

    name: ClassVar[str] = "form.published"
    form_key: str
    number: int
    sha256: str
    at: datetime

    @property
    def subject(self) -> str:
        return f"form:{self.form_key}"


@dataclass(frozen=True, slots=True)
class GateRequested(Event):
    """Somebody wants a form or a text proved before it is published; ``about`` names it (``form:<key>``)."""

    name: ClassVar[str] = "gate.requested"
    report_id: UUID
    about: str
    at: datetime

    @property
    def subject(self) -> str:
        return f"gate:{self.about}"
