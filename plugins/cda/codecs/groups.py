"""Statements that stand several times: list questions, rows of groups, and what other producers repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element

from forms_config.schema.dates import french
from plugins.cda.codecs.blocks import SheetPerRow
from plugins.cda.codecs.grids import Grid
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.statements import Signature, Statement, Target, Values
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q


@dataclass(frozen=True)
class Repeated:
    """A statement written once, of which other producers may write several: what they say adds up (rows of groups)."""

    statement: Statement

    @property
    def signature(self) -> Signature:
        """That of the statement."""
        return self.statement.signature

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """Once."""
        return self.statement.instances(values, out)

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Add what an element says."""
        self.statement.decode_into(found, element, inp, scope)


@dataclass(frozen=True)
class Joined:
    """A text and its date written once, of which other producers may write several: they make one text, each with its date."""

    statement: Statement
    key: str
    date: str

    @property
    def signature(self) -> Signature:
        """That of the statement."""
        return self.statement.signature

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """Once, when there is a text."""
        return self.statement.instances(values, out)

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Add what an element says, under what the former ones said."""
        inner = self.statement.decode(element, inp, scope)
        if self.key not in found or self.key not in inner:
            found.update(inner)
            return
        dated = f"{french(inner[self.date])} : {inner[self.key]}" if self.date in inner else inner[self.key]
        found.update(inp.take(self.key, f"{found[self.key]}\n{dated}"))


@dataclass(frozen=True)
class Many:
    """A list question: one statement for each value."""

    key: str
    statement: Statement
    least: int = 0

    @property
    def signature(self) -> Signature:
        """That of the statement."""
        return self.statement.signature

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """Each value alone, numbered."""
        for number, item in enumerate(values.get(self.key) or [None] * self.least, 1):
            out.item = number
            yield {self.key: item}

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Append what an element says."""
        inner = self.statement.decode(element, inp, scope)
        found.setdefault(self.key, []).extend(inner.get(self.key) or ())
        if not found[self.key]:
            del found[self.key]


@dataclass(frozen=True)
class Rows:
    """A group: one statement for each row, completed from the narrative that shows it, then by what it may ``inherit``."""

    group: str
    statement: Statement
    shown: Grid | SheetPerRow | None = None
    least: int = 0
    inherit: Callable[[Found, Reading], None] | None = None

    @property
    def signature(self) -> Signature:
        """That of the statement."""
        return self.statement.signature

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """The values of each row, numbered."""
        rows = values.get(self.group) or [{"values": {}}] * self.least
        for number, row in enumerate(rows, 1):
            with out.at_row(number):
                yield row["values"]

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Append a row."""
        with inp.next_row(self.group) as number:
            inner = self.statement.decode(element, inp, self.statement.inside)
            if self.shown is not None:
                self.shown.complete(inner, _anchor(element, inp), number, inp)
            if self.inherit is not None:
                self.inherit(inner, inp)
        if inner:
            found.setdefault(self.group, []).append({"id": inp.row_id(self.group, number), "values": inner})


def _anchor(element: _Element, inp: Reading) -> _Element | None:
    """The first anchor of the narrative a statement points to, itself before those below it."""
    for reference in element.iter(Q + "reference"):
        anchor = inp.narrative.anchored(reference.get("value"))
        if anchor is not None:
            return anchor
    return None
