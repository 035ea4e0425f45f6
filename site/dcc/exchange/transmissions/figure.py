"""Figure 10 as the specification prints it: its allowed cells gathered into lines, in words. Pure, made from the table.

The admin page, the help of clinicians and the page that sends all show these lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dcc.exchange.transmissions.policy import (
    DOCUMENT_STATUSES,
    DOCUMENT_TYPES,
    FIGURE_10,
    IDENTITY_STATUSES,
    N1,
    N3,
    PDF,
    RECIPIENT_KINDS,
    RECIPIENT_LABELS,
    Cell,
    DocumentStatus,
    IdentityStatus,
    RecipientKind,
)

FORMAT_WORDS: Mapping[str, str] = {N3: "CDA R2 N3", N1: "CDA R2 N1", PDF: "PDF/A-1"}
CHANNEL_WORDS: Mapping[str, str] = {"mss": "MSSanté", "dmp": "DMP (Pro Santé Connect)"}
TO_PATIENT = "MSSanté citoyenne"


@dataclass(frozen=True, slots=True)
class FigureLine:
    """What figure 10 says at once of some statuses and recipients of a document.

    ``identities`` are all the statuses of identity it allows, ``continuity`` those for which a reason is asked; ``automatic``
    are the recipients (of ``recipients``) to whom it goes by itself once the identity is qualified.
    """

    document: str
    statuses: Sequence[DocumentStatus]
    recipients: Sequence[RecipientKind]
    identities: Sequence[IdentityStatus]
    continuity: Sequence[IdentityStatus]
    automatic: Sequence[RecipientKind]
    formats: Sequence[str]
    channel: str
    sources: Sequence[str]

    @property
    def recipient_words(self) -> Sequence[str]:
        """The recipients in words."""
        return [RECIPIENT_LABELS[kind] for kind in self.recipients]

    @property
    def automatic_words(self) -> Sequence[str]:
        """Those to whom it goes by itself, in words."""
        return [RECIPIENT_LABELS[kind] for kind in self.automatic]

    @property
    def format_words(self) -> str:
        """« CDA R2 N3, CDA R2 N1, PDF/A-1 »."""
        return format_words(self.formats)

    @property
    def channel_words(self) -> str:
        """How it travels."""
        return channel_words(self.channel, self.recipients[0])


def format_words(formats: Sequence[str]) -> str:
    """Formats in words."""
    return ", ".join(FORMAT_WORDS.get(one, one) for one in formats)


def sent_format_words(channel: str, formats: Sequence[str]) -> str:
    """What leaves, as the recipient gets it: by mail an envelope of CDA, and the PDF/A-1 beside it (mss_hl7.md §2)."""
    if channel != "mss":
        return format_words(formats)
    return f"enveloppe XDM ({format_words([one for one in formats if one != PDF])}) et PDF/A-1"


def channel_words(channel: str, recipient: str) -> str:
    """How a channel is called when it leads to this kind of recipient."""
    return TO_PATIENT if (channel, recipient) == ("mss", "patient") else CHANNEL_WORDS.get(channel, channel)


def figure_lines() -> Sequence[FigureLine]:
    """The 37 allowed cells, gathered, in the order of the specification."""
    return [line for document in DOCUMENT_TYPES for line in _of(document)]


def _of(document: str) -> Iterator[FigureLine]:
    alike: dict[object, dict[DocumentStatus, list[RecipientKind]]] = {}
    for status in DOCUMENT_STATUSES:
        by_cells: dict[object, list[RecipientKind]] = {}
        for kind in RECIPIENT_KINDS:
            cells = _identities(document, status, kind)
            if cells:
                by_cells.setdefault(_shape(cells, kind), []).append(kind)
        for shape, kinds in by_cells.items():
            alike.setdefault((shape, tuple(kinds), _automatic(document, status, kinds)), {})[status] = kinds
    for statuses in sorted(alike.values(), key=_order):
        yield _line(document, statuses)


def _identities(document: str, status: str, kind: str) -> dict[IdentityStatus, Cell]:
    found = ((identity, FIGURE_10.get((document, status, identity, kind))) for identity in IDENTITY_STATUSES)
    return {identity: cell for identity, cell in found if cell is not None}


def _automatic(document: str, status: str, kinds: Sequence[RecipientKind]) -> tuple[RecipientKind, ...]:
    return tuple(kind for kind in kinds if any(cell.automatic for cell in _identities(document, status, kind).values()))


def _shape(cells: Mapping[IdentityStatus, Cell], kind: str) -> object:
    """What two recipients must share to stand on one line; whether it is sent by itself is told apart, recipient by recipient."""
    return tuple((i, channel_words(cell.channel, kind), cell.formats, cell.continuity) for i, cell in cells.items())


def _order(statuses: Mapping[DocumentStatus, Sequence[RecipientKind]]) -> tuple[int, int]:
    validated = "valide" in statuses  # the specification prints « validé » last
    return int(validated), min(RECIPIENT_KINDS.index(kind) for kinds in statuses.values() for kind in kinds)


def _line(document: str, statuses: Mapping[DocumentStatus, Sequence[RecipientKind]]) -> FigureLine:
    status, kinds = next(iter(statuses.items()))
    first = _identities(document, status, kinds[0])
    one = next(iter(first.values()))
    return FigureLine(
        document,
        tuple(statuses),
        tuple(kinds),
        tuple(first),
        tuple(identity for identity, cell in first.items() if cell.continuity),
        _automatic(document, status, kinds),
        one.formats,
        one.channel,
        tuple(sorted({cell.source for kind in kinds for cell in _identities(document, status, kind).values()})),
    )
