"""The INS datamatrix as a drawing: a square Data Matrix ECC 200 made by libdmtx, given as one SVG path of horizontal runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pylibdmtx.pylibdmtx import encode

MODULE_MM = 0.5
"""Side of a module. 0.4 mm is the least that a scan of paper still gives back well (measured on 38 degraded page images)."""
QUIET = 2
"""Quiet modules on each side; the standard asks for one."""
_SCHEMES = ("Ascii", "C40")
"""ASCII packs digits by two, C40 capitals three by two: long names are smaller in C40. libdmtx's own mixed choice (AutoBest)
cannot be reached through pylibdmtx, which looks it up under the name « Autobest »."""
_PIXELS, _MARGIN = 5, 10
"""libdmtx draws a module as 5 x 5 pixels inside a margin of 10."""

Matrix = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawn symbol. ``path`` is in modules, quiet zone included; ``modules`` is the side of the symbol without it."""

    modules: int
    path: str

    @property
    def side(self) -> int:
        """Side of the drawing in modules, quiet zone included."""
        return self.modules + 2 * QUIET

    @property
    def size_mm(self) -> float:
        """Side of the drawing in millimetres, quiet zone included."""
        return self.side * MODULE_MM


def symbol_of(payload: str) -> Symbol:
    """Draw ``payload`` (ASCII) in the smallest square symbol."""
    matrix = min((_matrix(payload, scheme) for scheme in _SCHEMES), key=len)
    return Symbol(len(matrix), " ".join(_runs(matrix)))


def _matrix(payload: str, scheme: str) -> Matrix:
    image = encode(payload.encode("ascii"), scheme=scheme, size="SquareAuto")
    stride, step = image.width * 3, _PIXELS * 3
    first, last = _MARGIN + _PIXELS // 2, image.width - _MARGIN
    rows = (image.pixels[y * stride : (y + 1) * stride] for y in range(first, last, _PIXELS))
    return [[row[x] < 128 for x in range(first * 3, last * 3, step)] for row in rows]


def _runs(matrix: Matrix) -> Iterator[str]:
    for y, row in enumerate(matrix, QUIET):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            length = next((n for n in range(1, len(row) - x) if not row[x + n]), len(row) - x)
            yield f"M{x + QUIET} {y}h{length}v1h-{length}z"
            x += length
