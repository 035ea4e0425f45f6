"""A stage for transmissions: renderers that write little, a transport that keeps what it is given, boxes that are known."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from dcc.contracts.capabilities import Absent, DocumentType, Found, Renderer, Transport, Unknowable
from dcc.contracts.events import (
    DocumentStatusChanged,
    DocumentValidated,
    IdentityChanged,
    RenditionReady,
    RenewalDue,
    TransmissionRequested,
)
from dcc.contracts.mailbox import Mailbox, MailboxSource
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId, Package, Receipt, Recipient
from dcc.exchange.renditions import make_artifacts
from dcc.exchange.renewals import renew, tell_documents
from dcc.exchange.transmissions.planning import drop_cancelled, plan_ready
from dcc.exchange.transmissions.sending import send_requested
from dcc.exchange.transmissions.steps import SUBSCRIPTION

FORMATS = ("cda-n3", "cda-n1", "pdf-a1")


@dataclass(frozen=True)
class PlainRenderer:
    """Writes the title under the name of its format."""

    format: str
    inputs: Sequence[str] = ()

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return True

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        cda = self.format.startswith("cda")
        identifier = InstanceId(f"2.25.{uuid.uuid5(snapshot.rendition_id, self.format).int}") if cda else None
        return Artifact(self.format, "text/plain", f"{self.format}|{snapshot.title}".encode(), f"d.{self.format}", identifier)


@dataclass
class KeepingTransport:
    """Keeps every package; ``errors`` are raised in turn before anything is kept, ``after`` once it is."""

    channel: str = "mss"
    sent: list[tuple[uuid.UUID, Recipient, Package]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    knows: bool = True

    def send(self, package: Package, recipient: Recipient, *, key: uuid.UUID, session: object | None = None) -> Receipt:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((key, recipient, package))
        if self.after:
            raise self.after.pop(0)
        return Receipt(f"<{key}@test>", timezone.now())

    def find(self, key: uuid.UUID) -> Found | Absent | Unknowable:
        if not self.knows:
            return Unknowable()
        return Found(Receipt(f"<{key}@test>", timezone.now())) if key in [sent[0] for sent in self.sent] else Absent()

    def to(self, address: str) -> list[Package]:
        """What one address got."""
        return [package for _, recipient, package in self.sent if recipient.address == address]


@dataclass
class Boxes:
    """A directory of secure-mail boxes."""

    known: list[Mailbox] = field(default_factory=list)

    def mailboxes(self, *, practitioner: str = "", structure: str = "") -> Sequence[Mailbox]:
        return [b for b in self.known if b.practitioner == practitioner and structure in ("", b.structure)]

    def add(self, practitioner: str, *, structure: str = "", unlisted: bool = False) -> str:
        """Give a professional a box."""
        address = f"{practitioner}{structure}@ps.mssante.fr"
        self.known.append(Mailbox(address, "PER", practitioner, practitioner, structure, unlisted=unlisted))
        return address


class Stage:
    """A registry in which documents become files and leave."""

    def add_renderers(self) -> None:
        """Those that write little."""
        for name in FORMATS:
            self.registry.add(Renderer, name, PlainRenderer(name))

    def __init__(self, transport: Transport | None = None) -> None:
        self.mss, self.dmp, self.boxes, self.registry = KeepingTransport(), KeepingTransport("dmp"), Boxes(), Registry()
        self.add_renderers()
        for key, follows in (("frcp", ""), ("pps", "frcp")):
            leaves = ("complete", "valide") if key == "frcp" else ("en_cours", "complete", "valide", "cloture")
            kind = DocumentType(key, key.upper(), key, "2025.01", FORMATS, follows=follows, amended=key == "pps", leaves=leaves)
            self.registry.add(DocumentType, key, kind)
        self.registry.add(Transport, "mss", transport or self.mss)
        self.registry.add(MailboxSource, "boxes", self.boxes)
        self.registry.subscribe(DocumentValidated, make_artifacts, key="exchange.renditions")
        self.registry.subscribe(IdentityChanged, tell_documents, key="exchange.identities")
        self.registry.subscribe(RenewalDue, renew, key="exchange.renewals")
        self.registry.subscribe(RenditionReady, plan_ready, key="exchange.planning")
        self.registry.subscribe(DocumentStatusChanged, drop_cancelled, key="exchange.cancelled")
        self.registry.subscribe(TransmissionRequested, send_requested, key=SUBSCRIPTION)


class Noting(KeepingTransport):
    """Says a word beside its receipts, and looks before it sends again."""

    def send(self, package: Package, recipient: Recipient, *, key: uuid.UUID, session: object | None = None) -> Receipt:
        receipt = super().send(package, recipient, key=key)
        return Receipt(receipt.reference, receipt.at, note="invisible au patient")

    def find(self, key: uuid.UUID) -> Unknowable:
        return Unknowable(looks_first=True)
