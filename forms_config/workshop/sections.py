"""Operations on the sections of a form, and on where questions stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forms_config.schema.model import FormSchema, Section
from forms_config.workshop.arguments import number, text
from forms_config.workshop.places import (
    WorkshopError,
    fresh_key,
    place_of,
    put_in_group,
    put_in_section,
    question_at,
    reordered,
    section_at,
    with_section,
    without_question,
)

Arguments = Mapping[str, Any]


def add_section(schema: FormSchema, arguments: Arguments) -> tuple[FormSchema, str]:
    """A section of the region, after another or at the end; gives the selection of the new section."""
    section = Section(fresh_key(), text(arguments, "title", 200) or "Nouvelle rubrique", ())
    keys = [s.key for s in schema.sections]
    at = keys.index(arguments["after"]) + 1 if arguments.get("after") in keys else len(keys)
    return replace(schema, sections=(*schema.sections[:at], section, *schema.sections[at:])), f"section:{section.key}"


def word_section(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Give a section its title or its help (``name`` says which)."""
    section = section_at(schema, text(arguments, "section"))
    value = text(arguments, "value", 2000)
    if arguments.get("name") == "help":
        return with_section(schema, replace(section, help=value))
    if not value:
        raise WorkshopError("Une rubrique a un titre")
    return with_section(schema, replace(section, title=value[:200]))


def move_section(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Bring a section up or down by ``by``, or before another (``before``)."""
    section = section_at(schema, text(arguments, "section"))
    keys = [s.key for s in schema.sections]
    index = keys.index(section.key)
    others = [s for s in schema.sections if s.key != section.key]
    if arguments.get("before"):
        at = [s.key for s in others].index(section_at(schema, text(arguments, "before")).key)
    else:
        at = index + number(arguments, "by")
    others.insert(max(0, min(at, len(others))), section)
    return replace(schema, sections=tuple(others))


def remove_section(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Take away an empty section, or one that shows a block; raises :class:`WorkshopError` while it holds other questions."""
    section = section_at(schema, text(arguments, "section"))
    if section.questions and not section.block:
        raise WorkshopError("Déplacer ou retirer d'abord les questions de cette rubrique")
    return replace(schema, sections=tuple(s for s in schema.sections if s.key != section.key))


def move_question(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Bring a question up or down by ``by``; at the edge of its section it goes over to the next one."""
    key, by = text(arguments, "question"), number(arguments, "by")
    place = place_of(schema, key)
    to = place.index + by
    if 0 <= to < len(place.siblings) or place.group is not None:
        return reordered(schema, place, to)
    sections = [s.key for s in schema.sections]
    neighbour = sections.index(place.section.key) + (1 if by > 0 else -1)
    if not 0 <= neighbour < len(sections):
        return schema
    index = 0 if by > 0 else None
    return put_in_section(without_question(schema, key), question_at(schema, key), sections[neighbour], index)


def place_question(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Bring a question before another (``before``), or to the end of a section (``section``)."""
    key, before = text(arguments, "question"), text(arguments, "before")
    question, place = question_at(schema, key), place_of(schema, key)
    if before == key:
        return schema
    if not before:
        if place.group is not None:
            raise WorkshopError("Une colonne reste dans son tableau")
        section_at(schema, text(arguments, "section"))
        return put_in_section(without_question(schema, key), question, text(arguments, "section"))
    target = place_of(schema, before)
    if (place.group and place.group.key) != (target.group and target.group.key):
        raise WorkshopError("Une colonne reste dans son tableau")
    rest = without_question(schema, key)
    at = place_of(rest, before)
    if at.group is not None:
        return put_in_group(rest, question, at.group.key, at.index)
    return put_in_section(rest, question, at.section.key, at.index)


def remove_question(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Take a question or a column away; the gate says what may not be missing."""
    return without_question(schema, text(arguments, "question"))
