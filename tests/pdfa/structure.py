"""Text of a tagged PDF in the order of its structure, read by ourselves: ``pdfinfo -struct-text`` draws the whole page again for
each element, which takes a minute of a long file. A test holds this reader to poppler's on shorter files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf

_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end(?:bfchar|bfrange)", re.DOTALL)
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f]*)>")
Marks = Mapping[int, str]
"""Number of a marked content of a page -> its text."""


def read_structure(path: Path) -> str:
    """Text of all that the structure reaches, its parts apart by spaces."""
    with pikepdf.open(path) as pdf:
        marks = {page.objgen: _marks(page) for page in pdf.pages}
        root: Any = pdf.Root.StructTreeRoot
        return " ".join(_texts(root.K, None, marks))


def _texts(kids: Any, page: Any, marks: Mapping[Any, Marks]) -> Iterator[str]:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            own = kid.get("/Pg", page)
            yield from _texts(kid.MCID if "/MCID" in kid else kid.get("/K", pikepdf.Array()), own, marks)
        elif page is not None:
            yield marks[page.objgen].get(int(kid), "")


def _marks(page: pikepdf.Page) -> Marks:
    found: dict[int, str] = defaultdict(str)
    fonts = {str(name): _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    stack: list[int | None] = []
    letters: Mapping[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BMC", "BDC"):
            stack.append(int(operands[1]["/MCID"]) if len(operands) > 1 and "/MCID" in operands[1] else None)
        elif name == "EMC":
            stack.pop()
        elif name == "Tf":
            letters = fonts[str(operands[0])]
        elif name in ("Tj", "TJ") and (mark := next((one for one in reversed(stack) if one is not None), None)) is not None:
            found[mark] += _shown(operands[0], letters)
    return found


def _shown(operand: Any, letters: Mapping[int, str]) -> str:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = [bytes(part) for part in parts if isinstance(part, pikepdf.String)]
    return "".join(letters[int.from_bytes(code[i : i + 2])] for code in codes for i in range(0, len(code), 2))


def _letters(font: Any) -> Mapping[int, str]:
    """What each code of a font says, by its Unicode map (codes of two bytes)."""
    found: dict[int, str] = {}
    for kind, block in _BLOCK.findall(font.ToUnicode.read_bytes()):
        values = [bytes.fromhex(value.decode()) for value in _HEXADECIMAL.findall(block)]
        if kind == b"bfchar":
            found |= {int.from_bytes(a): b.decode("utf-16-be") for a, b in zip(values[::2], values[1::2], strict=True)}
        else:
            raise NotImplementedError("bfrange")
    return found
