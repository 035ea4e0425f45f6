"""Narrative, both ways: fact sheets, grids of rows, notes and plain text, declared once and written or read back.

A block shows what it is told to show. Reading it back only fills answers that the entries left unsaid (dead links, sections
without entries): a coded entry always has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lxml.etree import _Element

from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.layout import start_table, title_row
from plugins.cda.codecs.narrative import EMPTY, UNSAID, Table
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, text_of, write_text

Values = Mapping[str, Any]


class Block(Protocol):
    """One part of a section's narrative."""

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Append what there is to show; nothing when there is nothing."""

    def decode(self, inp: Reading, found: Found) -> None:
        """Add to ``found`` what only the narrative says."""


@dataclass(frozen=True)
class Row:
    """A labelled line of a fact sheet. It is shown when one of its cells has a value, or ``always``."""

    label: str
    cells: tuple[Cell, ...]
    always: bool | Callable[[Values], bool] = False
    aliases: tuple[str, ...] = ()

    def is_always(self, values: Values) -> bool:
        """Whether the line is shown even without value."""
        return self.always if isinstance(self.always, bool) else self.always(values)


def fact(
    label: str,
    key: str,
    anchor: str = "",
    *,
    always: bool | Callable[[Values], bool] = False,
    aliases: tuple[str, ...] = (),
) -> Row:
    """A line with one value; an ``always`` line keeps its anchor."""
    return Row(label, (Cell(key, anchor, kept=bool(always)),), always, aliases)


@dataclass(frozen=True)
class Facts:
    """A table of labelled lines, with an optional title that entries may point to."""

    rows: tuple[Row, ...]
    title: str = ""
    title_anchor: str = ""
    ignored: tuple[str, ...] = ()

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the table when a line is to be shown."""
        shown = [row for row in self.rows if row.is_always(values) or any(values.get(cell.key) is not None for cell in row.cells)]
        if not shown:
            return
        width = 1 + max(len(row.cells) for row in shown)
        table = start_table(text)
        if self.title:
            title_row(table, self.title, width, out.anchor(self.title_anchor))
        body = add(table, "tbody")
        for row in shown:
            self._encode_row(row, values, add(body, "tr"), width, out)

    def _encode_row(self, row: Row, values: Values, tr: _Element, width: int, out: Writing) -> None:
        add(tr, "td", text=row.label)
        span = width - len(row.cells)
        for number, cell in enumerate(row.cells):
            last = number == len(row.cells) - 1
            td = add(tr, "td", {"colspan": str(span)} if last and span > 1 else None)
            cell.encode(values, td, out, unsaid=UNSAID if number == 0 else "")

    def decode(self, inp: Reading, found: Found) -> None:
        """Read the lines of the table that bears the title; without it, those of tables without header (of any, for no title)."""
        tables = inp.narrative.tables
        titled = [table for table in tables if table.titled(self.title)] if self.title else tables
        for table in titled or [table for table in tables if not table.heads]:
            self.read_table(table, inp, found)

    def read_table(self, table: Table, inp: Reading, found: Found) -> None:
        """Read every line this table has."""
        for row in self.rows:
            place = table.find((row.label, *row.aliases))
            if place is None:
                continue
            r, c = place
            table.seen.update((r, i) for i in range(c + 1))
            for cell, at in zip(row.cells, range(c + 1, len(table.rows[r])), strict=False):
                if cell.decode(table.text(r, at), inp, found):
                    table.seen.add((r, at))
        for label in self.ignored:
            place = table.find((label,))
            if place is not None:
                table.seen.update((place[0], i) for i in range(len(table.rows[place[0]])))


@dataclass(frozen=True)
class SheetPerRow:
    """One fact sheet for each row of a group (a tumour each)."""

    group: str
    sheet: Facts
    least: int = 0

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write a table for each row."""
        rows = values.get(self.group) or [{"values": {}}] * self.least
        for number, row in enumerate(rows, 1):
            with out.at_row(number):
                self.sheet.encode(row["values"], text, out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Nothing: rows are completed where their entries are read."""

    def complete(self, inner: Found, anchor: _Element | None, number: int, inp: Reading) -> None:
        """Add what only the table says of one row: the table around its anchor, or the one of the same rank."""
        tables = inp.narrative.tables
        table = inp.narrative.table_of(anchor) or (tables[number - 1] if number <= len(tables) else None)
        if table is not None:
            self.sheet.read_table(table, inp, inner)


@dataclass(frozen=True)
class Note:
    """A titled box with one value, and sometimes a second one that goes with it."""

    title: str
    cells: tuple[Cell, ...]
    aliases: tuple[str, ...] = ()

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the box when there is something in it."""
        shown = [cell for cell in self.cells if values.get(cell.key) is not None]
        if not shown:
            return
        table = start_table(text)
        title_row(table, self.title, len(shown))
        tr = add(add(table, "tbody"), "tr")
        for cell in self.cells if len(shown) == len(self.cells) else shown:
            cell.encode(values, add(tr, "td"), out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Read the box that bears the title."""
        for table in inp.narrative.tables:
            if any(table.titled(title) for title in (self.title, *self.aliases)) and table.rows:
                for place, cell in enumerate(self.cells[: len(table.rows[0])]):
                    if cell.decode(table.text(0, place), inp, found):
                        table.seen.add((0, place))
                return


@dataclass(frozen=True)
class Line:
    """A table of one line, with a column for each value."""

    cells: tuple[Cell, ...]

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the table when there is a value."""
        if all(values.get(cell.key) is None for cell in self.cells):
            return
        table = start_table(text)
        head = add(add(table, "thead"), "tr")
        for cell in self.cells:
            add(head, "th", {"align": "left"}, cell.label)
        tr = add(add(table, "tbody"), "tr")
        for cell in self.cells:
            cell.encode(values, add(tr, "td"), out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Read the first line of the table that has these columns."""
        for table in inp.narrative.tables:
            places = table.columns([cell.labels for cell in self.cells])
            if places is None or not table.rows:
                continue
            for cell, place in zip(self.cells, places, strict=True):
                if place is not None and place < len(table.rows[0]) and cell.decode(table.text(0, place), inp, found):
                    table.seen.add((0, place))
            return


@dataclass(frozen=True)
class Paragraphs:
    """A paragraph for each value: its label, then the value at its anchor."""

    cells: tuple[Cell, ...]

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the paragraphs there is something to say in, or whose anchor entries point to."""
        for cell in self.cells:
            if cell.kept or values.get(cell.key) is not None:
                paragraph = add(text, "paragraph")
                write_text(paragraph, f"{cell.label}\u00a0: ")
                cell.encode(values, paragraph, out, unsaid=UNSAID)

    def decode(self, inp: Reading, found: Found) -> None:
        """Read the paragraphs that hold these anchors."""
        for cell in self.cells:
            anchor = inp.narrative.anchored(f"#{cell.anchor}")
            if anchor is not None and cell.decode(text_of(anchor), inp, found):
                inp.narrative.understood.append(anchor.getparent())


@dataclass(frozen=True)
class Plain:
    """A section whose whole text is one answer."""

    key: str

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the text itself."""
        value = values.get(self.key)
        if value is not None:
            write_text(text, value)

    def decode(self, inp: Reading, found: Found) -> None:
        """Take the whole text, or the cells when it was laid out in a table."""
        text = inp.narrative.whole()
        if text not in EMPTY and text != UNSAID:
            found.update(inp.take(self.key, text))
