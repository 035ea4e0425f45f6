"""The schema as JSON and as a hash."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.calculations import Calculation
from forms_config.schema.canonical import canonical_json, schema_hash, sha256_of
from forms_config.schema.choices import Choice
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import FormSchema, Question, Section, question_from_json, schema_from_json, schema_to_json

QUESTION = Question(
    key="a.b",
    label="Libellé",
    datatype="coded",
    element="a.b",
    help="Aide",
    required="validate",
    multiple=True,
    values="jeu",
    free=True,
    open=True,
    nulls=("NA", "UNK"),
    condition=condition_from_json({"question": "a.c", "operator": "in", "value": ["x", "y"]}),
    default={"code": "x", "system": "1.2", "label": "X"},
    same_as="a.d",
    origin="reprise",
    width="half",
    unit="mm",
    placeholder="par exemple",
    choices=(Choice("y", "Y régional"), Choice("x")),
    calculation=Calculation("delai", ("a.e", "a.f")),
    favourites=True,
    sources=("dmp",),
    retention=24,
    required_if=condition_from_json({"question": "a.c", "operator": "filled"}),
    omits=("text",),
)


def schema(*questions: Question) -> FormSchema:
    return FormSchema(
        "f", "Titre", "frcp", "frcp", "2025.01", (Section("s", "Section", questions, "e", "aide", "bloc@1"),), {"jeu": "1"}
    )


def test_every_attribute_survives_json() -> None:
    group = Question(key="g", label="Groupe", datatype="group", multiple=True, columns=(QUESTION,))
    made = schema(group, QUESTION)
    assert schema_from_json(schema_to_json(made)) == made


def test_the_whole_frcp_survives_json() -> None:
    made = default_schema(load_catalogue("frcp", "2025.01"), {"tnm-t": "1"})
    assert schema_from_json(schema_to_json(made)) == made
    assert schema_hash(schema_from_json(schema_to_json(made))) == schema_hash(made)


def test_what_equals_the_default_is_left_out() -> None:
    data = schema_to_json(schema(Question(key="q", label="Q", datatype="string")))
    assert data["sections"][0]["questions"] == [{"key": "q", "label": "Q", "datatype": "string"}]


def test_canonical_json() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})
    assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_hash_depends_on_order_words_and_value_sets() -> None:
    one, two = Question(key="a", label="A", datatype="string"), Question(key="b", label="B", datatype="string")
    hashes = {schema_hash(schema(one, two)), schema_hash(schema(two, one)), schema_hash(schema(one))}
    pinned = FormSchema("f", "Titre", "frcp", "frcp", "2025.01", schema(one).sections, {"jeu": "2"})
    assert len(hashes | {schema_hash(pinned)}) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"datatype": "float"}, "datatype inconnu"),
        ({"required": "sometimes"}, "required inconnu"),
        ({"origin": "ailleurs"}, "origin inconnu"),
        ({"width": "tiny"}, "width inconnu"),
        ({"multiple": "yes"}, "valent oui ou non"),
        ({"formula": "1+1"}, "Attribut inconnu dans le formulaire : formula"),
        ({"label": ""}, "label : un texte est attendu"),
        ({"columns": [{"key": "c", "label": "C", "datatype": "string"}]}, "seul un groupe a des colonnes"),
        ({"condition": {"question": "x", "operator": "like", "value": "y"}}, "Condition incorrecte"),
    ],
)
def test_another_shape_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        question_from_json({"key": "q", "label": "Q", "datatype": "string", **change})


def test_groups_do_not_nest() -> None:
    inner = {"key": "i", "label": "I", "datatype": "group", "columns": [{"key": "c", "label": "C", "datatype": "string"}]}
    with pytest.raises(ValueError, match="seul un groupe"):
        question_from_json({"key": "g", "label": "G", "datatype": "group", "columns": [inner]})


def test_lookups() -> None:
    column = Question(key="g.c", label="C", datatype="string")
    made = schema(Question(key="g", label="G", datatype="group", columns=(column,)), QUESTION)
    assert made.find("g.c") is column
    assert made.find("a.b") is QUESTION
    assert made.find("absente") is None
    assert made.by_key["g"].column("g.c") is column
    assert made.by_key["g"].column("x") is None
    assert made.section_of["a.b"].key == "s"
    assert [q.is_rows for q in made.questions()] == [True, False]
