"""What may be sent to whom: the table of figure 10 (CDC §2.3.3), pure. Code, tests, admin page and help read this one table.

2 documents x 4 statuses x 4 statuses of identity x 5 recipients: 160 cells, 37 of them allowed (R-160...R-168). A cell says the
formats that the envelope holds at least and the channel, whether the reason « continuité des soins » is asked (R-169), and
whether it is sent by itself as soon as document and identity are there (R-033, R-035, R-196...R-198) or when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

RecipientKind = Literal["dcc", "ps", "pdc", "dmp", "patient"]
Channel = Literal["mss", "dmp"]
DocumentStatus = Literal["en_cours", "complete", "valide", "cloture"]
IdentityStatus = Literal["provisoire", "recuperee", "validee", "qualifiee"]

DOCUMENT_TYPES = ("frcp", "pps")
DOCUMENT_STATUSES: tuple[DocumentStatus, ...] = get_args(DocumentStatus)
IDENTITY_STATUSES: tuple[IdentityStatus, ...] = get_args(IdentityStatus)
RECIPIENT_KINDS: tuple[RecipientKind, ...] = get_args(RecipientKind)

RECIPIENT_LABELS: Mapping[RecipientKind, str] = {
    "dcc": "Système DCC tiers",
    "ps": "Professionnels hospitaliers et libéraux",
    "pdc": "Plateforme de données en cancérologie (PDC)",
    "dmp": "DMP",
    "patient": "Patient (Mon espace santé)",
}
DOCUMENT_LABELS = {"frcp": "FRCP", "pps": "PPS"}
STATUS_LABELS: Mapping[DocumentStatus, str] = {
    "en_cours": "En cours",
    "complete": "Complété",
    "valide": "Validé",
    "cloture": "Clôturé",
}
IDENTITY_LABELS: Mapping[IdentityStatus, str] = {
    "provisoire": "Provisoire",
    "recuperee": "Récupérée",
    "validee": "Validée",
    "qualifiee": "Qualifiée",
}
N3, N1, PDF = "cda-n3", "cda-n1", "pdf-a1"
ENVELOPE = (N3, N1, PDF)


@dataclass(frozen=True, slots=True)
class Cell:
    """An allowed cell. ``formats``: what figure 10 asks for, at least; ``automatic``: nobody has to ask."""

    channel: Channel
    formats: tuple[str, ...]
    continuity: bool = False
    automatic: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    document: str
    statuses: tuple[DocumentStatus, ...]
    recipients: tuple[RecipientKind, ...]
    channel: Channel
    formats: tuple[str, ...]
    any_identity: bool
    automatic: bool
    source: str


_ROWS = (
    _Row("frcp", ("complete",), ("dcc", "ps"), "mss", ENVELOPE, any_identity=True, automatic=False, source="R-160"),
    _Row("frcp", ("valide",), ("dcc",), "mss", ENVELOPE, any_identity=True, automatic=False, source="R-161"),
    _Row("frcp", ("valide",), ("ps",), "mss", ENVELOPE, any_identity=True, automatic=True, source="R-161"),
    _Row("frcp", ("valide",), ("pdc",), "mss", ENVELOPE, any_identity=False, automatic=True, source="R-162"),
    _Row("frcp", ("valide",), ("dmp",), "dmp", (N3,), any_identity=False, automatic=True, source="R-162"),
    _Row(
        "pps", ("en_cours", "complete", "cloture"), ("ps",), "mss", ENVELOPE, any_identity=True, automatic=False, source="R-163"
    ),
    _Row("pps", ("valide",), ("ps",), "mss", (N3, N1), any_identity=True, automatic=True, source="R-164"),
    _Row("pps", ("valide",), ("pdc",), "mss", ENVELOPE, any_identity=False, automatic=True, source="R-165"),
    _Row("pps", ("valide",), ("dmp",), "dmp", (N3,), any_identity=False, automatic=True, source="R-166"),
    _Row("pps", ("valide",), ("patient",), "mss", ENVELOPE, any_identity=False, automatic=True, source="R-167"),
)

Key = tuple[str, DocumentStatus, IdentityStatus, RecipientKind]


def _cells() -> Iterator[tuple[Key, Cell]]:
    for row in _ROWS:
        for status, recipient, identity in product(row.statuses, row.recipients, IDENTITY_STATUSES):
            qualified = identity == "qualifiee"
            if row.any_identity or qualified:
                cell = Cell(row.channel, row.formats, not qualified, row.automatic and qualified, row.source)
                yield (row.document, status, identity, recipient), cell


FIGURE_10: Mapping[tuple[str, str, str, str], Cell] = dict(_cells())
"""The allowed cells; what is not in it is refused."""


def cell_of(document: str, status: str, identity: str, recipient: str) -> Cell | None:
    """The cell, or nothing when figure 10 refuses; raises ``KeyError`` for a value that is on none of its axes."""
    axes = ((document, DOCUMENT_TYPES), (status, DOCUMENT_STATUSES), (identity, IDENTITY_STATUSES), (recipient, RECIPIENT_KINDS))
    for value, axis in axes:
        if value not in axis:
            raise KeyError(value)
    return FIGURE_10.get((document, status, identity, recipient))


def all_cells() -> Iterator[tuple[Key, Cell | None]]:
    """The 160 cells in order, with what each says."""
    for key in product(DOCUMENT_TYPES, DOCUMENT_STATUSES, IDENTITY_STATUSES, RECIPIENT_KINDS):
        yield key, FIGURE_10.get(key)


def refusal(document: str, status: str, identity: str, recipient: str) -> str:
    """Why figure 10 refuses a cell, and what it would allow, in French; empty for an allowed cell. Raises as :func:`cell_of`."""
    if cell_of(document, status, identity, recipient) is not None:
        return ""
    what, to = DOCUMENT_LABELS[document], RECIPIENT_LABELS[recipient]  # type: ignore[index]  # the axes were checked
    allowed = [key for key in FIGURE_10 if key[0] == document and key[3] == recipient]
    if not allowed:
        return f"{to} : un {what} ne lui est jamais transmis (CDC, figure 10)"
    statuses = _listed(STATUS_LABELS[s] for s in DOCUMENT_STATUSES if any(key[1] == s for key in allowed))
    if all(key[1] != status for key in allowed):
        return f"{to} : un {what} ne lui est transmis qu'au statut {statuses} ; il est « {STATUS_LABELS[status]} »"  # type: ignore[index]  # the same
    return f"{to} : un {what} ne lui est transmis qu'avec une identité qualifiée ; elle est « {IDENTITY_LABELS[identity]} »"  # type: ignore[index]  # the same


def _listed(labels: Iterator[str]) -> str:
    words = [f"« {label} »" for label in labels]
    return " ou ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
