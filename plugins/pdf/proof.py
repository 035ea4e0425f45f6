"""Reads the datamatrix back from the image of the page that was written, with a decoder that had no part in drawing it."""

from __future__ import annotations

import zxingcpp

from dcc.contracts.errors import Refused
from dcc.contracts.pdfium import opened

_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
DPI = 200
"""What an ordinary office scanner does; a module of 0.5 mm is 4 pixels there."""


def read_back(pdf: bytes) -> list[bytes]:
    """What every Data Matrix of page 1 says, as an independent decoder (zxing-cpp) reads the page's image."""
    with opened(pdf) as document:
        image = document[0].render(scale=DPI / 72, grayscale=True).to_pil()
    # The page is upright, dark on light and sharp: looking for anything else takes three times as long.
    codes = zxingcpp.read_barcodes(image, formats=_FORMATS, try_rotate=False, try_invert=False, try_downscale=False)
    return [bytes(code.bytes) for code in codes]


def check_printed(pdf: bytes, payload: str) -> None:
    """Refuse a PDF whose page 1 does not say exactly ``payload`` once; raises :class:`Refused`."""
    found = read_back(pdf)
    if found != [payload.encode("ascii")]:
        raise Refused(
            f"Datamatrix INS relu sur la page imprimée : {len(found)} code(s) lu(s), contenu différent de l'identité. "
            "Le PDF n'est pas conservé."
        )
