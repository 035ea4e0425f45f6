"""The test documents made of a schema: complete, repeatable, of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pytest

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.answers import exportable, missing
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.samples import Kind, sample_answers
from forms_config.schema.values import check_value

KINDS: tuple[Kind, ...] = get_args(Kind)
FRCP = default_schema(load_catalogue("frcp", "2025.01"))


def options(name: str) -> Sequence[Mapping[str, str]]:
    """Codes enough to choose from, those that conditions of the FRCP look at included."""
    codes = ("ORG-117", "ORG-132", "ORG-128", "active", "completed", "A", "B")
    return [{"code": code, "system": "1.2.3", "label": f"{name} {code}"} for code in codes]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_required_is_missing_and_every_value_fits(kind: Kind) -> None:
    answers = sample_answers(FRCP, kind, options)
    assert list(missing(FRCP, answers, "validate")) == []
    assert exportable(FRCP, answers) == answers
    for question in FRCP.questions():
        for column, value in _values(question, answers.get(question.key)):
            assert check_value(column, value) == value, column.key


def _values(question: Question, value: Any) -> list[tuple[Question, Any]]:
    if value is None:
        return []
    if question.datatype != "group":
        return [(question, value)]
    return [(column, row["values"][column.key]) for row in value for column in question.columns if column.key in row["values"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_schema_gives_the_same_answers(kind: Kind) -> None:
    assert sample_answers(FRCP, kind, options) == sample_answers(FRCP, kind, options)


def test_each_kind_holds_more_than_the_one_before() -> None:
    sizes = [len(repr(sample_answers(FRCP, kind, options))) for kind in KINDS]
    assert sizes == sorted(sizes)
    assert sizes[2] > 2 * sizes[1] > 4 * sizes[0]


def test_the_maximal_document_answers_all_that_can_be_shown_together() -> None:
    answers = sample_answers(FRCP, "maximal", options)
    unanswered = {question.key for question in FRCP.questions() if question.key not in answers}
    assert unanswered == {"frcp.motif.traitement_soins"}  # the other nature of discussion
    rows = answers["frcp.geriatrie"]
    assert {"frcp.geriatrie.score", "frcp.geriatrie.resultat"} <= {key for row in rows for key in row["values"]}
    tumours = answers["frcp.tumeurs"]
    assert [row["values"]["frcp.tumeurs.tnm_t"] for row in tumours][-1] == {"null": "NA"}
    assert all(len(answers[question.key]) == 3 for question in FRCP.questions() if question.datatype == "group")


def test_the_minimal_document_answers_what_is_required_only() -> None:
    answers = sample_answers(FRCP, "minimal", options)
    required = {question.key for question in FRCP.questions() if question.required == "validate"}
    assert set(answers) <= required


def test_a_required_question_without_value_set_stays_unanswered() -> None:
    question = Question("q", "Q", "coded", values="absent", required="validate")
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", (question,)),))
    assert sample_answers(schema, "minimal", lambda name: ()) == {}


def test_regional_questions_and_conditions_are_followed() -> None:
    ask = Question("region.fume", "Fume", "boolean")
    shown = condition_from_json({"question": "region.fume", "operator": "equals", "value": "true"})
    more = Question("region.paquets", "Paquets", "integer", condition=shown)
    schema = FormSchema("f", "F", "frcp", "frcp", "2025.01", (Section("s", "S", (more, ask)),))
    assert sample_answers(schema, "maximal", lambda name: ()) == {"region.fume": True, "region.paquets": 1}
    assert sample_answers(schema, "minimal", lambda name: ()) == {}
