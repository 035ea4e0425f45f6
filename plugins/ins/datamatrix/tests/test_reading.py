"""Pictures and PDF files: one INS comes out, or a refusal in French; what is hostile harms nothing."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageOps
from pytest_django import Settings

from dcc.contracts.datamatrix import decode_payload
from dcc.contracts.errors import Refused
from plugins.ins.datamatrix import decoding
from plugins.ins.datamatrix.decoding import Code, Sight, media_of
from plugins.ins.datamatrix.drawing import pdf
from plugins.ins.datamatrix.reading import NothingSeen, check, read_file, read_image, read_pdf
from plugins.ins.datamatrix.tests.pictures import OTHER, PAYLOAD, code, sheet, written

READ, OF_OTHER = decode_payload(PAYLOAD), decode_payload(OTHER)


def _label() -> bytes:
    return pdf(PAYLOAD, READ)


def _locked(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="x", user="secret"))
    return out.getvalue()


def _pages(count: int) -> bytes:
    """A PDF whose last page alone has the code."""
    out = io.BytesIO()
    pages = [Image.new("L", (400, 400), 255)] * (count - 1) + [sheet([PAYLOAD])]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return out.getvalue()


def _bomb() -> bytes:
    """A PNG of a few kilobytes that says 30 000 x 30 000 points."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "content",
    [
        written(code(PAYLOAD)),
        written(sheet([PAYLOAD]).rotate(17, expand=True, fillcolor=255), "JPEG", quality=60),
        written(ImageOps.invert(sheet([PAYLOAD])), "WEBP"),
        written(sheet([PAYLOAD, PAYLOAD]), "TIFF"),
    ],
    ids=["clean", "turned JPEG", "light on dark", "twice the same"],
)
def test_a_picture(content: bytes) -> None:
    found = read_image(content)
    assert (found.datamatrix, found.by, found.page) == (READ, "zxing-cpp", 1)


def test_a_pdf_and_what_a_file_is() -> None:
    label = _label()
    assert read_pdf(label).datamatrix == read_file(label).datamatrix == READ
    assert [media_of(content) for content in (label, written(code(PAYLOAD)))] == ["pdf", "image"]
    assert read_pdf(_pages(3)).page == 3


def test_what_the_first_pages_do_not_have_is_said() -> None:
    with pytest.raises(NothingSeen, match="Aucun datamatrix INS"):
        read_pdf(_pages(11))


def test_transparent_is_white_paper() -> None:
    picture = code(PAYLOAD)
    layers = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    layers.paste((0, 0, 0, 255), mask=ImageOps.invert(picture))
    assert read_image(written(layers)).datamatrix == READ


@pytest.mark.parametrize(
    ("payloads", "said"),
    [
        (
            [PAYLOAD, OTHER],
            "Plusieurs identités .* GARCIA-HAMMADI SARAH-LOU ANNA .page 1., ADRTROIS|Plusieurs identités .* ADRTROIS",
        ),
        (["010340093000000117"], "ce n'est pas un datamatrix INS"),
        ([PAYLOAD[:80]], "Prénoms|manquant|Séparateurs"),
        ([], "Aucun datamatrix INS trouvé"),
    ],
    ids=["two people", "a medicine", "a truncated one", "none"],
)
def test_what_is_not_one_identity_is_refused(payloads: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=said):
        read_image(written(sheet(payloads)))


def test_another_code_beside_is_set_aside() -> None:
    found = read_image(written(sheet([PAYLOAD, "010340093000000117"])))
    assert (found.datamatrix, list(found.remarks)) == (READ, ["un autre code est laissé de côté"])


HOSTILE = {
    "empty": (b"", "vide"),
    "too heavy": (b"%PDF-" + bytes(decoding.MOST_BYTES), "trop gros : 20 Mo"),
    "a ZIP": (b"PK\x03\x04" + bytes(100), "c'est une archive ZIP"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni une image ni un PDF"),
    "a GIF": (b"GIF89a" + bytes(100), "c'est une image GIF"),
    "a bomb": (_bomb(), "trop de points"),
    "a cut PNG": (written(sheet([PAYLOAD]))[:900], "abîmé ou incomplet"),
    "a cut JPEG": (written(sheet([PAYLOAD]), "JPEG")[:200], "abîmé ou incomplet"),
    "a signature": (b"\x89PNG\r\n\x1a\n", "abîmé ou incomplet"),
    "a TIFF of nothing": (b"II*\x00" + bytes(64), "abîmé ou incomplet"),
    "a PDF of nothing": (b"%PDF-1.7\n%%EOF\n", "abîmé ou incomplet"),
    "noise called PDF": (b"%PDF-1.7\n" + bytes(range(256)) * 40, "abîmé ou incomplet"),
    "a page called JPEG": (b"\xff\xd8\xff<html><script>alert(1)</script>", "abîmé ou incomplet"),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_in_french(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_file(content)


def test_a_locked_pdf_is_refused_in_french() -> None:
    with pytest.raises(Refused, match="protégé par un mot de passe"):
        read_file(_locked(_label()))


def test_a_reader_that_dies_or_hangs_harms_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    monkeypatch.setattr(decoding, "CHILD", child)
    said = f'import sys, os, time\nprint(\'{{"page": 1, "hex": "{PAYLOAD.encode().hex()}", "by": "zxing-cpp"}}\', flush=True)\n'
    for end, speaks_within, silent_for in (("os.abort()", 60, 60), ("time.sleep(60)", 5, 1)):
        child.write_text(said + end)
        monkeypatch.setattr(decoding, "SECONDS", speaks_within)
        assert read_image(b"x").datamatrix == READ, "what was known before is kept"
        child.write_text("import os, time\n" + end)
        monkeypatch.setattr(decoding, "SECONDS", silent_for)
        with pytest.raises(NothingSeen, match="fin du temps accordé"):
            read_image(b"x")


def test_pages_left_out_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Sight((Code(PAYLOAD.encode(), 2, "libdmtx"),), pages=40, read=10)
    monkeypatch.setattr("plugins.ins.datamatrix.reading.see", lambda *args, **options: seen)
    assert list(read_pdf(b"").remarks) == ["seules les 10 premières pages sur 40 sont lues"]


def test_key_and_authority_are_controlled(settings: Settings) -> None:
    check(READ)
    for before, after, said in (("329", "330", "la clé ne correspond pas"), (".1.4.8", ".1.4.7", "Autorité .* inconnue")):
        with pytest.raises(Refused, match=said):
            check(decode_payload(PAYLOAD.replace(before, after, 1)))
    test = decode_payload(PAYLOAD.replace("1.4.8\x1d", "1.4.10"))
    check(test)
    settings.DCC_TEST_IDENTITIES = False
    with pytest.raises(Refused, match="Identité de test"):
        check(test)
