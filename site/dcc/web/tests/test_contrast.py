"""Texts of the design system keep the contrast of WCAG AA on every ground, in every theme and with any regional colour."""

from __future__ import annotations

import re
from functools import cache

import pytest
from django.conf import settings

from dcc.web.branding import tokens
from dcc.web.colours import AA_LARGE, AA_TEXT, contrast, parse

CSS = settings.BASE_DIR / "themes" / "static" / "css"
TEXTS = [
    ("ink", "page"), ("ink", "surface"), ("ink", "surface-2"), ("ink", "surface-3"), ("ink", "field"), ("ink", "brand-soft"),
    ("ink-2", "page"), ("ink-2", "surface"), ("ink-2", "surface-2"), ("ink-2", "surface-3"), ("ink-2", "field-off"),
    ("ink-faint", "field"), ("ink-faint", "surface"), ("ink-faint", "surface-3"),
    ("link", "page"), ("link", "surface"), ("link", "surface-2"), ("link", "surface-3"), ("link", "brand-soft"),
    ("on-brand", "brand"), ("on-brand", "brand-strong"),
    ("bad", "surface"), ("bad", "surface-2"), ("bad", "page"), ("warn", "surface"), ("warn", "surface-2"), ("warn", "page"),
    ("good", "surface"), ("good", "surface-2"), ("take", "surface"),
    *[(tone, f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "quiet", "take")],
    *[("ink", f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "quiet", "take")],
]  # fmt: skip
EDGES = [
    ("line-control", "field"),
    ("line-control", "surface"),
    ("line-control", "surface-2"),
    ("focus", "surface"),
    ("focus", "page"),
]
THEMES = {
    "light": r":root \{\s*color-scheme: light;(.*?)\n\}",
    "dark": r'\n:root\[data-theme="dark"\] \{(.*?)\n\}',
    "dark of the system": r"prefers-color-scheme: dark\) \{\s*:root:not\([^)]*\) \{(.*?)\n  \}",
    "contrast": r'\n:root\[data-theme="contrast"\] \{(.*?)\n\}',
}
BRANDS = ["#0b5563", "#ffdd00", "#ffffff", "#000000", "#e2001a", "#7ac143", "#00a3e0", "#5f259f", "#808080", "#abc"]


@cache
def theme(name: str) -> dict[str, str]:
    """The tokens of a theme that are colours."""
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    match = re.search(THEMES[name], text, re.DOTALL)
    assert match, name
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", match[1]))


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS, ids=str)
def test_texts_are_legible(name: str, text: str, ground: str) -> None:
    colours = theme(name)
    wanted = 7.0 if name == "contrast" and text == "ink" else AA_TEXT
    assert contrast(parse(colours[text]), parse(colours[ground])) >= wanted


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES, ids=str)
def test_edges_of_controls_and_focus_are_seen(name: str, edge: str, ground: str) -> None:
    colours = theme(name)
    assert contrast(parse(colours[edge]), parse(colours[ground])) >= AA_LARGE


def test_both_ways_to_the_dark_theme_give_the_same_colours() -> None:
    assert theme("dark") == theme("dark of the system")


def test_themes_have_the_same_tokens() -> None:
    assert theme("light").keys() == theme("dark").keys()
    assert theme("light").keys() == theme("contrast").keys()


@pytest.mark.parametrize("brand", BRANDS)
def test_whatever_the_region_chooses_stays_legible(brand: str) -> None:
    light, dark = tokens(brand)
    for found, name in ((light, "light"), (dark, "dark")):
        ours = theme(name)
        shown = {**{f"--{key}": value for key, value in ours.items()}, **found}
        pairs = [("on-brand", "brand"), ("on-brand", "brand-strong"), ("ink", "brand-soft")]
        pairs += [("link", ground) for ground in ("page", "surface", "surface-2", "surface-3", "brand-soft")]
        for text, ground in pairs:
            ratio = contrast(parse(shown[f"--{text}"]), parse(shown[f"--{ground}"]))
            assert ratio >= AA_TEXT, f"{brand}, {name} : {text} sur {ground}, {ratio:.2f}"


def test_a_colour_is_read_or_refused() -> None:
    assert parse("#0b5563") == pytest.approx((11 / 255, 85 / 255, 99 / 255))
    assert parse("#abc") == parse("#aabbcc")
    for wrong in ("bleu", "#12345", "#0b5563;}", "", "0b5563"):
        with pytest.raises(ValueError, match="Couleur attendue"):
            parse(wrong)


def test_contrast_is_that_of_the_norm() -> None:
    assert contrast(parse("#000"), parse("#fff")) == pytest.approx(21)
    assert contrast(parse("#777777"), parse("#ffffff")) == pytest.approx(4.48, abs=0.01)
