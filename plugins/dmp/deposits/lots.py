"""The lot in which a document travels: its metadata from its own header, who sees it, what it replaces. Pure.

What the DMP wants of the lot itself (author, source, kind of activity) is added where the request is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from dcc.contracts.xds import Code, DocumentEntry, Submission
from plugins.dmp.deposits.visibility import LABELS, SCHEME

NORMAL = Code("N", "2.16.840.1.113883.5.25", "Normal")
TITLE_LENGTH = 128


def entry_of(cda: bytes, codes: Sequence[str], *, replaces: str = "") -> DocumentEntry:
    """Metadata of a document that is seen as ``codes`` say, in place of ``replaces`` (an entryUUID).

    Raises ``Refused`` (``not_conformant``) when the header leaves out what the DMP cannot do without.
    """
    described = xds.describe(cda)
    left_out = [*xds.missing(described), *([f"titre de {TITLE_LENGTH} caractères au plus"] if too_long(described) else [])]
    if left_out:
        raise Refused(f"Métadonnées incomplètes pour le DMP : {', '.join(left_out)}", cause="not_conformant")
    return replace(described, confidentiality=confidentiality(codes), replaces=replaces)


def too_long(entry: DocumentEntry) -> bool:
    """A title is not cut blindly (dmp_psc.md §1.6)."""
    return len(entry.title) > TITLE_LENGTH


def confidentiality(codes: Sequence[str]) -> tuple[Code, ...]:
    """« N », and who does not see it."""
    return (NORMAL, *(Code(code, SCHEME, LABELS[code]) for code in codes))


def lot_of(entries: Sequence[DocumentEntry], *, unique_id: str, at: datetime) -> Submission:
    """The lot; ``unique_id`` is its own OID."""
    return xds.submission(entries, submitted_at=at, unique_id=unique_id)
