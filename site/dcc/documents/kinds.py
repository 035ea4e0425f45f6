"""The types of document the platform has of itself, those of the national volets; a plugin registers others beside them."""

from __future__ import annotations

from collections.abc import Mapping

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current

FORMATS = ("pdf-a1", "cda-n3", "cda-n1")
FRCP = DocumentType(
    "frcp",
    "Fiche de réunion de concertation pluridisciplinaire",
    "frcp",
    "2025.01",
    FORMATS,
    short_title="FRCP",
    leaves=("complete", "valide", "cloture"),
    dated_by="frcp.rcp.date",
)
PPS = DocumentType(
    "pps",
    "Programme personnalisé de soins",
    "pps",
    "2025.01",
    FORMATS,
    follows="frcp",
    amended=True,
    short_title="PPS",
    document_title="Programme personnalisé de soins en cancérologie",
    leaves=("en_cours", "complete", "valide", "cloture"),
    reference_date="pps.statut.date_rcp",
    update_reason="pps.statut.motif",
    hand_over="pps.statut.remise",
    references="pps.documents",
    renewed=("pps.statut.motif", "pps.statut.motif_precision", "pps.statut.remise", "pps.statut.remis_par"),
)
NATIONAL_TYPES = (FRCP, PPS)
"""Figure 10 of the specification says in which status each leaves: an FRCP completed, a PPS in progress go to professionals."""


def types() -> Mapping[str, DocumentType]:
    """Every type by its key: the national ones, then what plugins bring."""
    return {found.key: found for found in (*NATIONAL_TYPES, *current().all(DocumentType))}


def type_of(key: str) -> DocumentType | None:
    """A type of document by its key."""
    return types().get(key)


def follower_types() -> tuple[DocumentType, ...]:
    """The types whose documents follow a validated one."""
    return tuple(found for found in types().values() if found.follows)


def starting_types() -> tuple[DocumentType, ...]:
    """The types whose documents are started from a patient's file, after nothing else."""
    return tuple(found for found in types().values() if not found.follows)
