"""Operations on conditions and calculations, built by menus in the closed grammar. Pure.

What an editor builds is flat: some tests, all or one of which must be true. The condition of the volet, when there is one, stays
beside them and is not editable. A condition of another shape (made elsewhere) is shown in words and may be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from forms_config.schema.calculations import FUNCTIONS, Calculation, calculation_from_json
from forms_config.schema.conditions import AllOf, AnyOf, Condition, Test, condition_from_json
from forms_config.schema.model import FormSchema, Question
from forms_config.workshop.arguments import code_in, number, text, texts
from forms_config.workshop.places import WorkshopError, place_of, question_at, with_question
from forms_config.workshop.questions import element_of

Arguments = Mapping[str, Any]
_ANYTHING = ("filled", "empty")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("equals", *_ANYTHING),
    "coded": ("in", "not_in", *_ANYTHING),
    "integer": ("equals", "greater", "less", *_ANYTHING),
    "decimal": ("equals", "greater", "less", *_ANYTHING),
    "date": ("equals", "greater", "less", *_ANYTHING),
    "datetime": ("greater", "less", *_ANYTHING),
    "string": ("equals", "not_equals", *_ANYTHING),
}
"""Operators offered for a datatype; the others are only asked whether they are filled."""
WITHOUT_VALUE = ("filled", "empty", "coded")


@dataclass(frozen=True, slots=True)
class Own:
    """The part of a condition that the editor builds: ``mode`` is ``all`` or ``any``; ``other`` is a part of another shape."""

    mode: str = "all"
    tests: tuple[Test, ...] = ()
    other: Condition | None = None


def national_condition(schema: FormSchema, question: Question) -> Condition | None:
    """The condition under which the volet has the element."""
    element = element_of(schema, question)
    return element.condition if element else None


def own_condition(schema: FormSchema, question: Question) -> Own:
    """What the editor added to the condition of the volet."""
    own, national = question.condition, national_condition(schema, question)
    if national is not None and own == national:
        return Own()
    if national is not None and isinstance(own, AllOf) and national in own.conditions:
        rest = tuple(part for part in own.conditions if part != national)
        own = rest[0] if len(rest) == 1 else AllOf(rest) if rest else None
    if own is None:
        return Own()
    if isinstance(own, Test):
        return Own("all", (own,))
    if isinstance(own, AllOf | AnyOf) and all(isinstance(part, Test) for part in own.conditions):
        flat = tuple(part for part in own.conditions if isinstance(part, Test))
        return Own("any" if isinstance(own, AnyOf) else "all", flat)
    return Own(other=own)


def _with_own(schema: FormSchema, question: Question, own: Own) -> FormSchema:
    national = national_condition(schema, question)
    built: Condition | None = None
    if len(own.tests) == 1:
        built = own.tests[0]
    elif own.tests:
        built = AnyOf(own.tests) if own.mode == "any" else AllOf(own.tests)
    if national is not None and built is not None:
        parts = built.conditions if isinstance(built, AllOf) else (built,)
        built = AllOf((national, *parts))
    return with_question(schema, replace(question, condition=built or national))


def _conditional(schema: FormSchema, arguments: Arguments) -> Question:
    question = question_at(schema, text(arguments, "question"))
    element = element_of(schema, question)
    if element is not None and element.minimum:
        raise WorkshopError("Une donnée obligatoire est demandée exactement quand le volet la demande")
    return question


def add_test(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Ask one more thing: the question looked at (``asked``), an ``operator``, a ``value`` (or ``values``)."""
    question, asked = _conditional(schema, arguments), question_at(schema, text(arguments, "asked"))
    if asked.key == question.key:
        raise WorkshopError("Une question ne dépend pas d'elle-même")
    operator = text(arguments, "operator")
    if operator not in operators_of(asked):
        raise WorkshopError("Choisir une comparaison qui convient à cette question")
    data: dict[str, Any] = {"question": asked.key, "operator": operator}
    if operator not in WITHOUT_VALUE:
        data["value"] = _value(asked, operator, arguments)
    try:
        test = condition_from_json(data)
    except ValueError as error:
        raise WorkshopError(str(error)) from None
    own = own_condition(schema, question)
    if not isinstance(test, Test) or test in own.tests:
        raise WorkshopError("Cette condition est déjà là")
    return _with_own(schema, question, Own(own.mode, (*own.tests, test)))


def _value(asked: Question, operator: str, arguments: Arguments) -> Any:
    given = tuple(code_in(part) for part in texts(arguments, "values")) or (code_in(text(arguments, "value")),)
    if not all(given) or not given[0]:
        raise WorkshopError("Choisir la valeur à comparer")
    if asked.datatype == "boolean":
        if given[0] not in ("true", "false"):
            raise WorkshopError("Oui ou non est attendu")
        return given[0] == "true"
    if asked.datatype == "integer":
        return number({"value": given[0]}, "value", least=-1_000_000_000, most=1_000_000_000)
    return list(given) if operator in ("in", "not_in") else given[0]


def operators_of(asked: Question) -> tuple[str, ...]:
    """The comparisons a question admits in a condition."""
    return _ANYTHING if asked.multiple and asked.datatype != "coded" else OPERATORS.get(asked.datatype, _ANYTHING)


def candidates(schema: FormSchema, question: Question) -> list[Question]:
    """Questions a condition may look at: those of the form, and for a column those of its row."""
    place = place_of(schema, question.key)
    group = place.group
    row = [column for column in group.columns if column.key != question.key] if group else []
    tops = [top for top in schema.questions() if top.key != question.key and (group is None or top.key != group.key)]
    return [found for found in (*row, *tops) if not found.same_as]


def remove_test(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Take one of the editor's tests away (``index``)."""
    question = _conditional(schema, arguments)
    own, index = own_condition(schema, question), number(arguments, "index", least=0)
    if index >= len(own.tests):
        raise WorkshopError("Cette condition n'est plus là")
    return _with_own(schema, question, Own(own.mode, own.tests[:index] + own.tests[index + 1 :]))


def set_mode(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Let all the tests, or one of them, be true (``value``: ``all`` or ``any``)."""
    question, mode = _conditional(schema, arguments), text(arguments, "value")
    if mode not in ("all", "any"):
        raise WorkshopError("Toutes ou l'une des conditions")
    own = own_condition(schema, question)
    if mode == "any" and len(own.tests) < 2:
        raise WorkshopError("« L'une d'elles » demande au moins deux conditions")
    return _with_own(schema, question, Own(mode, own.tests))


def clear_condition(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Take away all that the editor added."""
    return _with_own(schema, _conditional(schema, arguments), Own())


def set_calculation(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Let a calculated question look at other questions (``arguments``, in the order of its function)."""
    question = question_at(schema, text(arguments, "question"))
    if question.calculation is None:
        raise WorkshopError("Cette question n'est pas calculée")
    function = question.calculation.function
    chosen = [key for key in texts(arguments, "arguments") if key]
    try:
        calculation: Calculation = calculation_from_json({"function": function, "arguments": chosen})
    except ValueError as error:
        raise WorkshopError(str(error)) from None
    if len(set(chosen)) != len(chosen):
        raise WorkshopError(f"« {FUNCTIONS[function].label} » regarde deux fois la même question")
    return with_question(schema, replace(question, calculation=calculation))
