"""What becomes a pair, a text, a table or cards."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.schema.conditions import Test as Condition
from forms_config.schema.model import Question
from forms_config.schema.values import NULL_LABELS
from plugins.pdf.blocks import Block, Cards, Field, Pairs, People, Prose, Table, blocks_of, lines_of, text_of
from plugins.pdf.tests.samples import professional


def _question(key: str, datatype: Any = "string", **more: Any) -> Question:
    return Question(key=key, label=key.upper(), datatype=datatype, **more)


def _group(*columns: Question, label: str = "Groupe") -> Question:
    return Question(key="g", label=label, datatype="group", multiple=True, columns=columns)


def _rows(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"g": [{"id": str(i), "values": row} for i, row in enumerate(rows)]}


def _only(blocks: tuple[Block, ...]) -> Block:
    assert len(blocks) == 1
    return blocks[0]


def test_short_answers_go_two_by_two() -> None:
    questions = [_question("a"), _question("b", "boolean"), _question("c", "date"), _question("d", "text")]
    block = _only(blocks_of(questions, {"a": "un", "b": False, "c": "2024-02", "d": "court"}))
    assert isinstance(block, Pairs)
    assert block.rows == (
        (Field("A", "un"), Field("B", "Non")),
        (Field("C", "02/2024"),),
        (Field("D", "court"),),
    )


def test_a_long_answer_takes_its_line_and_the_next_pair_starts_anew() -> None:
    block = _only(
        blocks_of([_question("a"), _question("b"), _question("c"), _question("d")], dict.fromkeys("acd", "x") | {"b": "y" * 80})
    )
    assert isinstance(block, Pairs)
    assert [[field.label for field in row] for row in block.rows] == [["A"], ["B"], ["C", "D"]]


@pytest.mark.parametrize("text", ["x" * 421, "\n".join("abcdefg")], ids=["long", "many lines"])
def test_a_long_text_stands_alone(text: str) -> None:
    assert blocks_of([_question("t", "text")], {"t": text}) == (Prose("T", text),)
    assert blocks_of([_question("t", "text")], {"t": text}, title="T") == (Prose("", text),), "its label is the title above"


def test_missing_is_said_when_required_and_asked() -> None:
    never, wanted = _question("a"), _question("b", required="validate")
    hidden = _question("c", required="validate", condition=Condition("a", "filled"))
    block = _only(blocks_of([never, wanted, hidden], {}))
    assert isinstance(block, Pairs)
    assert block.rows == ((Field("B", "Non renseigné", missing=True),),)
    assert blocks_of([never], {}) == ()


def test_a_null_flavour_is_an_answer() -> None:
    block = _only(blocks_of([_question("a", "date", nulls=("UNK",))], {"a": {"null": "UNK"}}))
    assert isinstance(block, Pairs)
    assert block.rows == ((Field("A", "Inconnu"),),)


def test_a_narrow_group_is_a_table_without_its_empty_columns() -> None:
    group = _group(_question("d", "date"), _question("t", "text", required="validate"), _question("never"))
    block = _only(blocks_of([group], _rows({"d": "2020", "t": "un"}, {"d": "2021-03-01"})))
    assert isinstance(block, Table)
    assert [column.label for column in block.columns] == ["D", "T"]
    assert block.rows == (
        (Field("D", "2020"), Field("T", "un")),
        (Field("D", "01/03/2021"), Field("T", "Non renseigné", missing=True)),
    )
    assert block.columns[0].width < block.columns[1].width or len(block.rows[0][1].text) < 10
    assert 98 <= sum(column.width for column in block.columns) <= 102


def test_columns_hold_their_longest_word() -> None:
    group = _group(_question("a", "coded"), _question("b", "text"), _question("c", "integer"))
    rows = _rows({"a": {"text": "Hormonothérapie"}, "b": "mot " * 60, "c": 12})
    block = _only(blocks_of([group], rows))
    assert isinstance(block, Table)
    assert block.columns[0].width >= len("Hormonothérapie")
    assert block.columns[1].width > block.columns[0].width > block.columns[2].width


def test_a_wide_group_is_cards() -> None:
    columns = [_question(f"c{i}") for i in range(7)]
    block = _only(blocks_of([_group(*columns)], _rows({c.key: "x" for c in columns}, {"c0": "y"})))
    assert isinstance(block, Cards)
    assert [card.title for card in block.cards] == ["Groupe 1", "Groupe 2"]
    assert block.cards[0].together


def test_a_single_card_does_not_repeat_the_title() -> None:
    group = _group(_question("p", "professional"), _question("t", "text"), label="Génétique")
    block = _only(blocks_of([group], _rows({"p": professional("A", "B", "1", "C"), "t": "x" * 1600}), title="Génétique"))
    assert isinstance(block, Cards)
    assert [(card.title, card.together) for card in block.cards] == [("", False)]
    assert [part.kind for part in block.cards[0].blocks] == ["people", "prose"]


def test_a_condition_in_a_row_sees_the_row_then_the_document() -> None:
    asked = _question("b", required="validate", condition=Condition("a", "filled"))
    document = _question("c", required="validate", condition=Condition("top", "filled"))
    group = _group(_question("a"), asked, document)
    block = _only(blocks_of([group], {"top": "x", **_rows({"a": "x"}, {})}))
    assert isinstance(block, Table)
    assert [[field.text for field in row] for row in block.rows] == [
        ["x", "Non renseigné", "Non renseigné"],
        ["", "", "Non renseigné"],
    ]


def test_people_of_neighbour_questions_make_one_list() -> None:
    group = _group(_question("p", "professional"), label="Quorum")
    answers = {"m": professional("A", "B", "1", "C"), **_rows({"p": professional("D", "E", "2", "F")}, {})}
    block = _only(blocks_of([_question("m", "professional"), group], answers))
    assert isinstance(block, People)
    assert [(person.role, person.name) for person in block.persons] == [("M", "DR B A"), ("Quorum", "DR E D")]


def test_lines_grow_with_the_content() -> None:
    one = blocks_of([_question("a")], {"a": "x"})
    many = blocks_of([_question("a", "text")], {"a": "x" * 3000})
    assert lines_of(one) == 1
    assert lines_of(many) > 25


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            {"code": "T1b", "system": "2.16.840.1.113883.15.6", "label": "Envahit la sous-muqueuse"},
            "T1b · Envahit la sous-muqueuse",
        ),
        ({"code": "C50.2", "system": "2.16.840.1.113883.6.3", "label": "Sein", "text": "Quadrant"}, "C50.2 · Quadrant"),
        ({"code": "IB", "system": "2.16.840.1.113883.15.6", "label": "IB"}, "IB"),
        ({"code": "ORG-126", "system": "1.2.250.1.213.1.1.4.322", "label": "Quorum atteint"}, "Quorum atteint"),
        ([{"code": "M0", "system": "2.16.840.1.113883.15.6", "label": "Non"}, {"text": "libre"}], "M0 · Non, libre"),
        ({"null": "NA"}, NULL_LABELS["NA"]),
    ],
)
def test_classes_of_disease_are_printed_with_their_code(value: Any, text: str) -> None:
    assert text_of(_question("c", "coded"), value) == text
