"""What an encoding knows: the document, unique identifiers, anchors of the narrative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from dcc.contracts.care.days import PARIS, day_of
from dcc.contracts.snapshots import DocumentSnapshot
from forms_config.schema.model import Question

Values = Mapping[str, object]


@dataclass
class Writing:
    """State of one encoding.

    ``questions`` are the catalogue's, by key; ``regional`` holds the extra rows (label, text) of each catalogue section;
    ``pdf`` is the copy to embed, when there is one; ``as_of`` the moment of the rendering, which decides what is done. ``row``
    and ``item`` number the current row of a group and the current value of a list: anchors are made of them.
    """

    document: DocumentSnapshot
    questions: Mapping[str, Question]
    regional: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    pdf: bytes | None = None
    as_of: datetime | None = None
    row: int = 0
    item: int = 0
    path: str = ""
    _given: int = 0

    @property
    def day(self) -> date:
        """The day of the rendering, in Paris; that of the document's content when no moment was given."""
        moment = self.as_of or self.document.effective_time
        return day_of(moment if moment.tzinfo else moment.replace(tzinfo=PARIS))

    def entry_id(self, name: str) -> str:
        """A new identifier: upper-case UUID v5 of the rendition and the path of the element (``name`` and a running number)."""
        self._given += 1
        return str(uuid5(self.document.rendition_id, f"{self.path}/{name}/{self._given}")).upper()

    def anchor(self, pattern: str) -> str:
        """An ``ID`` of the narrative: the pattern with ``{n}`` the row and ``{m}`` the item, both from 1."""
        return pattern.format(n=self.row, m=self.item) if "{" in pattern else pattern

    @contextmanager
    def at_row(self, number: int) -> Iterator[None]:
        """Number the row of a group while it is written."""
        former, self.row = self.row, number
        try:
            yield
        finally:
            self.row = former


def document_oid(*parts: object) -> str:
    """An OID of our own for a document: ``2.25.`` and the UUID v5 of what it is derived from (ITU-T X.667)."""
    return f"2.25.{uuid5(OWN, '/'.join(str(part) for part in parts)).int}"


OWN = UUID("6f0f5f0e-8a53-5d0c-9a3e-0d6a4b1c7e21")
"""Namespace of the identifiers this plugin makes; never changes."""
