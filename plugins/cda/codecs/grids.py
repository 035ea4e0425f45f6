"""Tables with a line for each row of a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.cells import Cell, Said
from plugins.cda.codecs.layout import start_table, title_row
from plugins.cda.codecs.narrative import Table
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Grid:
    """A table with a line for each row of a group and a column for each value.

    ``former_title`` is the 2022.01 title over columns without names; ``told`` rows may be read whole when there is no entry.
    """

    group: str
    columns: tuple[Cell | Said, ...]
    title: str = ""
    former_title: str = ""
    told: bool = True

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the table when there are rows."""
        rows = values.get(self.group)
        if not rows:
            return
        table = start_table(text)
        head = title_row(table, self.title, len(self.columns)) if self.title else add(table, "thead")
        line = add(head, "tr")
        for column in self.columns:
            add(line, "th", {"align": "left"}, column.label)
        body = add(table, "tbody")
        for number, row in enumerate(rows, 1):
            tr = add(body, "tr")
            with out.at_row(number):
                for column in self.columns:
                    column.encode(row["values"], add(tr, "td"), out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Read whole rows when the section has no entry for them."""
        located = self._locate(inp) if self.told and self.group not in found else None
        if located is None:
            return
        table, places = located
        rows: list[dict[str, Any]] = []
        for r in range(len(table.rows)):
            inner: Found = {}
            with inp.next_row(self.group):
                self._read_row(table, r, places, inp, inner)
            if inner:
                rows.append({"id": inp.row_id(self.group, len(rows) + 1), "values": inner})
        if rows:
            found[self.group] = rows

    def complete(self, inner: Found, anchor: _Element | None, number: int, inp: Reading) -> None:
        """Add what only the table says of one row: the line around its anchor, or the one of the same rank."""
        located = self._locate(inp, inp.narrative.table_of(anchor))
        if located is None:
            return
        table, places = located
        r = table.row_of(anchor) if anchor is not None else None
        if r is None and number <= len(table.rows):
            r = number - 1
        if r is not None:
            self._read_row(table, r, places, inp, inner)

    def _locate(self, inp: Reading, around: Table | None = None) -> tuple[Table, Sequence[int | None]] | None:
        tables = [around] if around is not None else inp.narrative.tables
        names = [column.labels for column in self.columns]
        for table in tables:
            places = table.columns(names)
            if places is not None:
                return table, places
        for table in tables:  # 2022.01: a title over columns without names
            if self.former_title and table.titled(self.former_title) and table.rows and len(table.rows[0]) == len(self.columns):
                return table, range(len(self.columns))
        return None

    def _read_row(self, table: Table, r: int, places: Sequence[int | None], inp: Reading, inner: Found) -> None:
        cells = table.rows[r]
        for column, place in zip(self.columns, places, strict=True):
            if place is not None and place < len(cells) and column.decode(table.text(r, place), inp, inner):
                table.seen.add((r, place))
