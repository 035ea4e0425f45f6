"""Leaves that are dates and times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.datatypes import from_ts, to_ts
from plugins.cda.codecs.leaves import Values, null_of
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import XSI_TYPE, add, child


@dataclass(frozen=True)
class Moment:
    """A date or a time: ``effectiveTime/@value``, or ``effectiveTime/low`` when ``low``."""

    key: str
    tag: str = "effectiveTime"
    low: bool = False
    same_as: str = ""
    optional: bool = False

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        value = values.get(self.key)
        if value is None and self.same_as:
            value = values.get(self.same_as)
        if value is None and self.optional:
            return
        said = moment_attributes(value)
        if self.low:
            add(add(parent, self.tag), "low", said)
        else:
            add(parent, self.tag, said)

    def decode(self, element: _Element, inp: Reading) -> Found:
        low = child(element, "low")
        return read_moment(self.key, element if element.get("value") or low is None else low, inp)


@dataclass(frozen=True)
class Period:
    """Two dates or times: ``effectiveTime/low`` and ``high``.

    In a ``point`` two equal ones are one value, and an unknown one is left out: the datatype rules want ``low`` and ``high`` of a
    participation to have values, and to differ.
    """

    start: str
    end: str
    optional: bool = True
    tag: str = "effectiveTime"
    point: bool = False
    missing: str = "NAV"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        start, end = values.get(self.start), values.get(self.end)
        if end is None and (start is None or null_of(start)):
            if start is not None or not self.optional:
                add(parent, self.tag, moment_attributes(start, self.missing))
            return
        if self.point and start == end:
            add(parent, self.tag, moment_attributes(start))
            return
        element = add(parent, self.tag)
        if start is not None or not self.point:
            add(element, "low", moment_attributes(start, self.missing))
        if end is not None:
            add(element, "high", moment_attributes(end))

    def decode(self, element: _Element, inp: Reading) -> Found:
        low, high = child(element, "low"), child(element, "high")
        found = read_moment(self.start, low if low is not None else element, inp)
        if high is not None:
            found.update(read_moment(self.end, high, inp))
        elif self.point and element.get("value"):
            found.update(read_moment(self.end, element, inp))
        return found


def moment_attributes(value: Any, missing: str = "NAV") -> dict[str, str]:
    """Attributes of a TS; NAV (not available) when there is no answer, which the PCC templates admit and no question does."""
    if value is None:
        return {"nullFlavor": missing}
    null = null_of(value)
    return {"nullFlavor": null} if null else {"value": to_ts(value)}


def read_moment(key: str, element: _Element, inp: Reading) -> Found:
    """The instant of a TS element as the answer to ``key``; a date-only question takes the day of a time."""
    text, null = element.get("value"), element.get("nullFlavor")
    if not text:
        return inp.take(key, {"null": null}) if null else {}
    try:
        value = from_ts(text)
    except ValueError as error:
        inp.refuse(key, str(error), text)
        return {}
    if inp.questions[key].datatype == "date":
        value = value.partition("T")[0]
    return inp.take(key, value)


@dataclass(frozen=True)
class EventTime:
    """A date or a time as the value of an observation (``EIVL_TS``, as the status section of a PPS has it)."""

    key: str

    tag = "value"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        add(parent, self.tag, {XSI_TYPE: "EIVL_TS", **moment_attributes(values.get(self.key))})

    def decode(self, element: _Element, inp: Reading) -> Found:
        return read_moment(self.key, element, inp)
