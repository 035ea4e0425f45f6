"""Conditions in the closed grammar: question, operator, value; any / all.

Python decides; JavaScript only shows. Both run the same vectors (``forms_config/schema/vectors/conditions.json``).
A condition inside a group row sees the row's answers first, then the document's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

Operator = Literal["equals", "not_equals", "in", "not_in", "filled", "empty", "coded", "greater", "less"]
OPERATORS: tuple[str, ...] = get_args(Operator)
_WITHOUT_VALUE = ("filled", "empty", "coded")
_WITH_LIST = ("in", "not_in")
MAX_DEPTH = 8
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of an answer; a coded answer is compared by its code, a boolean by ``true`` / ``false``."""

    question: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one of the conditions is."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when all the conditions are."""

    conditions: tuple[Condition, ...]


Condition = Test | AnyOf | AllOf


def holds(condition: Condition | None, *scopes: Mapping[str, Any]) -> bool:
    """Whether a condition is true for answers looked up in ``scopes``, nearest first; no condition is always true."""
    if condition is None:
        return True
    if isinstance(condition, AnyOf):
        return any(holds(c, *scopes) for c in condition.conditions)
    if isinstance(condition, AllOf):
        return all(holds(c, *scopes) for c in condition.conditions)
    value = next((scope[condition.question] for scope in scopes if condition.question in scope), None)
    return _OPERATIONS[condition.operator](value, condition.value)


def comparable(value: Any) -> str | int | None:
    """What a value is compared by: a code, ``true`` / ``false``, a number, or the text itself; nothing for a null flavour."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return value.get("code") or value.get("text")
    if value is None or isinstance(value, str | int):
        return value
    return None


def is_filled(value: Any) -> bool:
    """Whether an answer is given: a null flavour is an answer; an empty text, an empty list or a table of empty rows is not."""
    if isinstance(value, list):
        return any(is_filled(item) for item in value)
    if isinstance(value, Mapping) and "values" in value:
        return any(is_filled(item) for item in value["values"].values())
    return value is not None and value not in ("", {})


def _equals(value: Any, expected: Any) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_equals(item, expected) for item in value)
    found, wanted = comparable(value), comparable(expected)
    return found is not None and str(found) == str(wanted)


def _in(value: Any, expected: Any) -> bool:
    return any(_equals(value, item) for item in expected)


def _ordered(value: Any, expected: Any, *, greater: bool) -> bool:
    found, wanted = comparable(value), comparable(expected)
    if found is None or wanted is None:
        return False
    left, right = number_of(found), number_of(wanted)
    if left is not None and right is not None:
        return left > right if greater else left < right
    if isinstance(found, int) or isinstance(wanted, int):
        return False
    return found > wanted if greater else found < wanted


def number_of(value: str | int) -> Decimal | None:
    """A number, or the text of one; years, four digits alone, compare alike either way."""
    return Decimal(value) if isinstance(value, int) or _NUMBER.match(value) else None


def _coded(value: Any) -> bool:
    if isinstance(value, list):
        return any(_coded(item) for item in value)
    return isinstance(value, Mapping) and bool(value.get("code"))


_OPERATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": _equals,
    "not_equals": lambda value, expected: is_filled(value) and not _equals(value, expected),
    "in": _in,
    "not_in": lambda value, expected: is_filled(value) and not _in(value, expected),
    "filled": lambda value, _: is_filled(value),
    "empty": lambda value, _: not is_filled(value),
    "coded": lambda value, _: _coded(value),
    "greater": lambda value, expected: _ordered(value, expected, greater=True),
    "less": lambda value, expected: _ordered(value, expected, greater=False),
}


def condition_from_json(data: Any, *, depth: int = 0) -> Condition:
    """Parse; raises ``ValueError`` in French on anything outside the grammar."""
    if depth > MAX_DEPTH:
        raise ValueError(f"Condition incorrecte : plus de {MAX_DEPTH} niveaux")
    if not isinstance(data, Mapping):
        raise ValueError("Condition incorrecte : une question, « any » ou « all » est attendu")
    for name, kind in (("any", AnyOf), ("all", AllOf)):
        if name in data:
            parts = data[name]
            if set(data) != {name} or not isinstance(parts, list) or not parts:
                raise ValueError(f"Condition incorrecte : « {name} » attend une liste de conditions, seule")
            return kind(tuple(condition_from_json(part, depth=depth + 1) for part in parts))
    return _test_from_json(data)


def _test_from_json(data: Mapping[str, Any]) -> Test:
    question, operator, value = data.get("question"), data.get("operator"), data.get("value")
    if (
        not isinstance(question, str)
        or not question
        or operator not in OPERATORS
        or set(data) - {"question", "operator", "value"}
    ):
        raise ValueError(f"Condition incorrecte : question « {question!s:.80} », opérateur « {operator!s:.80} »")
    if (value is None) != (operator in _WITHOUT_VALUE):
        raise ValueError(f"L'opérateur « {operator} » {'ne prend pas de' if value is not None else 'attend une'} valeur")
    if operator in _WITH_LIST:
        if not isinstance(value, list | tuple) or not value or not all(_is_scalar(item) for item in value):
            raise ValueError(f"L'opérateur « {operator} » attend une liste de valeurs")
        return Test(question, operator, tuple(value))
    if value is not None and not _is_scalar(value):
        raise ValueError(f"L'opérateur « {operator} » attend une seule valeur")
    return Test(question, operator, value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int)


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """Inverse of :func:`condition_from_json`."""
    if isinstance(condition, AnyOf):
        return {"any": [condition_to_json(c) for c in condition.conditions]}
    if isinstance(condition, AllOf):
        return {"all": [condition_to_json(c) for c in condition.conditions]}
    data: dict[str, Any] = {"question": condition.question, "operator": condition.operator}
    if condition.value is not None:
        data["value"] = list(condition.value) if isinstance(condition.value, tuple) else condition.value
    return data


def questions_of(condition: Condition | None) -> frozenset[str]:
    """Keys a condition looks at."""
    if condition is None:
        return frozenset()
    if isinstance(condition, Test):
        return frozenset({condition.question})
    return frozenset().union(*(questions_of(c) for c in condition.conditions))
