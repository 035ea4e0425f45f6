"""The region on the pages: its name, its logo, and its colour made legible (DESIGN §8).

Who the region is, the admin's room knows: ``DCC_BRANDING`` names the function that says it (the composition root hands it
over, as rooms of one floor may not see each other). One colour (``#rrggbb``) gives a small stylesheet of tokens: the bar of the
application, links and primary buttons. Whatever the region chooses, texts keep the contrast of WCAG AA: the colour is darkened
on light ground and lightened on dark ground as far as needed.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string

from dcc.web.colours import AA_TEXT, Rgb, contrast, mix, parse, to_hex, toward

WHITE = parse("#ffffff")
BLACK = parse("#000000")
LIGHT_GROUND = parse("#e0eef0")
"""The darkest ground that a link is written on in the light theme (``--brand-soft`` and the like)."""
DARK_SURFACE = parse("#182328")
DARK_GROUND = parse("#26353c")
"""The lightest ground that a link is written on in the dark theme."""


def tokens(colour: str) -> tuple[dict[str, str], dict[str, str]]:
    """Tokens of the light and of the dark theme; raises ``ValueError`` in French for what is not a colour."""
    chosen = parse(colour)
    bar = toward(chosen, BLACK, lambda shade: contrast(shade, WHITE) >= AA_TEXT)
    strong = mix(BLACK, bar, 0.28)
    light = {
        "--brand": bar,
        "--brand-strong": strong,
        "--on-brand": WHITE,
        "--brand-soft": mix(bar, WHITE, 0.1),
        "--link": toward(bar, BLACK, lambda shade: contrast(shade, LIGHT_GROUND) >= AA_TEXT + 0.5),
    }
    dark: dict[str, Rgb] = {
        "--brand": bar,
        "--brand-strong": strong,
        "--on-brand": WHITE,
        "--brand-soft": mix(bar, DARK_SURFACE, 0.35),
    }
    grounds = (DARK_GROUND, dark["--brand-soft"])
    dark["--link"] = toward(chosen, WHITE, lambda shade: all(contrast(shade, g) >= AA_TEXT for g in grounds))
    return _hexes(light), _hexes(dark)


def _hexes(colours: dict[str, Rgb]) -> dict[str, str]:
    return {name: to_hex(colour) for name, colour in colours.items()}


class Region(Protocol):
    """What the function named by ``DCC_BRANDING`` answers; all texts, empty when the region has none."""

    region: str
    colour: str
    logo_url: str
    logo_description: str
    support_email: str
    support_phone: str


KEPT_SECONDS = 30
KEY = "dcc.web.region"


def region() -> Region:
    """The region, asked again every half minute: it stands on every page."""
    known: Region | None = cache.get(KEY)
    if known is None:
        known = import_string(settings.DCC_BRANDING)()
        cache.set(KEY, known, KEPT_SECONDS)
    return known


def stylesheet(colour: str) -> str:
    """The region's tokens as CSS; a comment alone when it has no colour, or none that can be read."""
    if not colour:
        return "/* couleurs de la plateforme */\n"
    light, dark = ("".join(f"{name}:{value};" for name, value in theme.items()) for theme in tokens(colour))
    return (
        f':root:not([data-theme="contrast"]){{{light}}}\n'
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"],[data-theme="contrast"]){{{dark}}}}}\n'
        f':root[data-theme="dark"]{{{dark}}}\n'
    )
