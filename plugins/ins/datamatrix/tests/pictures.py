"""Pictures with datamatrix codes in them, drawn by the platform's own writer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

from PIL import Image

from dcc.contracts.datamatrix import GS, HEADER
from dcc.contracts.symbol import symbol_of

PAYLOAD = f"{HEADER}S1277010115400329S21.2.250.1.213.1.4.8{GS}S3SARAH-LOU ANNA{GS}S4GARCIA-HAMMADI{GS}S5FS621-01-1977S701154"
OTHER = f"{HEADER}S1297022A02077878S21.2.250.1.213.1.4.8{GS}S3DOMINIQUE{GS}S4ADRTROIS{GS}S5FS626-02-1997S72A020"


@cache
def code(payload: str, pixels: int = 6) -> Image.Image:
    """The symbol of a payload, in grey, its quiet zone included."""
    symbol = symbol_of(payload)
    image = Image.new("L", (symbol.side, symbol.side), 255)
    for run in symbol.path.split("M")[1:]:
        place, _, length = run.partition("h")
        x, y = (int(n) for n in place.split())
        image.paste(0, (x, y, x + int(length.partition("v")[0]), y + 1))
    return image.resize((symbol.side * pixels,) * 2, Image.Resampling.NEAREST)


def sheet(payloads: Sequence[str]) -> Image.Image:
    """Several codes one beside the other on white paper."""
    paper = Image.new("L", (60 + 360 * max(len(payloads), 1), 500), 255)
    for number, payload in enumerate(payloads):
        paper.paste(code(payload), (40 + 360 * number, 60))
    return paper


def written(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
