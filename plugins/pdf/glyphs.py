"""Which characters the fonts of the document can draw, and what stands for the others: nothing is lost, nothing is a white box.

A document that is validated cannot be mended any more, so an odd character may not stop it: it is printed as its code point,
``[U+1F9EC]``, and named at the end of the document.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Sequence
from functools import cache

from dcc.contracts.errors import NotConfigured

FAMILIES = ("Liberation Sans", "DejaVu Sans")
"""Families of the stylesheet, in its order: text, then symbols. Both have TrueType outlines, as PDF/A-1 readers want."""
WEIGHTS = ("regular", "bold")
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Variation selectors, one of which asks for an emoji in colours."""
_LINES = {0x2028: "\n", 0x2029: "\n"}
_PACKAGES = "fonts-liberation2, fonts-dejavu-core"
_EMOJI = (
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)
"""Pango asks the machine's emoji font for these (and for all above U+1F000), which PDF/A-1 does not accept."""


def printable(text: str) -> tuple[str, Sequence[str]]:
    """The text with only characters that can be drawn, and the characters that were replaced, in order of code point."""
    text = unicodedata.normalize("NFC", text).translate(_LINES)
    strangers = set(text) - drawable() - {"\n", "\t", "\r"}
    if not strangers:
        return text, ()
    shown = sorted(c for c in strangers if not _is_invisible(c))
    return text.translate({ord(c): f"[{code_point(c)}]" if c in shown else None for c in strangers}), shown


def code_point(character: str) -> str:
    """« U+1F9EC »."""
    return f"U+{ord(character):04X}"


def name_of(character: str) -> str:
    """« U+1F9EC DNA DOUBLE HELIX »."""
    return f"{code_point(character)} {unicodedata.name(character, '')}".strip()


def _is_invisible(character: str) -> bool:
    """Joiners, direction marks and variation selectors draw nothing by themselves."""
    return unicodedata.category(character) == "Cf" or character in _SELECTORS


@cache
def drawable() -> frozenset[str]:
    """Characters drawn by the fonts in each weight used; raises :class:`NotConfigured` when a font is not installed."""
    by_weight = []
    for weight in WEIGHTS:
        covered: set[int] = set()
        for family in FAMILIES:
            covered |= _coverage(family, weight)
        by_weight.append(covered)
    common = set.intersection(*by_weight)
    kept = {chr(c) for c in common if c < 0x1F000 and chr(c) not in _EMOJI} - _SELECTORS
    return frozenset(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Zl", "Zp")) | {"\u00ad"}


def _coverage(family: str, weight: str) -> set[int]:
    from fontTools.ttLib import TTFont  # 40 ms that a process which prints nothing does not spend

    command = ["fc-match", "--format", "%{family[0]}|%{file}", f"{family}:{weight}"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NotConfigured("Commande fc-match absente : installer fontconfig") from error
    name, _, path = found.partition("|")
    if name != family:
        raise NotConfigured(f"Police « {family} » absente : installer {_PACKAGES}")
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())
