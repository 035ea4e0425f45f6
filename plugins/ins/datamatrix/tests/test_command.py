"""``manage.py datamatrix``: what is written is read back; what is wrong is said."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pylibdmtx.pylibdmtx import decode as libdmtx_decode

from plugins.ins.datamatrix.tests.pictures import PAYLOAD, code, written

SARAH = ["277010115400329", "1.2.250.1.213.1.4.8", "GARCIA-HAMMADI", "SARAH-LOU ANNA", "F", "1977-01-21", "01154"]


def _call(*words: object) -> str:
    out = io.StringIO()
    call_command("datamatrix", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("end", ["png", "pdf"])
def test_written_then_read(tmp_path: Path, end: str) -> None:
    path = tmp_path / f"etiquette.{end}"
    assert repr(PAYLOAD) in _call("write", *SARAH, "-o", path)
    read = _call("read", path)
    assert "Nom de naissance : GARCIA-HAMMADI" in read
    assert "2 77 01 01 154 003 29 (NIR)" in read.replace("\u00a0", " ")
    facts = json.loads(_call("read", path, "--json"))
    assert facts["payload"] == PAYLOAD
    assert facts["fields"] == {
        "S1": "277010115400329", "S2": "1.2.250.1.213.1.4.8", "S3": "SARAH-LOU ANNA", "S4": "GARCIA-HAMMADI",
        "S5": "F", "S6": "21-01-1977", "S7": "01154",
    }  # fmt: skip
    if end == "png":
        with Image.open(path) as picture:
            assert [found.data for found in libdmtx_decode(picture, max_count=1, shrink=2)] == [PAYLOAD.encode()], (
                "second decoder"
            )


def test_the_drawing(tmp_path: Path) -> None:
    path = tmp_path / "etiquette.svg"
    _call("write", *SARAH[:5], "21/01/1977", "-o", path)
    drawing = path.read_text(encoding="utf-8")
    assert "INS à scanner" in drawing
    assert "GARCIA-HAMMADI" in drawing
    assert re.findall(r'width="(\d+\.\d)" height="\1" viewBox="0 0 (\d+) \2"', drawing), "square"
    assert min(int(n) for pair in re.findall(r"M(\d+) (\d+)h", drawing) for n in pair) == 2, "quiet zone"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "277010115400330", "la clé ne correspond pas"),
        (0, "27701011540032", "15 caractères"),
        (1, "1.2.250.1.213.1.4.2", "OID"),
        (2, "García", "capitales sans accent"),
        (5, "1977-02-30", "n'existe pas"),
        (6, "1154", "Lieu de naissance"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, place: int, value: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        _call("write", *SARAH[:place], value, *SARAH[place + 1 :], "-o", tmp_path / "x.svg")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read(tmp_path: Path) -> None:
    wrong = tmp_path / "cle.png"
    wrong.write_bytes(written(code(PAYLOAD.replace("329", "330", 1))))
    for path, said in (
        (tmp_path / "rien.png", "il n'existe pas"),
        (tmp_path, "est un dossier"),
        (wrong, "la clé ne correspond pas"),
    ):
        with pytest.raises(CommandError, match=said):
            _call("read", path)
    with pytest.raises(CommandError, match=r"\.svg, \.png ou \.pdf"):
        _call("write", *SARAH, "-o", tmp_path / "x.gif")
    with pytest.raises(CommandError, match=r"rien/x\.svg : il n'existe pas"):
        _call("write", *SARAH, "-o", tmp_path / "rien" / "x.svg")


def test_a_typed_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda: PAYLOAD.replace("\x1d", "<GS>"))
    assert "Lu par : clavier" in _call("read", "-")
