"""The structure of a tagged PDF, put right: what stands in the margins of each page is an artifact, not text of the document.

WeasyPrint tags headings, paragraphs, lists, tables with their heads, links and figures, in the order of the HTML. The text of
margin boxes it numbers as content and leaves out of the tree, where no reader can follow (ISO 19005-1, 6.8.2.2: artifacts).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def mark_margins(_document: Any, pdf: Any) -> None:
    """Finisher of WeasyPrint: turn marked content that no structure element reaches into artifacts; ``pdf`` is changed."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    reached = set(_reached(pdf, root["K"]))
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for page_reference in pdf.page_references:
        page = _object(pdf, page_reference)
        owners = numbers[2 * page["StructParents"] + 1]
        strays = {mcid for mcid, owner in enumerate(owners) if _number(owner) not in reached}
        for mcid in strays:
            _object(pdf, owners[mcid]).clear()
            owners[mcid] = "null"
        _as_artifacts(_object(pdf, page["Contents"]).stream, strays)


def _as_artifacts(operators: list[Any], strays: set[int]) -> None:
    """Operators ``/Span <</MCID n>> BDC`` become ``/Artifact BMC``, in place."""
    places = [i for i, item in enumerate(operators) if isinstance(item, dict) and item.get("MCID") in strays]
    for place in reversed(places):
        operators[place - 1 : place + 2] = ["/Artifact", b"BMC"]


def _reached(pdf: Any, kids: Any) -> Iterator[int]:
    for kid in kids:
        if isinstance(kid, bytes):
            number = _number(kid)
            yield number
            yield from _reached(pdf, _object(pdf, kid).get("K", ()))


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
