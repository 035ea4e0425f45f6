"""Professionals inside entries and sections: performers, authors, participants, each with its time.

What the role cannot carry, the comment on the person, stands in the narrative beside the name (anchor + ``-commentaire``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.actors import ASSIGNED_AUTHOR, ASSIGNED_ENTITY, PARTICIPANT_ROLE, Shape, fill_role, read_role
from plugins.cda.codecs.cells import COMMENT
from plugins.cda.codecs.datatypes import instant
from plugins.cda.codecs.header import with_header_id
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.times import moment_attributes, read_moment
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, child

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """A professional (``key``) and a time (``time_key``) in one participation.

    ``timed`` tells apart the two performers of a molecular report: the sampler has a time, the biologist has none.
    """

    key: str
    anchor: str
    tag: str
    entity: str
    shape: Shape
    time_key: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    time_required: bool = False
    timed: bool | None = None

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        """Append the participation when there is somebody or a time."""
        person, time = values.get(self.key), values.get(self.time_key)
        if person is None and time is None:
            return
        element = add(parent, self.tag, dict(self.attributes))
        if time is not None or self.time_required:
            add(element, "time", moment_attributes(time))
        elif self.timed:
            add(element, "time", {"nullFlavor": "NAV"})
        fill_role(add(element, self.entity), person or {}, self.shape)

    def decode(self, element: _Element, inp: Reading) -> Found:
        """The person and the time."""
        time = child(element, "time")
        if self.timed is not None and self.timed != (time is not None):
            return {}
        found = read_moment(self.time_key, time, inp) if time is not None and self.time_key else {}
        return {**found, **read_person(self.key, self.anchor, child(element, self.entity), self.shape, inp)}


def read_person(key: str, anchor: str, role: _Element | None, shape: Shape, inp: Reading) -> Found:
    """The professional of a role, with the comment the narrative gives."""
    person = read_role(role, shape)
    if person is None:
        return {}
    comment = inp.narrative.resolve("#" + anchor.format(n=inp.row, m=0) + COMMENT)
    return inp.take(key, {**person, "comment": comment} if comment else person)


def performer(key: str, anchor: str, *, time_key: str = "", timed: bool | None = None) -> Role:
    """Who did the act."""
    return Role(key, anchor, "performer", "assignedEntity", ASSIGNED_ENTITY, time_key, timed=timed)


def author(key: str, time_key: str, anchor: str) -> Role:
    """Who wrote the conclusion, and when."""
    return Role(key, anchor, "author", "assignedAuthor", ASSIGNED_AUTHOR, time_key, time_required=True)


def participant(key: str, time_key: str, anchor: str) -> Role:
    """Who took the sample, and when."""
    attributes = (("contextControlCode", "OP"), ("typeCode", "PRF"))
    return Role(key, anchor, "participant", "participantRole", PARTICIPANT_ROLE, time_key, attributes)


@dataclass(frozen=True)
class SectionAuthor:
    """Author of a section: who took the conclusion over, or, when it was typed in, the author of the document (volet, CRO)."""

    key: str
    time_key: str
    anchor: str

    tag = "author"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        """Append the author; the document's own when nobody took the conclusion over."""
        person, time = values.get(self.key), values.get(self.time_key)
        element = add(parent, "author")
        if person is None and time is None and out.document.authors:
            head = out.document.authors[0]
            add(element, "time", {"value": instant(head.time)})
            fill_role(add(element, "assignedAuthor"), with_header_id(head.professional, out), ASSIGNED_AUTHOR)
            return
        add(element, "time", moment_attributes(time))
        fill_role(add(element, "assignedAuthor"), person or {}, ASSIGNED_AUTHOR)

    def decode(self, element: _Element, inp: Reading) -> Found:
        """Who took the conclusion over; nobody when it is the document's author at the document's author's time."""
        time = child(element, "time")
        role = child(element, "assignedAuthor")
        if (read_role(role, ASSIGNED_AUTHOR), time.get("value") if time is not None else None) == inp.header.get("first_author"):
            return {}
        found = read_moment(self.time_key, time, inp) if time is not None else {}
        return {**found, **read_person(self.key, self.anchor, role, ASSIGNED_AUTHOR, inp)}
