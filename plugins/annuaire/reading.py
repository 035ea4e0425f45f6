"""Reads an extraction file line by line, whatever its size. Pure: no Django.

Files are UTF-8, one header line, cells parted by « | » with one more at the end of each line, and never quoted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from plugins.annuaire.columns import SHAPES, Shape

SEPARATOR = "|"
LONGEST_LINE = 20_000
"""Bytes; the longest lines of the real files have some 2 000."""


class UnreadableExtraction(ValueError):
    """A file that is no extraction; the message is French and says what and where."""


@dataclass(slots=True)
class Table:
    """A file open on its first row: its shape, where the columns are, and what is learned while it is read."""

    stream: BinaryIO
    name: str
    shape: Shape
    width: int
    places: Mapping[str, int]
    line: int = 1
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def rows(self) -> Iterator[dict[str, str] | None]:
        """Each row as field by field, nothing for a line that has not the cells of the header; raises on what is not UTF-8."""
        width, places = self.width, tuple(self.places.items())
        while raw := self._next():
            self.line += 1
            cells = _text(raw, self.name, self.line).split(SEPARATOR)
            if len(cells) == 1 and not cells[0].strip():
                continue
            if cells[-1] == "":
                cells.pop()
            yield {key: cells[place].strip() for key, place in places} if len(cells) == width else None

    def _next(self) -> bytes:
        raw = self.stream.readline(LONGEST_LINE + 1)
        if len(raw) > LONGEST_LINE:
            raise UnreadableExtraction(f"{self.name}, ligne {self.line + 1} : plus de {LONGEST_LINE} caractères")
        self.digest.update(raw)
        return raw


def open_table(stream: BinaryIO, name: str) -> Table:
    """Read the header of a file; raises :class:`UnreadableExtraction` when it is of no known kind or lacks a column."""
    raw = stream.readline(LONGEST_LINE + 1)
    if len(raw) > LONGEST_LINE:
        raise UnreadableExtraction(f"{name} : la première ligne n'est pas un en-tête")
    head = [cell.strip() for cell in _text(raw.removeprefix(b"\xef\xbb\xbf"), name, 1).split(SEPARATOR)]
    while head and not head[-1]:
        head.pop()
    shape = next((shape for shape in SHAPES if shape.known_by in head), None)
    if shape is None:
        expected = ", ".join(f"« {shape.known_by} »" for shape in SHAPES)
        raise UnreadableExtraction(f"{name} : ce n'est pas une extraction connue (aucune colonne {expected})")
    missing = [column for column in shape.needed.values() if head.count(column) != 1]
    if missing:
        raise UnreadableExtraction(f"{name} : colonnes absentes ou en double : {', '.join(f'« {c} »' for c in missing)}")
    places = {key: head.index(column) for key, column in {**shape.needed, **shape.other}.items() if column in head}
    table = Table(stream, name, shape, len(head), places)
    table.digest.update(raw)
    return table


def _text(raw: bytes, name: str, line: int) -> str:
    try:
        text = raw.decode().rstrip("\r\n")
        if "\0" in text:
            raise UnreadableExtraction(f"{name}, ligne {line} : ce n'est pas un texte")
        return text
    except UnicodeDecodeError:
        raise UnreadableExtraction(f"{name}, ligne {line} : ce n'est pas de l'UTF-8") from None
