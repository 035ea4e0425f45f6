"""What an envelope holds once it was read, and the refusal of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dcc.contracts import xds
from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Finding, InstanceId

Role = Literal["document", "metadata", "presentation", "other"]


class EnvelopeRefused(Refused):
    """The envelope is taken as a whole or not at all; ``error`` is the code to answer (HL70533, 906 for want of a better one)."""

    error = "906"


@dataclass(frozen=True, slots=True)
class EnvelopeFile:
    """A file of the archive: its path in it, its real size in bytes, SHA-1 of its bytes in upper-case hexadecimal."""

    name: str
    size: int
    sha1: str
    role: Role


@dataclass(frozen=True, slots=True)
class EnvelopeDocument:
    """A CDA: its bytes, what METADATA says of it (``entry``), and what its own header says (``described``)."""

    name: str
    content: bytes
    entry: xds.DocumentEntry
    described: xds.DocumentEntry


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was read: documents in the order of METADATA, every file, remarks; lots, one for each METADATA."""

    lots: Sequence[xds.SubmissionSet]
    documents: Sequence[EnvelopeDocument]
    files: Sequence[EnvelopeFile]
    findings: Sequence[Finding]

    @property
    def patient_id(self) -> InstanceId | None:
        """The patient as METADATA names them (ECO.2.1.2), by their INS if it is given; ``None`` when METADATA says nobody."""
        named = [lot.patient_id for lot in self.lots] + [document.entry.patient_id for document in self.documents]
        known = [identifier for identifier in named if identifier]
        return next((identifier for identifier in known if identifier.root in INS_NATURES), next(iter(known), None))
