"""Plain metadata of a document and of the lot it travels in; how they are written is another module's.

People, structures and identity lines are kept as HL7 v2 writes them in XDS (XCN, XON, ``PID-n|…``), patients as identifiers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dcc.contracts.snapshots import InstanceId

Action = Literal["", "C", "D"]
"""What the receiver is to do: take a new document, take it in place of the former one, or withdraw it (volet LPS §4)."""


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value: ``system`` is an OID (or the word the affinity domain uses), ``label`` is shown."""

    code: str
    system: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """An author: ``person`` is an XCN, each institution an XON, a specialty ``code^label^system``, a role a label."""

    person: str = ""
    institutions: Sequence[str] = ()
    roles: Sequence[str] = ()
    specialties: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One document. Times are UTC, ``AAAAMMJJ[HHMMSS]``; ``hash`` is SHA-1 in hexadecimal, ``size`` in bytes.

    ``replaces`` is the entryUUID that this one replaces in a registry (RPLC). Of the CDA header only, and not written:
    ``custodian``, ``parent`` (the ClinicalDocument/id that it replaces) and ``set_id``.
    """

    unique_id: str = ""
    mime_type: str = "text/xml"
    hash: str = ""
    size: int | None = None
    uri: str = ""
    creation_time: str = ""
    language: str = ""
    title: str = ""
    comments: str = ""
    legal_authenticator: str = ""
    service_start: str = ""
    service_stop: str = ""
    patient_id: InstanceId | None = None
    source_patient_id: InstanceId | None = None
    source_patient_info: Sequence[str] = ()
    events: Sequence[Code] = ()
    authors: Sequence[Author] = ()
    class_code: Code | None = None
    confidentiality: Sequence[Code] = ()
    format_code: Code | None = None
    facility_type: Code | None = None
    practice_setting: Code | None = None
    type_code: Code | None = None
    action: str = ""
    replaces: str = ""
    custodian: InstanceId | None = None
    parent: InstanceId | None = None
    set_id: InstanceId | None = None


@dataclass(frozen=True, slots=True)
class SubmissionSet:
    """The lot: who sent it, about whom, when (UTC, ``AAAAMMJJHHMMSS``)."""

    unique_id: str = ""
    source_id: str = ""
    submission_time: str = ""
    title: str = ""
    comments: str = ""
    authors: Sequence[Author] = ()
    content_type: Code | None = None
    patient_id: InstanceId | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A lot and its documents."""

    lot: SubmissionSet
    entries: Sequence[DocumentEntry] = ()


_ESSENTIAL: Mapping[str, str] = {
    "unique_id": "identifiant du document",
    "patient_id": "identifiant du patient",
    "creation_time": "date de création",
    "title": "titre",
    "authors": "auteur",
    "class_code": "classe du document",
    "type_code": "type du document",
    "format_code": "format du document",
}
"""What a receiver cannot do without: of whom, what, which."""

_NEEDED: Mapping[str, str] = {
    **_ESSENTIAL,
    "service_start": "date de l'acte",
    "language": "langue",
    "legal_authenticator": "responsable du document",
    "confidentiality": "confidentialité",
    "facility_type": "secteur d'activité",
    "practice_setting": "cadre d'exercice",
}
"""Attributes of cardinality 1 in the French profile (dmp_psc.md §2.3), and how to name them."""


def missing(entry: DocumentEntry, *, only_essential: bool = False) -> Sequence[str]:
    """What a complete entry would still need, in French; empty when it is complete."""
    needed = _ESSENTIAL if only_essential else _NEEDED
    return tuple(words for name, words in needed.items() if not getattr(entry, name))


def patient_field(entry: DocumentEntry, number: int) -> str:
    """The first ``PID-n`` of the patient, as HL7 v2 writes it; empty when there is none."""
    start = f"PID-{number}|"
    return next((line.removeprefix(start) for line in entry.source_patient_info if line.startswith(start)), "")
