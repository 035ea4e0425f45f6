"""Conditions: the shared vectors, and the closed grammar."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from forms_config.schema.conditions import OPERATORS, condition_from_json, condition_to_json, holds, questions_of

VECTORS: list[dict[str, Any]] = json.loads(
    (resources.files("forms_config.schema") / "vectors" / "conditions.json").read_text(encoding="utf-8")
)["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    assert holds(condition_from_json(vector["condition"]), *vector["scopes"]) is vector["expected"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_json_round_trip(vector: dict[str, Any]) -> None:
    assert condition_to_json(condition_from_json(vector["condition"])) == vector["condition"]


def test_vectors_cover_the_grammar() -> None:
    text = json.dumps([v["condition"] for v in VECTORS])
    assert all(f'"operator": "{operator}"' in text for operator in OPERATORS)
    assert '"any"' in text
    assert '"all"' in text
    assert len({v["name"] for v in VECTORS}) == len(VECTORS)


def test_no_condition_is_true() -> None:
    assert holds(None) is True


def test_questions_of() -> None:
    condition = condition_from_json(
        {"any": [{"question": "a", "operator": "filled"}, {"all": [{"question": "b", "operator": "equals", "value": 1}]}]}
    )
    assert questions_of(condition) == {"a", "b"}
    assert questions_of(None) == frozenset()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "q",
        {},
        {"question": "q"},
        {"question": "", "operator": "filled"},
        {"question": 3, "operator": "filled"},
        {"question": "q", "operator": "matches", "value": ".*"},
        {"question": "q", "operator": "equals"},
        {"question": "q", "operator": "filled", "value": "x"},
        {"question": "q", "operator": "equals", "value": ["a"]},
        {"question": "q", "operator": "equals", "value": 1.5},
        {"question": "q", "operator": "in", "value": "abc"},
        {"question": "q", "operator": "in", "value": []},
        {"question": "q", "operator": "in", "value": [{"code": "a"}]},
        {"question": "q", "operator": "filled", "note": "hors grammaire"},
        {"any": []},
        {"any": {"question": "q", "operator": "filled"}},
        {"any": [{"question": "q", "operator": "filled"}], "all": [{"question": "q", "operator": "filled"}]},
        {"all": [{"question": "q", "operator": "filled"}], "question": "q"},
    ],
    ids=repr,
)
def test_outside_the_grammar(data: Any) -> None:
    with pytest.raises(ValueError, match=r"Condition incorrecte|L'opérateur"):
        condition_from_json(data)


def test_endless_nesting_is_refused() -> None:
    data: dict[str, Any] = {"question": "q", "operator": "filled"}
    for _ in range(500):
        data = {"any": [data]}
    with pytest.raises(ValueError, match="Condition incorrecte"):
        condition_from_json(data)
