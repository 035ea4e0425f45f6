"""Calculated values: each function from its table, and what is no calculation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_config.schema.calculations import (
    FUNCTIONS,
    Calculation,
    calculate,
    calculation_from_json,
    calculation_to_json,
)
from forms_config.schema.model import DATATYPES


@pytest.mark.parametrize(("function", "values", "expected"), [
    ("age", ["1979-03-28", "2019-03-27"], 39),
    ("age", ["1979-03-28", "2019-03-28"], 40),
    ("age", ["2000-02-29", "2001-02-28"], 0),
    ("age", ["2000-02-29", "2001-03-01T10:00+01:00"], 1),
    ("age", ["1979-03", "2019-03-28"], None),
    ("age", ["2019-03-28", "1979-03-28"], None),
    ("age", ["1979-03-28", None], None),
    ("age", ["1979-03-28", "0000000000"], None),
    ("age", ["1979-03-28", {"null": "UNK"}], None),
    ("delai", ["2025-01-31", "2025-03-01"], 29),
    ("delai", ["2025-03-01", "2025-01-31"], -29),
    ("delai", ["2025-03", "2025-01-31"], None),
    ("imc", [70, 175], "22.9"),
    ("imc", ["70.5", "175"], "23.0"),
    ("imc", [70, 0], None),
    ("imc", [70, "1.75"], None),
    ("imc", [True, 175], None),
    ("imc", ["soixante", 175], None),
    ("somme", [1, 2, 4], 7),
    ("somme", [1, None, 4], None),
    ("somme", [1, True], None),
])  # fmt: skip
def test_functions(function: str, values: list[Any], expected: Any) -> None:
    keys = tuple(f"q{n}" for n in range(len(values)))
    found = calculate(Calculation(function, keys), dict(zip(keys, values, strict=True)))
    assert found == expected
    assert type(found) is type(expected)


def test_the_nearest_scope_wins() -> None:
    made = Calculation("delai", ("a", "b"))
    assert calculate(made, {"a": "2025-01-02"}, {"a": "2020-01-01", "b": "2025-01-03"}) == 1


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_table_names_real_datatypes(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.datatype in DATATYPES
    assert function.label
    assert all(set(datatypes) <= set(DATATYPES) for _, datatypes in function.arguments)


@pytest.mark.parametrize(("data", "words"), [
    (None, "Calcul incorrect"),
    ({"function": "age"}, "Calcul incorrect"),
    ({"function": "eval", "arguments": ["a", "b"]}, "Calcul inconnu : « eval »"),
    ({"function": ["age"], "arguments": ["a", "b"]}, "Calcul inconnu"),
    ({"function": "age", "arguments": "ab"}, "ses arguments sont des questions"),
    ({"function": "age", "arguments": ["a", ""]}, "ses arguments sont des questions"),
    ({"function": "age", "arguments": ["a"]}, "« Âge à une date (années) » attend 2 arguments"),
    ({"function": "somme", "arguments": ["a"]}, "au moins 2"),
])  # fmt: skip
def test_what_is_no_calculation(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r"Calcul|attend") as caught:
        calculation_from_json(data)
    assert words in str(caught.value)


def test_json() -> None:
    data = {"function": "somme", "arguments": ["a", "b", "c"]}
    assert calculation_to_json(calculation_from_json(data)) == data


ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.dates().map(str), st.just({"null": "UNK"}))


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(ANY, min_size=2, max_size=2))
def test_no_answer_makes_it_fail(function: str, values: list[Any]) -> None:
    calculate(Calculation(function, ("a", "b")), {"a": values[0], "b": values[1]})
