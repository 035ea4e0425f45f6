"""Leaves that only the acts of a PPS have: the type as a qualifier, the rhythm with its recurrence, who does it and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.actors import ASSIGNED_ENTITY, add_organisation, fill_role, read_name, read_organisation
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import Code, add_id, code_attributes
from plugins.cda.codecs.leaves import refer
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.roles import read_person
from plugins.cda.codecs.statements import Text
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, write_text

Values = Mapping[str, Any]


@dataclass(frozen=True)
class ActType:
    """The constant code of a kind of act, and the answer as the value of its qualifier (which has no name)."""

    code: Code
    key: str
    anchor: str

    tag = "code"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        element = add(parent, self.tag, self.code.attributes)
        value = values.get(self.key)
        if value is not None and value.get("code"):
            said = add(add(element, "qualifier"), "value", code_attributes(value))
            if value.get("text"):
                refer(add(said, "originalText"), out.anchor(self.anchor))

    def decode(self, element: _Element, inp: Reading) -> Found:
        value = element.find(f"{Q}qualifier/{Q}value")
        return inp.take(self.key, Coded.raw(value, inp)) if value is not None else {}


CURES, INTERVAL, WORDS = "-cures", "-intervalle", "-mots"
"""Suffixes of the anchors inside that of a rhythm; the words stand alone when there is no recurrence."""
_NUMBER = re.compile(r"-?\d+")
NO_RHYTHM = "-"


@dataclass(frozen=True)
class Rhythm(Text):
    """The text of a rhythm: the recurrence in the words of :attr:`dcc.contracts.care.acts.Act.pace`, each part at its anchor.

    Answers: ``key`` (words), ``count`` (how many times), ``interval`` (days from one to the next).
    """

    count: str = ""
    interval: str = ""

    def write(self, values: Values, td: _Element, out: Writing) -> None:
        """Write the cell that entries point to."""
        whole = add(td, "content", {"ID": out.anchor(self.anchor)})
        count, interval, words = values.get(self.count), values.get(self.interval), values.get(self.key)
        if count is None and interval is None:
            write_text(whole, words or NO_RHYTHM)
            return
        parts = ((CURES, None if count is None else _times(count)), (INTERVAL, _every(interval)), (WORDS, words))
        for suffix, text in parts:
            if text is not None:
                write_text(whole, ", " if len(whole) else "")
                write_text(add(whole, "content", {"ID": out.anchor(self.anchor) + suffix}), text)

    def decode(self, element: _Element, inp: Reading) -> Found:
        """The three answers of ours; the whole words of others."""
        reference = child(element, "reference")
        name = (reference.get("value") or "") if reference is not None else ""
        count, interval = inp.narrative.resolve(name + CURES), inp.narrative.resolve(name + INTERVAL)
        recurs = bool(count or interval)
        words = inp.narrative.resolve(name + WORDS if recurs else name)
        found: Found = inp.take(self.key, words) if words else {}
        if count:
            found.update(inp.take(self.count, _number(count)))
        if interval:
            found.update(inp.take(self.interval, _number(interval)))
        return found


def _times(count: int) -> str:
    return "une seule fois" if count == 1 else f"{count} fois"


def _every(days: int | None) -> str | None:
    if days is None:
        return None
    return "tous les jours" if days == 1 else f"tous les {days} jours"


def _number(words: str) -> int:
    match = _NUMBER.search(words)
    return int(match.group()) if match else 1


@dataclass(frozen=True)
class PersonPerformer:
    """Who does the act: a performer that names a person."""

    key: str
    anchor: str

    tag = "performer"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        person = values.get(self.key)
        if person is not None:
            fill_role(_performer(parent), person, ASSIGNED_ENTITY)

    def decode(self, element: _Element, inp: Reading) -> Found:
        """The person; a second one of the same act is kept as it stands."""
        if not _names_person(element):
            return {}
        if any(_names_person(other) for other in element.itersiblings(Q + self.tag, preceding=True)):
            inp.unknown(element, f"{inp.section} : autre intervenant", " ".join("".join(map(str, element.itertext())).split()))
            return {}
        return read_person(self.key, self.anchor, child(element, "assignedEntity"), ASSIGNED_ENTITY, inp)


@dataclass(frozen=True)
class PlacePerformer:
    """Where the act takes place: a performer that names a structure and nobody."""

    key: str
    anchor: str

    tag = "performer"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        place = values.get(self.key)
        if place is not None:
            role = _performer(parent)
            add_id(role, None, missing="NA")
            add_organisation(role, "representedOrganization", place)

    def decode(self, element: _Element, inp: Reading) -> Found:
        if _names_person(element):
            return {}
        place = read_organisation(element.find(f"{Q}assignedEntity/{Q}representedOrganization"))
        return inp.take(self.key, place) if place else {}


def _performer(parent: _Element) -> _Element:
    return add(add(parent, "performer", {"typeCode": "PRF"}), "assignedEntity")


def _names_person(performer: _Element) -> bool:
    person = performer.find(f"{Q}assignedEntity/{Q}assignedPerson")
    return person is not None and "family" in read_name(person)
