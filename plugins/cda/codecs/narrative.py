"""Reading narrative: references, tables, and what nobody recognised.

The narrative is what a physician signed; entries are looked at first, the narrative says what they leave unsaid, and whatever
is in neither the entries nor a table we know is kept as it stands (:meth:`Narrative.leftovers`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from lxml.etree import _Element

from plugins.cda.codecs.xml import Q, elements, text_of

EMPTY = frozenset({"", "-", "–", "—"})
"""What a table cell says when it says nothing."""

UNSAID = "Non renseigné"
"""Written where a coded element must exist and no answer was given."""

_LABEL_LENGTH = 200
"""No label is longer: what is longer is an answer."""

_TD, _TH, _TR = Q + "td", Q + "th", Q + "tr"


@lru_cache(maxsize=2048)
def plain(label: str) -> str:
    """A label without case, accents, punctuation or spacing, to recognise it."""
    text = unicodedata.normalize("NFKD", label).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in text if not unicodedata.combining(c))).split())


@dataclass
class Table:
    """One table: titles and column headers, rows of cells, and which cells were understood."""

    element: _Element
    heads: list[list[str]] = field(default_factory=list)
    rows: list[list[_Element]] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)
    _texts: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, element: _Element) -> Table:
        """Read a ``table``; rows made of ``th`` only are headers wherever they stand."""
        table = cls(element)
        for row in element.iter(_TR):
            cells = [cell for cell in elements(row) if cell.tag in (_TD, _TH)]
            if cells and all(cell.tag == _TH for cell in cells):
                table.heads.append([plain(text_of(cell)) for cell in cells])
            elif cells:
                table.rows.append(cells)
        return table

    def titled(self, title: str) -> bool:
        """Whether a header row is this one title."""
        wanted = plain(title)
        return any(len(head) == 1 and head[0] == wanted for head in self.heads)

    def columns(self, names: Iterable[Iterable[str]]) -> list[int | None] | None:
        """Place of each column, given its possible names; nothing when no header row holds the first one."""
        wanted = [[plain(name) for name in column] for column in names]
        for head in self.heads:
            places = [next((head.index(name) for name in column if name in head), None) for column in wanted]
            if places and places[0] is not None:
                return places
        return None

    def find(self, labels: Iterable[str]) -> tuple[int, int] | None:
        """Row and column of the first line that has one of these labels: in its first cell, or after one that spans lines."""
        found = [place for label in labels if (place := self._places.get(plain(label))) is not None]
        return min(found, default=None)

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        for r, row in enumerate(self.rows):
            for c in range(2 if row[0].get("rowspan") and len(row) > 1 else 1):
                text = self.text(r, c)
                if len(text) <= _LABEL_LENGTH:
                    places.setdefault(plain(text), (r, c))
        return places

    def text(self, r: int, c: int) -> str:
        """Text of a cell."""
        key = (r, c)
        if key not in self._texts:
            self._texts[key] = text_of(self.rows[r][c])
        return self._texts[key]

    def told(self) -> str:
        """The rows as lines of text."""
        return "\n".join(" : ".join(text_of(cell) for cell in row) for row in self.rows)

    def row_of(self, cell: _Element) -> int | None:
        """Number of the row that holds an element."""
        while cell is not None and cell.tag != _TR:
            parent = cell.getparent()
            if parent is None:
                return None
            cell = parent
        return next((r for r, cells in enumerate(self.rows) if cells[0].getparent() is cell), None)


class Narrative:
    """The ``text`` of one section."""

    def __init__(self, element: _Element | None) -> None:
        self.element = element
        self.known = False
        """Set by who takes the whole text."""
        self.understood: list[_Element | None] = []
        """Elements outside tables that were read."""

    @cached_property
    def _anchors(self) -> dict[str, _Element]:
        if self.element is None:
            return {}
        return {anchor: item for item in self.element.iter("*") if (anchor := item.get("ID"))}

    @cached_property
    def pointed(self) -> frozenset[str]:
        """Names of the anchors that entries of the section point to."""
        section = self.element.getparent() if self.element is not None else None
        if section is None:
            return frozenset()
        return frozenset(name[1:] for item in section.iter(Q + "reference") if (name := item.get("value") or "").startswith("#"))

    @cached_property
    def tables(self) -> list[Table]:
        """Tables, in order."""
        return [] if self.element is None else [Table.of(table) for table in self.element.iter(Q + "table")]

    def anchored(self, reference: str | None) -> _Element | None:
        """The element a ``#reference`` points to; nothing for a dead link."""
        return self._anchors.get(reference[1:]) if reference and reference.startswith("#") else None

    def resolve(self, reference: str | None) -> str:
        """Text a reference points to; empty for a dead link, or where it says nothing."""
        text = self.words(reference)
        return "" if text in EMPTY or text == UNSAID else text

    def words(self, reference: str | None) -> str:
        """As :meth:`resolve`, placeholders included.

        An anchor that holds nothing marks the cell it stands in: its text is the cell's.
        """
        anchor = self.anchored(reference)
        if anchor is None:
            return ""
        text = text_of(anchor)
        parent = anchor.getparent()
        return text_of(parent) if not text and parent is not None and parent.tag in (_TD, _TH) else text

    def table_of(self, anchor: _Element | None) -> Table | None:
        """The table around an anchor."""
        if anchor is None:
            return None
        around = next(anchor.iterancestors(Q + "table"), None)
        return next((table for table in self.tables if table.element is around), None)

    def set_aside(self, title: str) -> Table | None:
        """Take the table of that title out of the text."""
        found = next((table for table in self.tables if table.titled(title)), None)
        parent = found.element.getparent() if found is not None else None
        if found is None or parent is None:
            return None
        self.tables.remove(found)
        parent.remove(found.element)
        return found

    def whole(self) -> str:
        """The whole text; when it is laid out in tables, that of their cells, headers left out."""
        self.known = True
        if self.element is None:
            return ""
        if not self.tables:
            return text_of(self.element)
        cells = [text_of(cell) for table in self.tables for row in table.rows for cell in row]
        return "\n".join(cell for cell in cells if cell not in EMPTY)

    def leftovers(self) -> str:
        """Text nobody understood, one line for each row or paragraph."""
        if self.element is None or self.known:
            return ""
        lines = [line for table in self.tables for line in _unseen(table)]
        outside = [self.element.text or ""]
        for item in elements(self.element):
            if item.tag not in (Q + "table", Q + "br") and item not in self.understood:
                outside.append(text_of(item))
            outside.append(item.tail or "")
        lines.extend(" ".join(text.split()) for text in outside)
        return "\n".join(line for line in lines if line and line != UNSAID)


def _unseen(table: Table) -> Iterator[str]:
    """Cells nobody understood, after the label of their line when that one was."""
    for r, row in enumerate(table.rows):
        texts = [text for c in range(len(row)) if (r, c) not in table.seen and (text := table.text(r, c)) not in EMPTY]
        if texts and len(row) > 1 and (r, 0) in table.seen:
            texts.insert(0, table.text(r, 0))
        if texts:
            yield " | ".join(texts)
