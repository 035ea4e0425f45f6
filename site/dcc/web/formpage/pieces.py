"""A rendered template cut at its slots: fixed texts and names of what goes between."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private-use characters: they mean nothing in HTML, and no template contains them."""

_CUT = re.compile(f"{_OPEN}([a-z_.]+){_CLOSE}")

_SPECIAL = re.compile("[&<>\"']").search


def escape(text: str) -> str:
    """``& < > " '`` as entities: what goes into a slot as text or as an attribute's value."""
    return html.escape(text) if _SPECIAL(text) else text


def slot(name: str) -> SafeString:
    """The marker of a slot, to be given to a template."""
    return mark_safe(f"{_OPEN}{name}{_CLOSE}")  # noqa: S308  (two markers and a literal name)


class Slots:
    """``{{ slot.name }}`` in a template: the marker of any slot."""

    def __getitem__(self, name: str) -> SafeString:
        return slot(name)


class Piece:
    """Fixed texts with slots between them."""

    __slots__ = ("_blank", "_pick", "_text", "names")

    def __init__(self, texts: Sequence[str], names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._text = "%s".join(text.replace("%", "%%") for text in texts)
        self._blank = dict.fromkeys(names, "")
        # Asked for one item, itemgetter answers it bare: an empty last slot makes it always answer a tuple.
        self._blank[""] = ""
        self._pick = itemgetter(*names, "", "")
        self._text += "%s%s"

    def fill(self, values: Mapping[str, str]) -> str:
        """The HTML; ``values`` are already escaped, a slot without value stays empty."""
        text: str = self._text % self._pick({**self._blank, **values})
        return text


def cut(text: str) -> Piece:
    """The piece of a text that contains markers."""
    parts = _CUT.split(text)
    return Piece([_BEYOND_LATIN.sub(_reference, fixed) for fixed in parts[0::2]], parts[1::2])


_BEYOND_LATIN = re.compile("[^\x00-\xff]")


def _reference(found: re.Match[str]) -> str:
    """A typographic apostrophe as ``&#8217;``: one such character makes Python hold a whole page in two bytes per character."""
    return f"&#{ord(found[0])};"


def piece_of(template: str, context: Mapping[str, Any]) -> Piece:
    """Render a template once, and cut it; line ends between tags are dropped."""
    text = render_to_string(template, {**context, "slot": Slots()})
    return cut(re.sub(r">\n\s*<", "><", text).strip())
