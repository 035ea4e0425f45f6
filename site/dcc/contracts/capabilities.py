"""What the core asks plugins: small typed protocols, plain snapshots in and out (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from dcc.contracts.identity import IdentityQuery, IdentityVerdict
from dcc.contracts.prefill import Candidate, PrefillRequest
from dcc.contracts.snapshots import (
    Artifact,
    DocumentSnapshot,
    Finding,
    Package,
    ReadResult,
    Receipt,
    Recipient,
)


class IdentityVerifier(Protocol):
    """Checks identity traits against the national teleservice."""

    def verify(self, query: IdentityQuery) -> IdentityVerdict:
        """Ask; raises ``RetryLater`` on a fault, which never lowers a status, ``Refused`` when asking again is vain."""


class Renderer(Protocol):
    """Makes one output format of a document. Pure and deterministic: same snapshot, inputs and ``as_of``, same bytes."""

    @property
    def format(self) -> str:
        """The output format, a lower-case word (``cda-n3``)."""

    @property
    def inputs(self) -> Sequence[str]:
        """Formats this one embeds; the graph of formats has no cycle."""

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        """Whether this renderer makes its format for such a document."""

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        """Render; raises ``Refused`` with a French reason when the snapshot cannot be rendered."""


class Reader(Protocol):
    """Reads a received file into answers and identity."""

    def supports(self, head: bytes) -> bool:
        """Whether the first bytes (some 64 kB) look like what this reader reads."""

    def read(self, content: bytes) -> ReadResult:
        """Read; raises ``Refused`` with a French reason that says what and where when nothing can be read."""


class ConformanceCheck(Protocol):
    """Checks a rendered artifact against official or own rules; no finding of level ``error`` means conformant.

    A check whose rules change with what is installed also has ``edition() -> str``: what another edition proved is proved again.
    """

    @property
    def formats(self) -> Sequence[str]:
        """Formats of the artifacts that it can check."""

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        """Check; raises ``NotConfigured`` when the rules are not installed, ``RetryLater`` when the checker does not answer."""


class ReadinessCheck(Protocol):
    """Says, fast and without network, what stands between a document and its validation."""

    def check(self, snapshot: DocumentSnapshot) -> Sequence[Finding]:
        """Findings of level ``error`` block the validation if the core so decides."""


@dataclass(frozen=True, slots=True)
class Found:
    """The other side has the package."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Absent:
    """The other side does not have the package: it can be sent again."""


@dataclass(frozen=True, slots=True)
class Unknowable:
    """Nobody can tell: resend under the same key, marked « doublon possible » unless the transport ``looks_first``.

    Such a transport asks the other side itself before it sends anything again.
    """

    looks_first: bool = False


class Transport(Protocol):
    """Sends packages over one channel (``mss``, ``dmp``)."""

    @property
    def channel(self) -> str:
        """The channel, a lower-case word."""

    def send(self, package: Package, recipient: Recipient, *, key: UUID, session: object | None = None) -> Receipt:
        """Send once under ``key``; a time-out after sending raises ``RetryLater``."""

    def find(self, key: UUID) -> Found | Absent | Unknowable:
        """Settle an unknown outcome before any resend."""


class PrefillSource(Protocol):
    """Proposes values for questions from what is already known. ``title`` names it on screen, in French."""

    @property
    def title(self) -> str:
        """« FRCP de référence »."""

    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        """Candidates with origin, date and author; never applied without a decision. Asked while a page opens: fast, no network.

        Raises ``RetryLater``, ``Refused`` or ``NotConfigured`` with a French reason, which the page shows.
        """


class DirectorySource(Protocol):
    """Finds professionals and structures in a directory."""

    def search(self, text: str, *, limit: int = 20) -> Sequence[Mapping[str, Any]]:
        """``professional`` mappings that match, best first."""


@dataclass(frozen=True, slots=True)
class LevelOne:
    """How a document that no national volet describes travels: its PDF in a CDA of level 1 (XDS-SD), under a code of JDV_J07.

    No two types share a code: nothing else in such a file says what it is (decision 0195).
    """

    code: str
    label: str
    system: str = "2.16.840.1.113883.6.1"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document: its catalogue (volet and version), its formats, what it follows, when it leaves the platform.

    ``volet`` is the key of the type when a plugin brings it; ``catalogue`` is then the package that holds the file
    ``<volet>_<version>.yaml`` (of the core: empty). ``short_title`` stands in buttons and lists, ``document_title`` on
    documents; each is ``title`` when empty. ``follows`` names the type of which a validated document must exist before one of
    this type is created (R-056), one family for each such document (R-059); ``amended`` says that a validated version may be
    followed by another one (R-066, R-210). ``leaves`` are the statuses in which it may be sent (figure 10). A type with
    ``level_one`` has no structured format: whoever writes CDA makes its level 1.

    The rest are keys of questions: ``dated_by`` says the day a document of this type is known by (that of the RCP), which goes to
    ``reference_date`` of what follows it; ``update_reason`` is asked from the second version on (R-071), ``hand_over`` is the day
    it was given to the patient, ``renewed`` are those whose answers are of one version only,
    and ``references`` is the table (nature, racine, extension) to which a new version adds the document it brings up to date.
    """

    key: str
    title: str
    volet: str
    volet_version: str
    formats: Sequence[str]
    follows: str = ""
    amended: bool = False
    dated_by: str = ""
    reference_date: str = ""
    update_reason: str = ""
    hand_over: str = ""
    references: str = ""
    renewed: Sequence[str] = ()
    catalogue: str = ""
    short_title: str = ""
    document_title: str = ""
    leaves: Sequence[str] = ("valide", "cloture")
    level_one: LevelOne | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure computed from events only."""

    key: str
    title: str
    compute: Callable[[datetime, datetime], int]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A link in the clinician's menu, shown to those who hold ``permission``."""

    title: str
    url_name: str
    permission: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Urls:
    """Pages of a plugin, registered under its slug and served under ``/plugins/<slug>/``; ``module`` is a URLconf."""

    module: str


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A function run every ``every`` by the worker; it must be idempotent and short."""

    key: str
    run: Callable[[], None]
    every: timedelta


@dataclass(frozen=True, slots=True)
class Service:
    """A long-running process of a host, started and watched by ``manage.py worker``; ``command`` is a management command line."""

    key: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """Something that waits for somebody: in French, without any patient, and the path of the page where it is dealt with."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A part of the daily digest of editors and administrators, shown to those who hold one of ``permissions``.

    ``lines`` gets the id of the person it is for, and gives nothing when nothing waits.
    """

    key: str
    title: str
    permissions: Sequence[str]
    lines: Callable[[UUID], Sequence[DigestLine]]
