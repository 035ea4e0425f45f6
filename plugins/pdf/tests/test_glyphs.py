"""Characters that can be drawn, and what stands for the others."""

from __future__ import annotations

import subprocess
import unicodedata
from typing import Any

import pypdfium2
import pytest

from dcc.contracts.errors import NotConfigured, Refused
from plugins.pdf.glyphs import drawable, name_of, printable
from plugins.pdf.pdfa import write_pdfa


def test_french_medical_text_is_drawn_as_it_is() -> None:
    text = "Œdème ½ ≥ 3 µg/m² → 37,5 °C ; β-hCG « a » – b — 5′ ☐ ☑ ✓ Ł š ñ € 12\u202f000 H₂O ≤ ≠ ∞ √ ‰ ♀ ♂"
    assert printable(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "shown", "replaced"),
    [
        ("ADN 🧬.", "ADN [U+1F9EC].", ["🧬"]),
        ("漢", "[U+6F22]", ["漢"]),
        ("✅", "[U+2705]", ["✅"]),
        ("a\ufe0f\u200d\u202eb", "ab", []),
        ("e\u0301", "é", []),
        ("a\x85b", "a[U+0085]b", ["\x85"]),
        ("a\tb\nc", "a\tb\nc", []),
        ("a\u2028b", "a\nb", []),
    ],
)
def test_what_stands_for_the_others(text: str, shown: str, replaced: list[str]) -> None:
    found = printable(text)
    assert (found[0], list(found[1])) == (shown, replaced)


def test_names() -> None:
    assert name_of("🧬") == "U+1F9EC DNA DOUBLE HELIX"
    assert name_of("\x85") == "U+0085"


def test_every_drawable_character_is_drawn_with_our_fonts() -> None:
    """One page with all of them, in both weights: no glyph is missing and no other font is called."""
    text = "".join(sorted(drawable() - set("<>&")))
    pdf, pages = write_pdfa(f"<p>{text}</p><p><b>{text}</b></p>")
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert len(drawable()) > 2500
    assert pages == 1
    letters = {c for c in text if c < "\u2c00" and unicodedata.category(c) in ("Lu", "Ll", "Nd", "No", "Sm", "Sc", "So")}
    assert letters - set(page) == set(), "what is drawn can be copied and searched"


def test_a_character_without_drawing_refuses_the_pdf() -> None:
    with pytest.raises(Refused, match="U\\+1F9EC"):
        write_pdfa("<p>🧬</p>")


def test_another_font_refuses_the_pdf() -> None:
    with pytest.raises(Refused, match="Police inattendue dans le PDF : Liberation Serif"):
        write_pdfa('<p style="font-family: Liberation Serif">a</p>')


@pytest.mark.parametrize(
    ("answer", "message"),
    [("Noto Sans|/usr/share/fonts/x.ttf", "Police « Liberation Sans » absente"), (None, "fontconfig")],
)
def test_a_missing_font_is_a_matter_of_installation(monkeypatch: pytest.MonkeyPatch, answer: str | None, message: str) -> None:
    def run(*_: Any, **__: Any) -> Any:
        if answer is None:
            raise FileNotFoundError
        return subprocess.CompletedProcess([], 0, stdout=answer)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(NotConfigured, match=message):
        drawable.__wrapped__()
