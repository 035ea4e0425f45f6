"""What the transactions are given and what they answer: plain values, and the protocol that their callers know.

Source: dmp_psc.md §1 (transactions), §3 (VIHF), §4 (proxy of the trust space).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import DocumentEntry, Submission

Authorisation = Literal["", "VALIDE", "EXPIRE", "INTERDIT", "NON_EXISTE"]
"""What the patient lets a professional consult; empty when the answer does not tell, or tells something new (CNDA 0.2-020)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The professional in whose session of the trust space a call is made, as the VIHF says it (dmp_psc.md §3.2).

    ``national_id`` is the PSIdNat (type digit and number), ``profession`` a code of JDV_J65, ``specialty`` a savoir-faire (R01),
    ``author_specialty`` a code of JDV_J01 (« G15_10/SM36 »), ``structure`` the StructIdNat, ``sector`` a code of TRE_R02.
    ``proxy_session`` is the secret of the session: it goes to no log.
    """

    national_id: str
    family: str
    given: str
    profession: str
    structure: str
    structure_name: str
    sector: str
    specialty: str = ""
    author_specialty: str = ""
    proxy_session: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Existence:
    """TD0.2: whether the patient has a DMP, whether it is active, and what he lets the caller do."""

    exists: bool
    active: bool = False
    authorisation: Authorisation = ""
    treating_physician: bool = False
    closed_reason: str = ""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """A document that the registry described (LeafClass).

    ``entry_uuid`` changes with each change of metadata, ``logical_id`` does not. ``version`` is that of the metadata (1 at the
    deposit), not of the document. ``status`` is the last word of its status (« Approved », « Deprecated », « Deleted »…).
    ``replaced_by`` is the uniqueId of the document that took its place (its entryUUID when that one cannot be read), ``slots``
    what else the registry said of it, to be repeated when its metadata change.
    """

    entry: DocumentEntry
    entry_uuid: str
    logical_id: str
    version: int
    status: str
    repository: str = ""
    replaced_by: str = ""
    slots: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)


class Dmp(Protocol):
    """The services of the DMP. ``ins`` is the qualified INS of the patient.

    All raise ``NeedsSession`` (kind ``psc``) when the session of ``caller`` is over, ``NotConfigured``, ``Refused`` with a cause
    of the table of causes and the code of the DMP in its words, ``RetryLater`` for outages. After a ``RetryLater`` whose cause is
    ``unknown_outcome`` the request may have been obeyed: what it did is looked for before it is made again.
    """

    def existence(self, caller: Caller, ins: InstanceId) -> Existence:
        """TD0.2."""

    def authorise(self, caller: Caller, ins: InstanceId, *, withdraw: bool = False) -> None:
        """TD0.3: add (on explicit request of the patient) or withdraw the authorisation of the caller."""

    def submit(self, caller: Caller, ins: InstanceId, lot: Submission, documents: Mapping[str, bytes]) -> None:
        """TD2.1: deposit the documents of a lot, by uniqueId; an entry that says what it ``replaces`` replaces it."""

    def reference_of(self, caller: Caller, ins: InstanceId, unique_id: str) -> str:
        """TD3.1b: the entryUUID of a document that is there, whatever its status; empty when there is none."""

    def find_documents(
        self, caller: Caller, ins: InstanceId, *, types: Sequence[str], since: datetime | None = None
    ) -> Sequence[FoundEntry]:
        """TD3.1a: approved documents of these types (LOINC, or ``code^^system``), the act of which began since then."""

    def changed_documents(self, caller: Caller, ins: InstanceId, *, since: datetime) -> Sequence[FoundEntry]:
        """TD3.1a: the documents of the lots submitted since then, by 20 at most in each call."""

    def describe(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Sequence[FoundEntry]:
        """TD3.1a: these documents (LeafClass), whatever their status; needs the authorisation of the patient."""

    def retrieve(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
        """TD3.2: the bytes of these documents."""

    def change_visibility(self, caller: Caller, ins: InstanceId, found: FoundEntry, entry: DocumentEntry) -> None:
        """TD3.3a/b: the metadata of ``found`` become those of ``entry``, which differ by their confidentiality only."""

    def change_status(self, caller: Caller, ins: InstanceId, entry_uuid: str, status: Literal["Deleted", "Archived"]) -> None:
        """TD3.3c/d: delete or archive; irreversible."""
