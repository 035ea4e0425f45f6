"""Calculated values of a whole set of answers. Pure; the documents room calls it at each saving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from forms_config.schema.answers import path_of, visible_answers
from forms_config.schema.calculations import calculate
from forms_config.schema.model import FormSchema, Question


def has_calculations(schema: FormSchema) -> bool:
    """Whether the form calculates anything."""
    return any(q.calculation for top in schema.questions() for q in (top, *top.columns))


def with_calculations(schema: FormSchema, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with each calculated value as its arguments make it now, none where it cannot be known.

    ``facts`` are arguments that are not questions (``patient.naissance``). A hidden answer is no argument. A value may depend on
    another calculated one, and show or hide questions: as nothing depends on itself, a few rounds settle it.
    """
    current = dict(answers)
    if not has_calculations(schema):
        return current
    for _ in range(sum(1 + len(top.columns) for top in schema.questions())):
        following = _round(schema, current, facts)
        if following == current:
            break
        current = following
    return current


def _round(schema: FormSchema, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    seen = visible_answers(schema, answers)
    following = _calculated(schema.questions(), answers, seen, facts)
    for group in schema.questions():
        if answers.get(group.key) and any(column.calculation for column in group.columns):
            shown = {row["id"]: row["values"] for row in seen.get(group.key) or ()}
            following[group.key] = [
                {**row, "values": _calculated(group.columns, row["values"], shown.get(row["id"], row["values"]), seen, facts)}
                for row in answers[group.key]
            ]
    return following


def _calculated(questions: Iterable[Question], values: Mapping[str, Any], *scopes: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    for question in questions:
        if question.calculation is None:
            continue
        value = calculate(question.calculation, *scopes)
        if value is None:
            found.pop(question.key, None)
        else:
            found[question.key] = value
    return found


def calculated_paths(schema: FormSchema, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Path and value of each calculated question, in order of display; nothing for one that cannot be known."""
    for question in schema.questions():
        if question.calculation:
            yield question.key, answers.get(question.key)
        for column in question.columns:
            if column.calculation:
                for row in answers.get(question.key) or ():
                    yield path_of(column.key, question.key, row["id"]), row["values"].get(column.key)
