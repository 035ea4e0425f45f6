"""One class per capability that the core may ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from dcc.contracts.capabilities import Absent, DigestLine, DigestSection, Found, Unknowable
from dcc.contracts.errors import Refused
from dcc.contracts.identity import IdentityQuery, IdentityVerdict
from dcc.contracts.mailbox import Mailbox
from dcc.contracts.notices import Notice, Notices, Place
from dcc.contracts.prefill import Candidate, PrefillRequest, SourceDocument
from dcc.contracts.snapshots import (
    Artifact,
    DocumentSnapshot,
    Finding,
    InstanceId,
    Package,
    ReadResult,
    Receipt,
    ReceivedHeader,
    Recipient,
)
from tests.demo_plugin.moods import Mood, act

HEAD = b'{"demo": '
LIMIT = 1_000_000


@dataclass(frozen=True)
class DemoVerifier:
    """Knows everybody."""

    mood: Mood

    def verify(self, query: IdentityQuery) -> IdentityVerdict:
        act(self.mood)
        return IdentityVerdict(code="00", traits=query.traits, ins=InstanceId("1.2.250.1.213.1.4.10", "150017849900195"))


@dataclass(frozen=True)
class DemoRenderer:
    """Renders answers as canonical JSON."""

    mood: Mood
    format: str = "demo-json"
    inputs: Sequence[str] = ()

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return snapshot.document_type == "frcp"

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        act(self.mood)
        body = {"demo": 1, "title": snapshot.title, "as_of": as_of.isoformat(), "answers": snapshot.answers}
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        return Artifact(self.format, "application/json", content, f"{snapshot.document_id}.json")


@dataclass(frozen=True)
class DemoWrapper:
    """Wraps the JSON of :class:`DemoRenderer`: a format that embeds another."""

    mood: Mood
    format: str = "demo-wrapped"
    inputs: Sequence[str] = ("demo-json",)

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return snapshot.document_type == "frcp"

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        act(self.mood)
        inner = inputs["demo-json"].content
        content = b"sha256 " + hashlib.sha256(inner).hexdigest().encode() + b"\n" + inner
        return Artifact(self.format, "text/plain", content, f"{snapshot.document_id}.txt")


@dataclass(frozen=True)
class DemoReader:
    """Reads what :class:`DemoRenderer` writes."""

    mood: Mood

    def supports(self, head: bytes) -> bool:
        return head.startswith((b'{"answers": ', HEAD))

    def read(self, content: bytes) -> ReadResult:
        act(self.mood)
        if len(content) > LIMIT:
            raise Refused(f"Fichier de plus de {LIMIT} octets")
        try:
            body = json.loads(content)
            answers, title = dict(body["answers"]), str(body["title"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused("Ce fichier n'est pas un document de démonstration lisible") from None
        identifier = InstanceId("1.2.250.1.213.1.999", hashlib.sha256(content).hexdigest()[:16])
        header = ReceivedHeader("frcp", "2025.01", identifier, None, 1, title, None, None)
        return ReadResult(header, None, answers)


@dataclass(frozen=True)
class DemoCheck:
    """Finds that an artifact without a title is wrong."""

    mood: Mood
    formats: Sequence[str] = ("demo-json",)

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        act(self.mood)
        if b'"title": ""' in artifact.content:
            return [Finding("demo.title", "error", "Le titre est vide.", source="démonstration")]
        return []


@dataclass(frozen=True)
class DemoReadiness:
    """Asks for at least one answer."""

    mood: Mood

    def check(self, snapshot: DocumentSnapshot) -> Sequence[Finding]:
        act(self.mood)
        return [] if snapshot.answers else [Finding("demo.empty", "error", "Aucune réponse.", source="démonstration")]


@dataclass
class DemoTransport:
    """Keeps what it is given in memory, once per key."""

    mood: Mood
    channel: str = "demo"
    sent: dict[UUID, Receipt] = field(default_factory=dict)

    def send(self, package: Package, recipient: Recipient, *, key: UUID, session: object | None = None) -> Receipt:
        act(self.mood)
        return self.sent.setdefault(key, Receipt(reference=str(key), at=datetime.now(UTC), detail={"to": recipient.address}))

    def find(self, key: UUID) -> Found | Absent | Unknowable:
        act(self.mood)
        return Found(self.sent[key]) if key in self.sent else Absent()


@dataclass(frozen=True)
class DemoPrefill:
    """Proposes a comment, which is clinical until somebody says otherwise."""

    mood: Mood
    title: str = "Source de démonstration"

    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        act(self.mood)
        return [Candidate(key, "Repris", "démonstration", "1", date(2026, 1, 5)) for key in request.question_keys]


@dataclass(frozen=True)
class DemoDirectory:
    """Knows one professional."""

    mood: Mood

    def search(self, text: str, *, limit: int = 20) -> Sequence[Mapping[str, Any]]:
        act(self.mood)
        people = [{"family": "MARTIN", "given": "Alice"}]
        return [p for p in people if text.casefold() in f"{p['family']} {p['given']}".casefold()][:limit]


@dataclass(frozen=True)
class DemoElsewhere:
    """Knows a validated FRCP of everybody, somewhere else."""

    mood: Mood
    title: str = "Documents d'ailleurs"

    def documents(self, patient_id: UUID, user_id: UUID) -> Sequence[SourceDocument]:
        act(self.mood)
        at = datetime(2026, 1, 5, tzinfo=UTC)
        return [SourceDocument(patient_id, "frcp", 1, "FRCP du 05/01/2026", at, "Dr DEMO", {}, origin="démonstration")]


@dataclass(frozen=True)
class DemoNotices:
    """Says one thing of each page, with its gesture."""

    mood: Mood

    def notices(self, place: Place) -> Notices:
        act(self.mood)
        return Notices([Notice(f"Démonstration : page {place.page}", url="/plugins/demo/", action="Voir")])


@dataclass(frozen=True)
class DemoMailboxes:
    """Knows the box of one professional."""

    mood: Mood

    def mailboxes(self, *, practitioner: str = "", structure: str = "") -> Sequence[Mailbox]:
        act(self.mood)
        box = Mailbox("alice.martin@demo.mssante.fr", "PER", "Alice MARTIN", practitioner="801234500001")
        return [box] if practitioner == box.practitioner and structure in ("", box.structure) else []


def digest_section(mood: Mood) -> DigestSection:
    """One thing that waits for administrators."""

    def lines(person_id: UUID) -> Sequence[DigestLine]:
        act(mood)
        return [DigestLine("Une démonstration attend", "/plugins/demo/")]

    return DigestSection("demo.digest", "Démonstration", ("platform.administer",), lines)
