"""The drawn datamatrix: square, wide enough for paper, and the same for both decoders."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image
from pylibdmtx.pylibdmtx import decode as libdmtx_decode

from dcc.contracts.datamatrix import encode_payload
from dcc.contracts.symbol import MODULE_MM, QUIET, Symbol, symbol_of
from dcc.contracts.tests.test_datamatrix import NIR, PAYLOAD, SARAH

LONGEST = encode_payload(NIR, replace(SARAH, birth_name="B" * 100, given_names="A" * 100))


def _image(symbol: Symbol, pixels: int = 8) -> Image.Image:
    """The path drawn by hand."""
    image = Image.new("L", (symbol.side, symbol.side), 255)
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", symbol.path):
        assert length == back
        image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
    return image.resize((symbol.side * pixels,) * 2, Image.Resampling.NEAREST)


@pytest.mark.parametrize("payload", [PAYLOAD, LONGEST], ids=["usual", "longest"])
def test_both_decoders_read_it(payload: str) -> None:
    image = _image(symbol_of(payload))
    assert [bytes(code.bytes) for code in zxingcpp.read_barcodes(image)] == [payload.encode()]
    assert [code.data for code in libdmtx_decode(image, max_count=1)] == [payload.encode()]


def test_it_is_a_plain_data_matrix() -> None:
    code = zxingcpp.read_barcodes(_image(symbol_of(PAYLOAD)))[0]
    assert code.format == zxingcpp.BarcodeFormat.DataMatrix
    assert code.symbology_identifier == "]d1", "ECC 200, without ECI and without FNC1"


def test_modules_and_quiet_zone() -> None:
    symbol = symbol_of(PAYLOAD)
    assert MODULE_MM >= 0.4
    assert QUIET >= 2
    assert symbol.modules == 40
    assert symbol.size_mm == (40 + 4) * 0.5
    places = [int(n) for pair in re.findall(r"M(\d+) (\d+)", symbol.path) for n in pair]
    assert min(places) == 2


def test_long_names_go_to_the_denser_scheme() -> None:
    assert len(LONGEST) == 291
    assert symbol_of(LONGEST).modules == 52, "C40; ASCII would take 64 modules"
