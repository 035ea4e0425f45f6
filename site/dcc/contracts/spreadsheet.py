"""Tables for spreadsheets (CSV), in which no cell is a formula whatever somebody typed. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARKED = "\ufeff"
"""The mark by which spreadsheets know UTF-8."""
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Rows as lines of a French spreadsheet: UTF-8 with its mark, semicolons; a cell that would be a formula starts by « ' »."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield MARKED
    for row in rows:
        writer.writerow([_inert(str(cell)) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS) or cell.startswith(_STARTS) else cell
