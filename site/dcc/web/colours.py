"""Colours: contrast as WCAG 2.2 computes it, and the nearest shade that is legible. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

Rgb = tuple[float, float, float]
AA_TEXT = 4.5
AA_LARGE = 3.0

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z", re.ASCII)
STEPS = 60


def parse(text: str) -> Rgb:
    """Channels between 0 and 1 of ``#rgb`` or ``#rrggbb``; raises ``ValueError`` in French."""
    if not _HEX.match(text):
        raise ValueError(f"Couleur attendue sous la forme #rrvvbb, pas « {text:.20} »")
    digits = text[1:] if len(text) == 7 else "".join(2 * c for c in text[1:])
    red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return red, green, blue


def to_hex(colour: Rgb) -> str:
    """``#rrggbb``."""
    return "#" + "".join(f"{round(255 * min(max(c, 0.0), 1.0)):02x}" for c in colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``share`` of ``one``, the rest of ``other``."""
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(one, other, strict=True))
    return red, green, blue


def toward(colour: Rgb, end: Rgb, fits: Callable[[Rgb], bool]) -> Rgb:
    """The first shade from ``colour`` to ``end`` that ``fits``; ``end`` when none does."""
    shades = (mix(end, colour, step / STEPS) for step in range(STEPS + 1))
    return next((shade for shade in shades if fits(shade)), end)
