"""Cells of the narrative: one answer, how it is shown, and how it is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from forms_config.schema.model import Question
from forms_config.schema.values import display_answer
from plugins.cda.codecs.narrative import EMPTY, UNSAID
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.told import agrees, read_told
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, write_text

Values = Mapping[str, Any]
Show = Callable[[Question, Any], str]
COMMENT = "-commentaire"
"""Suffix of the anchor of the comment on a professional, which entries cannot carry."""


def shown_only(_: Question, __: str) -> None:
    """How a cell is read that only entries may fill."""


@dataclass(frozen=True)
class Cell:
    """One value shown: ``key``, the anchor that entries point to, and how it is written and read.

    ``kept`` anchors exist even when there is no value (an entry points there anyway); an ``unsaid`` cell says that it has none.
    What a ``checked`` cell says is compared with the entry.
    """

    key: str
    anchor: str = ""
    show: Show = display_answer
    read: Callable[[Question, str], Any] = read_told
    kept: bool = False
    unsaid: bool = False
    checked: bool = True
    label: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Column names it answers to."""
        return (self.label, *self.aliases)

    def encode(self, values: Values, td: _Element, out: Writing, *, unsaid: str = "") -> None:
        """Write the value into a cell, one ``content`` for each value of a list."""
        question = out.questions[self.key]
        value = values.get(self.key)
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items, 1):
            out.item = number
            text = self.show(question, item) if item is not None else unsaid or (UNSAID if self.unsaid else "")
            if number > 1:
                add(td, "br")
            self._write(td, text, out, item)

    def _write(self, td: _Element, text: str, out: Writing, item: Any) -> None:
        if self.anchor and (item is not None or self.kept):
            content = add(td, "content", {"ID": out.anchor(self.anchor)})
            write_text(content, text)
        else:
            write_text(td, text)
        if self.anchor and isinstance(item, Mapping) and "family" in item and item.get("comment"):
            write_text(td, " – ")
            write_text(add(td, "content", {"ID": out.anchor(self.anchor) + COMMENT}), item["comment"])

    def decode(self, text: str, inp: Reading, found: Found) -> bool:
        """Take the value from the cell when nothing else gave it; false when the cell says something else than the entry."""
        if text in EMPTY or text == UNSAID or (self.key, inp.row) in inp.refused:
            return True
        question = inp.questions[self.key]
        if self.key in found:
            return not self.checked or agrees(question, found[self.key], text)
        try:
            raw = self.read(question, text)
        except ValueError as error:
            inp.refuse(self.key, str(error), text)
            return True
        if raw is not None:
            found.update(inp.take(self.key, raw))
        return True


@dataclass(frozen=True)
class Said:
    """A cell that always says the same."""

    text: str
    anchor: str
    label: str
    aliases: tuple[str, ...] = ()
    key: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """Column names it answers to."""
        return (self.label, *self.aliases)

    def encode(self, values: Values, td: _Element, out: Writing) -> None:
        """Write the words."""
        add(td, "content", {"ID": out.anchor(self.anchor)}, self.text)

    def decode(self, text: str, inp: Reading, found: Found) -> bool:
        """Nothing to read."""
        return True
