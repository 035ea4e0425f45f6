"""What a tagged PDF must be, looked for by another library than the one that tagged it (ISO 19005-1, 6.8 and 6.3.8, by clause).

Not a whole validator of level A: no independent one is at hand (decision 0186). What a machine can decide is looked at here, and
``pdfinfo -struct-text`` gives the text in the order of the structure.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

STANDARD = {
    *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private"),
    *("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody"),
    *("TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula", "Form"),
}
"""Standard structure types of PDF 1.4."""
_SHOWS = {"Tj", "TJ", "'", '"', "Do"}


def tag_faults(path: Path) -> list[str]:
    """What is wrong with the tags of a file; empty when nothing is."""
    with pikepdf.open(path) as pdf:
        return [*_catalog(pdf), *_elements(pdf), *_fonts(pdf), *_content(pdf)]


def structure_text(path: Path) -> str:
    """Text of a tagged file in the order of its structure, as poppler follows it."""
    command = ["pdfinfo", "-struct-text", str(path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    return " ".join(line.strip()[1:-1] for line in lines if line.strip().startswith('"'))


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "6.8.2.1 not marked"
    if str(root.get("/Lang", "")) != "fr":
        yield "6.8.4 language not told"


def _elements(pdf: pikepdf.Pdf) -> Iterator[str]:
    for element in _tree(pdf):
        kind = str(element.S)[1:]
        if kind not in STANDARD:
            yield f"6.8.3.4 {kind} is no standard type"
        if kind == "Figure" and "/Alt" not in element:
            yield "6.8.5 a figure without words"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    fonts = {str(font.BaseFont): font for page in pdf.pages for font in page.resources.get("/Font", {}).values()}
    yield from (f"6.3.8 {name} has no Unicode map" for name, font in fonts.items() if "/ToUnicode" not in font)


def _content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Text out of any mark, and marks that the structure does not reach."""
    reached = {element.objgen for element in _tree(pdf)}
    numbers: Any = pdf.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for rank, page in enumerate(pdf.pages, 1):
        of_page = owners[int(page.StructParents)]
        for mark in _marks(page):
            if mark is None:
                yield f"6.8.2.2 text without a mark on page {rank}"
            elif mark >= 0 and (of_page[mark] is None or of_page[mark].objgen not in reached):
                yield f"6.8.3.1 content {mark} of page {rank} is out of the structure"


def _marks(page: pikepdf.Page) -> Iterator[int | None]:
    """For each thing shown: its number in the structure, -1 in an artifact, nothing out of any mark."""
    stack: list[int | None] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BMC", "BDC"):
            properties: Any = operands[1] if len(operands) > 1 else {}
            own = int(properties["/MCID"]) if "/MCID" in properties else -1 if str(operands[0]) == "/Artifact" else None
            stack.append(own)
        elif name == "EMC":
            stack.pop()
        elif name in _SHOWS:
            yield next((mark for mark in reversed(stack) if mark is not None), None)


def _tree(pdf: pikepdf.Pdf) -> Iterator[Any]:
    root: Any = pdf.Root.StructTreeRoot
    yield from _below(root.K)


def _below(kids: Any) -> Iterator[Any]:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _below(kid.get("/K", pikepdf.Array()))
