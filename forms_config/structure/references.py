"""What questions look at: their conditions, their calculations, the question they may be held equal to; without cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcc.contracts.snapshots import Finding
from forms_config.schema.calculations import BIRTH_DATE
from forms_config.schema.conditions import AllOf, AnyOf, Condition, Test, questions_of
from forms_config.schema.model import FormSchema, Question
from forms_config.structure.finding import finding


def reference_problems(schema: FormSchema) -> Iterator[Finding]:
    """Questions that look at what is not there, or at themselves."""
    tops = schema.by_key
    for question in schema.questions():
        yield from _refers(question, tops)
        for column in question.columns:
            yield from _refers(column, {**tops, **{c.key: c for c in question.columns}})
    yield from _cycles(schema)


def _refers(question: Question, scope: Mapping[str, Question]) -> Iterator[Finding]:
    for key in sorted(questions_of(question.condition) | questions_of(question.required_if)):
        if key not in scope:
            yield finding("form.condition_unknown", question, f"la condition regarde une question absente, {key}")
        elif scope[key].same_as:
            yield finding(
                "form.condition_same_as", question, f"la condition regarde « {scope[key].label} », qui peut être sous-entendue"
            )
    if question.same_as:
        target = scope.get(question.same_as)
        if target is None:
            yield finding("form.same_as", question, f"la question tenue pour égale est absente, {question.same_as}")
        elif target.datatype != question.datatype or target.same_as:
            yield finding("form.same_as", question, f"ne peut pas être tenue pour égale à « {target.label} »")


def _cycles(schema: FormSchema) -> Iterator[Finding]:
    """Questions whose condition or calculation depends, from one to the next, on their own answer.

    A column also depends on what its group depends on; whoever looks at a group looks at its columns.
    """
    questions = {q.key: q for top in schema.questions() for q in (top, *top.columns)}
    groups = {c.key: top for top in schema.questions() for c in top.columns}
    looks_at: dict[str, set[str]] = {}
    for key, question in questions.items():
        conditions = [question.condition, groups[key].condition] if key in groups else [question.condition]
        asked_for = {*arguments_of(question), *(asked for condition in conditions for asked in questions_of(condition))}
        seen = asked_for & questions.keys()
        looks_at[key] = seen | {column.key for asked in seen for column in questions[asked].columns}
    for key, question in questions.items():
        if _reaches(key, looks_at):
            words = "son calcul dépend de lui-même" if question.calculation else "sa condition dépend d'elle-même"
            yield finding("form.cycle", question, words)


def arguments_of(question: Question) -> tuple[str, ...]:
    """Keys of the questions a calculated question looks at."""
    if question.calculation is None:
        return ()
    return tuple(key for key in question.calculation.arguments if key != BIRTH_DATE)


def _reaches(start: str, looks_at: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    todo = list(looks_at[start])
    while todo:
        key = todo.pop()
        if key == start:
            return True
        if key not in seen:
            seen.add(key)
            todo.extend(looks_at[key])
    return False


def codes_in_conditions(schema: FormSchema) -> Iterator[tuple[Question, Question, str]]:
    """For each code that a condition names: the question that has the condition, the coded question it looks at, the code."""
    for question in (q for top in schema.questions() for q in (top, *top.columns)):
        for test in tests_of(question.condition, question.required_if):
            asked = schema.find(test.question)
            if asked is None or asked.datatype != "coded" or not asked.values or test.value is None:
                continue
            for code in test.value if isinstance(test.value, tuple) else (test.value,):
                yield question, asked, str(code)


def tests_of(*conditions: Condition | None) -> Iterator[Test]:
    """Every comparison that conditions make."""
    for condition in conditions:
        if isinstance(condition, Test):
            yield condition
        elif isinstance(condition, AnyOf | AllOf):
            yield from tests_of(*condition.conditions)
