"""Leaves of the tree: one answer in one element of an entry. Coded leaves and times have their own modules."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import text_child
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import XSI_TYPE, Q, add, child, prototype, text_of

Values = Mapping[str, Any]
MISSING = "NI"
"""Null flavour of a mandatory element whose question has no answer; no question admits it, so it reads back as no answer."""


class Leaf(Protocol):
    """Writes one element under an entry, and reads it back."""

    @property
    def tag(self) -> str:
        """Local name of the element."""

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        """Append the element; a leaf that has nothing to say may append nothing."""

    def decode(self, element: _Element, inp: Reading) -> Found:
        """Answers the element holds."""


def null_of(value: Any) -> str | None:
    """The null flavour an answer is, if it is one."""
    return value["null"] if isinstance(value, Mapping) and "null" in value else None


@dataclass(frozen=True)
class Fixed:
    """An element that is always the same and says nothing of its own."""

    xml: str

    @cached_property
    def _prototype(self) -> _Element:
        return prototype(self.xml)

    @cached_property
    def tag(self) -> str:
        return self._prototype.tag.removeprefix(Q)

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        parent.append(deepcopy(self._prototype))

    def decode(self, element: _Element, inp: Reading) -> Found:
        return {}


@dataclass(frozen=True)
class Echo:
    """A leaf that repeats an answer held elsewhere: written, never read."""

    leaf: Leaf

    @property
    def tag(self) -> str:
        return self.leaf.tag

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        self.leaf.encode(values, parent, out)

    def decode(self, element: _Element, inp: Reading) -> Found:
        return {}


NO_TIME = Fixed('<effectiveTime nullFlavor="NAV"/>')
TIME_NOT_APPLICABLE = Fixed('<effectiveTime nullFlavor="NA"/>')


@dataclass(frozen=True)
class Flag:
    """A yes or no (BL)."""

    key: str
    tag: str = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        said = {"nullFlavor": MISSING} if value is None else {"value": "true" if value else "false"}
        add(parent, self.tag, {XSI_TYPE: "BL", **said})

    def decode(self, element: _Element, inp: Reading) -> Found:
        """Other datatypes under a boolean (INT in the official « projet parental ») say nothing: the narrative does."""
        value = element.get("value")
        if element.get(XSI_TYPE, "BL") != "BL" or value is None:
            return {}
        return inp.take(self.key, value in ("true", "1"))


@dataclass(frozen=True)
class Number:
    """An integer (INT)."""

    key: str
    tag: str = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        said = {"nullFlavor": MISSING} if value is None else {"value": str(value)}
        add(parent, self.tag, {XSI_TYPE: "INT", **said})

    def decode(self, element: _Element, inp: Reading) -> Found:
        text = element.get("value")
        if text is None:
            return {}
        try:
            return inp.take(self.key, int(text))
        except ValueError:
            inp.refuse(self.key, "Un nombre entier est attendu", text)
            return {}


@dataclass(frozen=True)
class Quantity:
    """A measure (PQ) in the unit of the volet."""

    key: str
    unit: str

    tag = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        add(
            parent,
            self.tag,
            {XSI_TYPE: "PQ", **({"nullFlavor": MISSING} if value is None else {"value": value, "unit": self.unit})},
        )

    def decode(self, element: _Element, inp: Reading) -> Found:
        value, unit = element.get("value"), element.get("unit") or self.unit
        if value is None:
            return {}
        if unit != self.unit:
            inp.refuse(self.key, f"Une valeur en {self.unit} est attendue", f"{value} {unit}")
            return {}
        return inp.take(self.key, value)


@dataclass(frozen=True)
class Sequence:
    """A rank written as the words of ``priorityCode`` (the volet has no better place for it)."""

    key: str

    tag = "priorityCode"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        if value is not None:
            add(add(parent, self.tag), "originalText", text=str(value))

    def decode(self, element: _Element, inp: Reading) -> Found:
        text = text_child(element, "originalText")
        if not text:
            return {}
        try:
            return inp.take(self.key, int(text))
        except ValueError:
            inp.refuse(self.key, "Un nombre entier est attendu", text)
            return {}


def refer(element: _Element, anchor: str) -> None:
    """Point an element to an anchor of the narrative."""
    add(element, "reference", {"value": f"#{anchor}"})


def told(element: _Element, inp: Reading) -> str:
    """Words an ``originalText`` gives, itself or through its reference."""
    original = child(element, "originalText")
    if original is None:
        return ""
    reference = child(original, "reference")
    if reference is not None:
        return inp.narrative.resolve(reference.get("value")) or text_of(original)
    return text_child(element, "originalText")
