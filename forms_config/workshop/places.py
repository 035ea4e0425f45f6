"""Finds, changes, takes out and puts in questions of a schema, columns of groups included. Pure.

A *place* is a list of questions: those of a section, or the columns of a group.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from forms_config.schema.model import FormSchema, Question, Section

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without the signs that are taken for others."""


class WorkshopError(ValueError):
    """An operation cannot be done; the message is French and goes to the editor."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands: its section, the group it is a column of (or nothing), and its index there."""

    section: Section
    group: Question | None
    index: int

    @property
    def siblings(self) -> tuple[Question, ...]:
        """The questions of the same place, itself included."""
        return self.group.columns if self.group else self.section.questions


def fresh_key() -> str:
    """A key that no question ever had: drawn, never derived from a label."""
    return "regional." + "".join(secrets.choice(_LETTERS) for _ in range(12))


def everything(schema: FormSchema) -> Iterator[Question]:
    """All the questions, columns after their group."""
    for top in schema.questions():
        yield top
        yield from top.columns


def section_at(schema: FormSchema, key: str) -> Section:
    """A section by key; raises :class:`WorkshopError`."""
    found = next((section for section in schema.sections if section.key == key), None)
    if found is None:
        raise WorkshopError("Cette rubrique n'est plus dans le formulaire")
    return found


def question_at(schema: FormSchema, key: str) -> Question:
    """A question by key, columns included; raises :class:`WorkshopError`."""
    found = schema.find(key)
    if found is None:
        raise WorkshopError("Cette question n'est plus dans le formulaire")
    return found


def place_of(schema: FormSchema, key: str) -> Place:
    """Where a question stands; raises :class:`WorkshopError`."""
    for section in schema.sections:
        for index, top in enumerate(section.questions):
            if top.key == key:
                return Place(section, None, index)
            for number, column in enumerate(top.columns):
                if column.key == key:
                    return Place(section, top, number)
    raise WorkshopError("Cette question n'est plus dans le formulaire")


def with_section(schema: FormSchema, section: Section) -> FormSchema:
    """The schema with a section in the place of the one of its key."""
    return replace(schema, sections=tuple(section if s.key == section.key else s for s in schema.sections))


def with_question(schema: FormSchema, question: Question) -> FormSchema:
    """The schema with a question in the place of the one of its key."""
    return _change_at(
        schema, place_of(schema, question.key), lambda rows: [question if q.key == question.key else q for q in rows]
    )


def without_question(schema: FormSchema, key: str) -> FormSchema:
    """The schema less a question."""
    return _change_at(schema, place_of(schema, key), lambda rows: [q for q in rows if q.key != key])


def put_in_section(schema: FormSchema, question: Question, section_key: str, index: int | None = None) -> FormSchema:
    """The schema with a question more in a section, at an index or at the end."""
    section = section_at(schema, section_key)
    return with_section(schema, replace(section, questions=_put(section.questions, question, index)))


def put_in_group(schema: FormSchema, column: Question, group_key: str, index: int | None = None) -> FormSchema:
    """The schema with a column more in a group, at an index or at the end; raises :class:`WorkshopError`."""
    group = question_at(schema, group_key)
    if group.datatype != "group":
        raise WorkshopError("Seul un tableau a des colonnes")
    if column.datatype == "group":
        raise WorkshopError("Une colonne n'est pas un tableau")
    return with_question(schema, replace(group, columns=_put(group.columns, column, index)))


def moved(rows: Sequence[Question], index: int, to: int) -> tuple[Question, ...]:
    """Questions with the one at ``index`` brought to the index ``to``."""
    others = [*rows[:index], *rows[index + 1 :]]
    others.insert(max(0, min(to, len(others))), rows[index])
    return tuple(others)


def reordered(schema: FormSchema, place: Place, to: int) -> FormSchema:
    """The schema with the question of a place moved within it."""
    return _change_at(schema, place, lambda rows: list(moved(rows, place.index, to)))


def _put(rows: Sequence[Question], question: Question, index: int | None) -> tuple[Question, ...]:
    at = len(rows) if index is None else max(0, min(index, len(rows)))
    return (*rows[:at], question, *rows[at:])


def _change_at(schema: FormSchema, place: Place, change: Callable[[Sequence[Question]], list[Question]]) -> FormSchema:
    if place.group is None:
        return with_section(schema, replace(place.section, questions=tuple(change(place.section.questions))))
    group = replace(place.group, columns=tuple(change(place.group.columns)))
    questions = tuple(group if q.key == group.key else q for q in place.section.questions)
    return with_section(schema, replace(place.section, questions=questions))
