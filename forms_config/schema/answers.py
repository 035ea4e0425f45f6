"""What a whole set of answers means under a schema: what is shown, what is missing, what is exported.

Answers are keyed by question key; a group is a list of rows ``{"id": row id, "values": answers of the row}``.
Hidden is not erased, but hidden is not exported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms_config.schema.conditions import holds, is_filled
from forms_config.schema.model import FormSchema, Question, Required


@dataclass(frozen=True, slots=True)
class Missing:
    """A question that must be answered and is not; ``row_id`` names the row for a column of a group."""

    question: Question
    row_id: str = ""
    group_key: str = ""

    @property
    def path(self) -> str:
        """Path of the answer (see :func:`path_of`)."""
        return path_of(self.question.key, self.group_key, self.row_id)


def path_of(key: str, group_key: str = "", row_id: str = "") -> str:
    """How one value is named everywhere: ``key``, or ``group/row id/key`` inside a row."""
    return f"{group_key}/{row_id}/{key}" if group_key else key


def is_visible(question: Question, *scopes: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the answers (those of hidden questions left out: see :func:`visible_answers`)."""
    return holds(question.condition, *scopes)


def is_required(question: Question, *scopes: Mapping[str, Any]) -> bool:
    """Whether a shown question must be answered at some stage, given the answers as :func:`visible_answers` has them."""
    return question.required != "never" and holds(question.required_if, *scopes)


def visible_answers(schema: FormSchema, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of questions that are shown: what conditions look at, so that a hidden answer shows nothing further.

    Rows keep their ids and lose the values of hidden columns. Conditions have no cycle, so a few rounds settle it.
    """
    questions = [q for q in schema.questions() if q.key in answers]
    kept: dict[str, Any] = {q.key: answers[q.key] for q in questions}
    for _ in range(len(questions) + 1):
        shown = {q.key: _visible_value(q, answers[q.key], kept) for q in questions if holds(q.condition, kept)}
        if shown == kept:
            break
        kept = shown
    return kept


def _visible_value(question: Question, value: Any, kept: Mapping[str, Any]) -> Any:
    if question.datatype != "group":
        return value
    return [{"id": row["id"], "values": _visible_columns(question.columns, row["values"], kept)} for row in value or ()]


def _visible_columns(columns: Sequence[Question], values: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    seen: Mapping[str, Any] = values
    for _ in range(len(columns) + 1):
        shown = {c.key: values[c.key] for c in columns if c.key in values and holds(c.condition, seen, kept)}
        if shown == seen:
            break
        seen = shown
    return dict(seen)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A question that has an answer and is no longer asked; ``group`` for a column, hidden in one row or more."""

    question: Question
    group: Question | None = None

    @property
    def label(self) -> str:
        """Its label, after that of its group."""
        return f"{self.group.label} : {self.question.label}" if self.group else self.question.label


def hidden(schema: FormSchema, answers: Mapping[str, Any]) -> Iterator[Hidden]:
    """What is kept and not exported because a condition hides it, in order of display; of a hidden group, the group alone."""
    seen = visible_answers(schema, answers)
    for question in schema.questions():
        value = answers.get(question.key)
        if not is_filled(value):
            continue
        if question.key not in seen:
            yield Hidden(question)
        elif question.datatype == "group":
            shown = {row["id"]: row["values"] for row in seen[question.key]}
            for column in question.columns:
                if any(is_filled(row["values"].get(column.key)) and column.key not in shown[row["id"]] for row in value or ()):
                    yield Hidden(column, question)


def missing(schema: FormSchema, answers: Mapping[str, Any], stage: Required) -> Iterator[Missing]:
    """Visible questions required at ``stage`` (``complete`` or ``validate``) that have no answer, in order of display."""
    return missing_among(schema, visible_answers(schema, answers), stage)


def missing_among(schema: FormSchema, seen: Mapping[str, Any], stage: Required) -> Iterator[Missing]:
    """As :func:`missing`, for who already has the :func:`visible_answers`."""
    stages = ("complete",) if stage == "complete" else ("complete", "validate")
    for question in schema.questions():
        if not is_visible(question, seen):
            continue
        value = seen.get(question.key)
        if question.required in stages and is_required(question, seen) and not is_filled(value):
            yield Missing(question)
        if question.datatype == "group":
            for row in value or ():
                yield from _missing_in_row(question, row, seen, stages)


def _missing_in_row(
    group: Question, row: Mapping[str, Any], answers: Mapping[str, Any], stages: tuple[str, ...]
) -> Iterator[Missing]:
    values = row["values"]
    for column in group.columns:
        if column.required not in stages or is_filled(values.get(column.key)):
            continue
        if is_visible(column, values, answers) and is_required(column, values, answers):
            yield Missing(column, row["id"], group.key)


def exportable(schema: FormSchema, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that leave the platform: visible, filled, in the schema, not merely repeating their ``same_as``, and less
    the parts a question ``omits``.

    This is the canonical form in which answers are compared: decoding an encoded document gives exactly it, and
    exporting it again changes nothing.
    """
    exported: dict[str, Any] = {}
    seen = visible_answers(schema, answers)
    for question in schema.questions():
        value: Any = seen.get(question.key)
        if question.datatype == "group":
            value = [kept for row in value or () if (kept := _exportable_row(question, row))["values"]]
        value = _without(value, question.omits)
        if is_filled(value) and not (question.same_as and value == seen.get(question.same_as)):
            exported[question.key] = value
    return exported


def _exportable_row(group: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {c.key: _without(row["values"].get(c.key), c.omits) for c in group.columns}
    return {"id": row["id"], "values": {key: value for key, value in values.items() if is_filled(value)}}


def _without(value: Any, omits: Iterable[str]) -> Any:
    """A value less the parts its volet has no place for (``part``, or ``organisation.part``)."""
    for path in omits if isinstance(value, Mapping) else ():
        part, _, inner = path.partition(".")
        if inner and part in value:
            value = {**value, part: _without(value[part], (inner,))}
        elif part in value:
            value = {key: item for key, item in value.items() if key != part}
    return value


def without_row_ids(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers with rows as plain values, to compare documents whose rows were numbered apart."""
    return {
        key: [row["values"] if isinstance(row, Mapping) and "values" in row else row for row in value]
        if isinstance(value, list)
        else value
        for key, value in answers.items()
    }
