"""Calculated values among whole answers: in rows, one from another, shown and hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms_config.schema.answers import exportable
from forms_config.schema.calculated import calculated_paths, with_calculations
from forms_config.schema.calculations import BIRTH_DATE, Calculation
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.samples import BORN, sample_answers

DAY = Question("r.jour", "Jour", "date")
AGE = Question("r.age", "Âge", "integer", calculation=Calculation("age", (BIRTH_DATE, "r.jour")))
A, B = (Question(f"r.{name}", name, "integer") for name in "ab")
SUM = Question("r.somme", "Somme", "integer", calculation=Calculation("somme", ("r.a", "r.b")))
TOTAL = Question("r.total", "Total", "integer", calculation=Calculation("somme", ("r.somme", "r.age")))
OLD = Question(
    "r.vieux", "Vieux", "string", condition=condition_from_json({"question": "r.age", "operator": "greater", "value": 70})
)
START, END = Question("g.du", "Du", "date"), Question("g.au", "Au", "date")
LENGTH = Question("g.duree", "Durée", "integer", calculation=Calculation("delai", ("g.du", "g.au")))
SINCE = Question("g.depuis", "Depuis", "integer", calculation=Calculation("delai", ("r.jour", "g.au")))
ROWS = Question("g", "Cures", "group", multiple=True, columns=(START, END, LENGTH, SINCE))
FACTS = {BIRTH_DATE: "1950-06-15"}


def form(*questions: Question) -> FormSchema:
    return FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", questions),))


def row(n: int, **values: Any) -> dict[str, Any]:
    return {"id": f"r{n}", "values": {f"g.{key}": value for key, value in values.items()}}


@pytest.mark.parametrize(("answers", "expected"), [
    ({}, {}),
    ({"r.jour": "2020-06-14"}, {"r.jour": "2020-06-14", "r.age": 69}),
    ({"r.jour": "2020-06"}, {"r.jour": "2020-06"}),
    ({"r.age": 99}, {}),
    ({"r.jour": "2020-06-15", "r.age": 99}, {"r.jour": "2020-06-15", "r.age": 70}),
    ({"r.a": 1}, {"r.a": 1}),
    ({"r.a": 1, "r.b": 2, "r.jour": "2020-06-15"},
     {"r.a": 1, "r.b": 2, "r.jour": "2020-06-15", "r.somme": 3, "r.age": 70, "r.total": 73}),
    ({"g": [row(1, du="2025-01-01", au="2025-01-11"), row(2, du="2025-01-01")], "r.jour": "2025-01-01"},
     {"g": [row(1, du="2025-01-01", au="2025-01-11", duree=10, depuis=10), row(2, du="2025-01-01")],
      "r.jour": "2025-01-01", "r.age": 74}),
])  # fmt: skip
def test_values_follow_their_arguments(answers: dict[str, Any], expected: dict[str, Any]) -> None:
    schema = form(TOTAL, SUM, AGE, DAY, A, B, ROWS)
    found = with_calculations(schema, answers, FACTS)
    assert found == expected
    assert with_calculations(schema, found, FACTS) == found


def test_a_hidden_answer_is_no_argument_and_stays() -> None:
    hidden = replace(A, condition=condition_from_json({"question": "r.jour", "operator": "filled"}))
    schema = form(DAY, hidden, B, SUM)
    assert with_calculations(schema, {"r.a": 1, "r.b": 2}, FACTS) == {"r.a": 1, "r.b": 2}
    shown = with_calculations(schema, {"r.a": 1, "r.b": 2, "r.jour": "2025"}, FACTS)
    assert shown["r.somme"] == 3


def test_what_is_calculated_shows_and_hides() -> None:
    schema = form(OLD, AGE, DAY)
    answers = with_calculations(schema, {"r.jour": "2025-01-01", "r.vieux": "oui"}, FACTS)
    assert exportable(schema, answers) == {"r.vieux": "oui", "r.age": 74, "r.jour": "2025-01-01"}
    younger = with_calculations(schema, {**answers, "r.jour": "1990-01-01"}, FACTS)
    assert exportable(schema, younger) == {"r.age": 39, "r.jour": "1990-01-01"}


def test_paths_in_order_of_display() -> None:
    schema = form(ROWS, AGE, DAY)
    answers = with_calculations(schema, {"g": [row(1, du="2025-01-01", au="2025-01-11")]}, FACTS)
    assert list(calculated_paths(schema, answers)) == [("g/r1/g.duree", 10), ("g/r1/g.depuis", None), ("r.age", None)]


def test_test_documents_hold_what_is_calculated() -> None:
    answers = sample_answers(form(OLD, AGE, DAY, ROWS), "maximal", lambda name: ())
    assert answers["r.age"] == 46 if BORN < "1979-03-29" else 45
    assert answers["g"][0]["values"]["g.duree"] == 0
    assert "r.vieux" not in answers
