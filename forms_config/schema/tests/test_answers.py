"""What a whole set of answers means: shown, missing, exported."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.answers import exportable, is_visible, missing, path_of, visible_answers, without_row_ids
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.tests.strategies import values_of

FRCP = default_schema(load_catalogue("frcp", "2025.01"))


def when(question: str, operator: str, value: Any = None) -> Any:
    return condition_from_json({"question": question, "operator": operator, **({} if value is None else {"value": value})})


def form(*questions: Question) -> FormSchema:
    return FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", questions),))


A = Question(key="a", label="A", datatype="boolean")
B = Question(key="b", label="B", datatype="boolean", condition=when("a", "equals", "true"))
C = Question(key="c", label="C", datatype="string", condition=when("b", "equals", "true"), required="validate")
D = Question(key="d", label="D", datatype="string", condition=when("b", "empty"), required="complete")
CHAIN = form(C, B, A, D)


def paths(schema: FormSchema, answers: dict[str, Any], stage: Any) -> list[str]:
    return [m.path for m in missing(schema, answers, stage)]


def test_path_of() -> None:
    assert path_of("k") == "k"
    assert path_of("k", "g", "r1") == "g/r1/k"


def test_hidden_is_not_erased_but_not_exported() -> None:
    answers = {"a": False, "b": True, "c": "kept"}
    assert exportable(CHAIN, answers) == {"a": False}
    assert answers == {"a": False, "b": True, "c": "kept"}


def test_a_hidden_answer_shows_nothing_further() -> None:
    stale = {"a": False, "b": True, "c": "x", "d": "y"}
    assert visible_answers(CHAIN, stale) == {"a": False, "d": "y"}
    assert visible_answers(CHAIN, {**stale, "a": True}) == {"a": True, "b": True, "c": "x"}
    assert paths(CHAIN, {"a": False, "b": True}, "validate") == ["d"]


def test_is_visible_looks_at_the_scopes_in_order() -> None:
    assert is_visible(B, {"a": True})
    assert not is_visible(B, {"a": False}, {"a": True})


def test_missing_by_stage() -> None:
    assert paths(CHAIN, {"a": True, "b": True}, "complete") == []
    assert paths(CHAIN, {"a": True, "b": True}, "validate") == ["c"]
    assert paths(CHAIN, {}, "complete") == ["d"]
    assert paths(CHAIN, {"d": "x"}, "validate") == []


ROWS = Question(
    key="g",
    label="G",
    datatype="group",
    multiple=True,
    required="validate",
    condition=when("a", "equals", "true"),
    columns=(
        Question(key="g.kind", label="K", datatype="string", required="validate"),
        Question(key="g.more", label="M", datatype="string", condition=when("g.kind", "equals", "x"), required="validate"),
        Question(key="g.other", label="O", datatype="string", condition=when("a", "filled")),
    ),
)
TABLE = form(A, ROWS, Question(key="after", label="Z", datatype="string", condition=when("g", "filled")))


def rows(*values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": f"r{n}", "values": value} for n, value in enumerate(values)]


def test_missing_in_rows() -> None:
    assert paths(TABLE, {"a": True}, "validate") == ["g"]
    assert paths(TABLE, {"a": True, "g": rows({})}, "validate") == ["g", "g/r0/g.kind"]
    assert paths(TABLE, {"a": True, "g": rows({"g.kind": "x"}, {"g.kind": "y"})}, "validate") == ["g/r0/g.more"]
    assert paths(TABLE, {"a": False, "g": rows({})}, "validate") == []


def test_rows_export_without_what_is_hidden_or_empty() -> None:
    answers = {
        "a": True,
        "g": rows({"g.kind": "y", "g.more": "stale", "g.other": ""}, {}, {"g.kind": "x", "g.more": "kept"}),
        "after": "z",
    }
    assert exportable(TABLE, answers) == {
        "a": True,
        "g": [{"id": "r0", "values": {"g.kind": "y"}}, {"id": "r2", "values": {"g.kind": "x", "g.more": "kept"}}],
        "after": "z",
    }
    assert exportable(TABLE, {"a": True, "g": rows({}, {"g.kind": ""}), "after": "z"}) == {"a": True}
    assert exportable(TABLE, {**answers, "a": False}) == {"a": False}


def test_same_as_is_left_out_only_when_equal() -> None:
    schema = form(Question(key="x", label="X", datatype="string"), Question(key="y", label="Y", datatype="string", same_as="x"))
    assert exportable(schema, {"x": "1", "y": "1"}) == {"x": "1"}
    assert exportable(schema, {"x": "1", "y": "2"}) == {"x": "1", "y": "2"}
    assert exportable(schema, {"y": "2"}) == {"y": "2"}


def test_same_as_of_a_hidden_answer_is_kept() -> None:
    schema = form(A, Question(key="x", label="X", datatype="string", condition=when("a", "equals", "true")),
                  Question(key="y", label="Y", datatype="string", same_as="x"))  # fmt: skip
    assert exportable(schema, {"a": False, "x": "1", "y": "1"}) == {"a": False, "y": "1"}


def test_what_the_schema_does_not_know_stays_behind() -> None:
    assert exportable(CHAIN, {"a": True, "inconnue": "x"}) == {"a": True}


@pytest.mark.parametrize("value", [0, False, {"null": "NA"}])
def test_answers_that_look_empty_are_exported(value: Any) -> None:
    assert exportable(form(A), {"a": value}) == {"a": value}


def test_without_row_ids() -> None:
    assert without_row_ids({"g": rows({"k": 1}), "l": ["a"], "x": "y"}) == {"g": [{"k": 1}], "l": ["a"], "x": "y"}


FRCP_ANSWERS = st.fixed_dictionaries({}, optional={q.key: values_of(q) for q in FRCP.questions()})


@settings(max_examples=40)
@given(FRCP_ANSWERS)
def test_exporting_twice_changes_nothing(answers: dict[str, Any]) -> None:
    once = exportable(FRCP, answers)
    assert exportable(FRCP, once) == once


@settings(max_examples=40)
@given(FRCP_ANSWERS)
def test_what_is_exported_is_never_missing(answers: dict[str, Any]) -> None:
    exported = exportable(FRCP, answers)
    flagged = {m.path for m in missing(FRCP, exported, "validate")}
    assert not flagged & set(exported)


def test_parts_that_the_volet_has_no_place_for_are_not_exported() -> None:
    place = Question("place", "Place", "organisation", omits=("telecoms",))
    who = Question("who", "Qui", "professional", omits=("organisation.address", "comment"))
    rows = Question("rows", "Lignes", "group", multiple=True, columns=(place,))
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", (place, who, rows)),))
    hospital = {"name": "CH", "telecoms": [{"value": "tel:0"}], "address": {"city": "ANGERS"}}
    answers = {
        "place": hospital,
        "who": {"family": "MARTIN", "comment": "x", "organisation": hospital},
        "rows": [{"id": "1", "values": {"place": hospital}}],
    }
    without_telecoms = {"name": "CH", "address": {"city": "ANGERS"}}
    assert exportable(schema, answers) == {
        "place": without_telecoms,
        "who": {"family": "MARTIN", "organisation": {"name": "CH", "telecoms": [{"value": "tel:0"}]}},
        "rows": [{"id": "1", "values": {"place": without_telecoms}}],
    }
    assert answers["place"] == hospital


NEEDED = form(
    A,
    Question(key="n", label="N", datatype="string", required="validate", required_if=when("a", "equals", "true")),
    Question(
        key="g",
        label="G",
        datatype="group",
        multiple=True,
        columns=(
            Question(key="g.x", label="X", datatype="string"),
            Question(key="g.y", label="Y", datatype="string", required="complete", required_if=when("g.x", "filled")),
        ),
    ),
)


@pytest.mark.parametrize(("answers", "expected"), [
    ({}, []),
    ({"a": False}, []),
    ({"a": True}, ["n"]),
    ({"a": True, "n": "x"}, []),
    ({"g": [{"id": "1", "values": {}}]}, []),
    ({"g": [{"id": "1", "values": {"g.x": "x"}}]}, ["g/1/g.y"]),
    ({"g": [{"id": "1", "values": {"g.x": "x", "g.y": "y"}}]}, []),
])  # fmt: skip
def test_what_is_required_only_when_its_condition_holds(answers: dict[str, Any], expected: list[str]) -> None:
    assert paths(NEEDED, answers, "validate") == expected
    assert exportable(NEEDED, {**answers, "n": "kept"})["n"] == "kept"


@pytest.mark.parametrize(("code", "expected"), [("ORG-128", ["frcp.referentiels"]), ("ORG-134", [])])
def test_guidelines_are_required_of_a_case_only_registered(code: str, expected: list[str]) -> None:
    answers = {"frcp.motif.statut_cas": {"code": code, "system": "1.2.250.1.213.1.1.4.322", "label": code}}
    assert [path for path in paths(FRCP, answers, "validate") if "referentiels" in path] == expected
    row = {"id": "1", "values": {"frcp.referentiels.nom": "Référentiel sein 2025"}}
    assert "frcp.referentiels" in exportable(FRCP, {**answers, "frcp.referentiels": [row]})
