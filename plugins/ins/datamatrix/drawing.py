"""The label of an identity: its datamatrix, the caption, the identity in clear beside it, as SVG, PDF or PNG (ins.md §2.2)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from django.template.loader import render_to_string

from dcc.contracts.datamatrix import InsDatamatrix
from dcc.contracts.errors import Refused
from dcc.contracts.pdfium import opened
from dcc.contracts.printing import printed
from dcc.contracts.symbol import MODULE_MM, symbol_of
from plugins.ins.datamatrix.reading import read_image, read_pdf
from plugins.ins.datamatrix.words import facts_of

DPI = 25.4 / MODULE_MM * 8
"""Eight dots a module."""


def _context(payload: str, datamatrix: InsDatamatrix) -> dict[str, object]:
    symbol = symbol_of(payload)
    return {
        "symbol": symbol,
        "caption_y": symbol.size_mm + 3.5,
        "height": max(symbol.size_mm + 5, 32),
        "page_height": round(max(symbol.size_mm + 5, 32) + 10),
        "text_x": symbol.size_mm + 3,
        "lines": [(4 + 4.2 * row, term, value) for row, (term, value) in enumerate(facts_of(datamatrix))],
    }


def svg(payload: str, datamatrix: InsDatamatrix) -> bytes:
    """The label as a drawing, in millimetres."""
    return render_to_string("ins/label.svg", _context(payload, datamatrix)).encode()


def pdf(payload: str, datamatrix: InsDatamatrix) -> bytes:
    """The label on a page of its own size, read back."""
    content = printed(render_to_string("ins/label.html", _context(payload, datamatrix)))
    _check(read_pdf(content).payload, payload)
    return content


def png(payload: str, datamatrix: InsDatamatrix) -> bytes:
    """The page of :func:`pdf` as a picture, read back."""
    with opened(pdf(payload, datamatrix)) as document:
        picture = document[0].render(scale=DPI / 72, grayscale=True).to_pil()
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(DPI, DPI))
    _check(read_image(out.getvalue()).payload, payload)
    return out.getvalue()


DRAWINGS: Mapping[str, Callable[[str, InsDatamatrix], bytes]] = {".svg": svg, ".pdf": pdf, ".png": png}
"""By the end of a file's name."""


def _check(read: str, written: str) -> None:
    if read != written:
        raise Refused("Le datamatrix relu n'est pas celui qui a été écrit : rien n'est gardé.")
