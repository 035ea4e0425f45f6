"""« Qui reçoit quoi »: figure 10 in the words of these pages, for the help of clinicians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.words import IDENTITY, STATUS, Sign


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: signs of statuses and identities, and words for the rest."""

    statuses: Sequence[Sign]
    recipients: Sequence[str]
    automatic: Sequence[str]
    on_request: bool
    identities: Sequence[Sign]
    exceptions: Sequence[Sign]
    formats: str
    channel: str


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """The lines of one type of document."""

    title: Any
    rows: Sequence[Row]


def policy_tables() -> Sequence[PolicyTable]:
    """A table per type of document, in the order of the specification."""
    lines = exchange.figure_lines()
    return [
        PolicyTable(_title(document), [_row(line) for line in lines if line.document == document])
        for document in dict.fromkeys(line.document for line in lines)
    ]


def _title(document: str) -> str:
    kind = documents.type_of(document)
    if kind is None:
        return document.upper()
    return f"{kind.short_title} – {kind.title}" if kind.short_title else kind.title


def _row(line: exchange.FigureLine) -> Row:
    return Row(
        [STATUS[status] for status in line.statuses],
        line.recipient_words,
        line.automatic_words,
        len(line.automatic) < len(line.recipients),
        [IDENTITY[one] for one in line.identities if one not in line.continuity],
        [IDENTITY[one] for one in line.continuity],
        line.format_words,
        line.channel_words,
    )
