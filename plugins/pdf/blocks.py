"""From the questions and answers of a section to the blocks a page is made of. Pure; nothing is said here of type or colour.

Short answers go two by two, long texts alone, rows of a group in a table, or in cards when they are too wide for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from forms_config.schema.answers import is_required, is_visible
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import Question
from forms_config.schema.values import display_answer
from plugins.pdf.people import Person, person_of

HALF_TEXT, HALF_LABEL = 58, 84
"""Longest value and label (characters) that stand in half a line."""
ROW_TEXT = 420
"""Longest text beside its label; a longer one stands under it, over the whole width."""
TABLE_COLUMNS, TABLE_TEXT = 6, 500
"""Most columns, and longest cell, of a table; beyond, each row is a card."""
TOGETHER = 1500
"""Longest card (characters) that is kept on one page."""

CLASSIFICATIONS = frozenset({"2.16.840.1.113883.6.3", "2.16.840.1.113883.6.43.1", "2.16.840.1.113883.15.6"})
"""CIM-10, CIM-O-3 and TNM: « T1b », « C50.2 » are what oncologists read, and what the official narrative shows."""

_PERSONS = ("professional", "organisation")
_LEAST = {"date": 13, "datetime": 18, "integer": 9, "boolean": 9}
"""Columns that take what they need and no more, in per cent of the width; a character takes one."""


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its answer; ``missing`` when a required answer is not given."""

    label: str
    text: str
    missing: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Lines of one or two short fields."""

    kind: ClassVar[str] = "pairs"
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A long text under its label."""

    kind: ClassVar[str] = "prose"
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class People:
    """Professionals or structures, each with its role."""

    kind: ClassVar[str] = "people"
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table's column; ``width`` is a share of the page's width in per cent."""

    label: str
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a group."""

    kind: ClassVar[str] = "table"
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One row of a wide group; ``together`` when it is short enough to stay on one page."""

    title: str
    blocks: tuple[Block, ...]
    together: bool


@dataclass(frozen=True, slots=True)
class Cards:
    """Rows of a wide group."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


Block = Pairs | Prose | People | Table | Cards


def blocks_of(questions: Sequence[Question], *scopes: Mapping[str, Any], title: str = "") -> tuple[Block, ...]:
    """Blocks of the visible questions, answers looked up in the first of ``scopes``; empty when there is nothing to say.

    ``title`` is the heading above them, which a group of the same name does not repeat.
    """
    shown = [q for q in questions if is_visible(q, *scopes) and (is_filled(scopes[0].get(q.key)) or is_required(q, *scopes))]
    blocks: list[Block] = []
    for kind, run in groupby(shown, key=lambda question: _kind(question, scopes[0].get(question.key))):
        for block in _BUILDERS[kind](list(run), scopes, title):
            if isinstance(block, People) and blocks and isinstance(blocks[-1], People):
                blocks[-1] = People(blocks[-1].persons + block.persons)
            else:
                blocks.append(block)
    return tuple(blocks)


def lines_of(blocks: Sequence[Block]) -> int:
    """Lines the blocks take on the page, roughly."""
    return sum(_LINES[block.kind](block) for block in blocks)


def text_of(question: Question, value: Any) -> str:
    """The answer as text, several long texts on lines of their own; a class of disease is known by its code and its words."""
    if isinstance(value, list):
        separator = "\n" if question.datatype == "text" else ", "
        return separator.join(text_of(question, item) for item in value)
    words = display_answer(question, value)
    if isinstance(value, Mapping) and value.get("system") in CLASSIFICATIONS and value["code"] not in words.split():
        return f"{value['code']} · {words}"
    return words


def field_of(question: Question, value: Any) -> Field:
    """A label and an answer, or the plain words that a required answer is missing."""
    if is_filled(value):
        return Field(question.label, text_of(question, value))
    return Field(question.label, _("Non renseigné"), missing=True)


def _kind(question: Question, value: Any) -> str:
    if not is_filled(value):
        return "pairs"
    if question.datatype == "group":
        return "group"
    if question.datatype in _PERSONS:
        return "people"
    text = text_of(question, value)
    return "prose" if len(text) > ROW_TEXT or text.count("\n") > 5 else "pairs"


def _pairs(run: Sequence[Question], scopes: Sequence[Mapping[str, Any]], title: str) -> Iterator[Block]:
    rows: list[tuple[Field, ...]] = []
    waiting = False
    for question in run:
        field = field_of(question, scopes[0].get(question.key))
        half = len(field.text) <= HALF_TEXT and len(field.label) <= HALF_LABEL and question.datatype != "text"
        if half and waiting:
            rows[-1] = (*rows[-1], field)
        else:
            rows.append((field,))
        waiting = half and not waiting
    yield Pairs(tuple(rows))


def _prose(run: Sequence[Question], scopes: Sequence[Mapping[str, Any]], title: str) -> Iterator[Block]:
    for question in run:
        label = "" if question.label == title else question.label
        yield Prose(label, text_of(question, scopes[0].get(question.key)))


def _people(run: Sequence[Question], scopes: Sequence[Mapping[str, Any]], title: str) -> Iterator[Block]:
    persons: list[Person] = []
    for question in run:
        value = scopes[0][question.key]
        persons.extend(person_of(item, role=question.label) for item in (value if isinstance(value, list) else [value]))
    yield People(tuple(persons))


def _groups(run: Sequence[Question], scopes: Sequence[Mapping[str, Any]], title: str) -> Iterator[Block]:
    for question in run:
        rows = [row["values"] for row in scopes[0][question.key]]
        label = "" if question.label == title else question.label
        yield _group(question, rows, label, scopes)


def _group(group: Question, rows: Sequence[Mapping[str, Any]], label: str, scopes: Sequence[Mapping[str, Any]]) -> Block:
    used = [c for c in group.columns if any(_asked(c, row, scopes) for row in rows)]
    persons = [c for c in used if c.datatype in _PERSONS]
    if persons and len(used) == 1:
        return People(tuple(person_of(row[persons[0].key], role=group.label) for row in rows if persons[0].key in row))
    longest = max((len(text_of(c, row.get(c.key))) for row in rows for c in used), default=0)
    if persons or len(used) > TABLE_COLUMNS or longest > TABLE_TEXT:
        titles = [f"{group.label} {rank}" for rank in range(1, len(rows) + 1)] if len(rows) > 1 else [label]
        return Cards(tuple(_card(title, used, row, scopes) for title, row in zip(titles, rows, strict=True)))
    cells = tuple(tuple(_cell(c, row, scopes) for c in used) for row in rows)
    return Table(label, _columns(used, cells), cells)


def _asked(column: Question, row: Mapping[str, Any], scopes: Sequence[Mapping[str, Any]]) -> bool:
    return is_filled(row.get(column.key)) or (is_required(column, row, *scopes) and is_visible(column, row, *scopes))


def _cell(column: Question, row: Mapping[str, Any], scopes: Sequence[Mapping[str, Any]]) -> Field:
    if _asked(column, row, scopes):
        return field_of(column, row.get(column.key))
    return Field(column.label, "")


def _card(title: str, used: Sequence[Question], row: Mapping[str, Any], scopes: Sequence[Mapping[str, Any]]) -> Card:
    size = sum(len(text_of(c, row.get(c.key))) for c in used)
    return Card(title, blocks_of(used, row, *scopes), size <= TOGETHER)


def _columns(used: Sequence[Question], rows: Sequence[Sequence[Field]]) -> tuple[Column, ...]:
    """Widths from what the columns hold: each its longest word at least, the rest shared by the length of the texts."""
    least, wish = [], []
    for rank, column in enumerate(used):
        texts = [row[rank].text for row in rows]
        word = max((len(w) for text in (*texts, column.label) for w in text.split()), default=0)
        label = len(column.label) // 4
        least.append(max(_LEAST.get(column.datatype, 9), 2 + min(max(word, label), 24)))
        wish.append(0 if column.datatype in _LEAST else min(max(map(len, texts), default=0), 90))
    left, wished = max(0, 100 - sum(least)), sum(wish) or 1
    return tuple(Column(c.label, round(least[i] + left * wish[i] / wished)) for i, c in enumerate(used))


def _text_lines(text: str, width: int) -> int:
    return sum(1 + len(line) // width for line in text.split("\n"))


_LINES: Mapping[str, Callable[[Any], int]] = {
    "pairs": lambda block: sum(max(_text_lines(f.text, 90 // len(row)) for f in row) for row in block.rows),
    "prose": lambda block: 1 + _text_lines(block.text, 110),
    "people": lambda block: 2 * len(block.persons),
    "table": lambda block: 2 + sum(max(_text_lines(f.text, 90 // len(row)) for f in row) for row in block.rows),
    "cards": lambda block: sum(1 + lines_of(card.blocks) for card in block.cards),
}
_BUILDERS = {"pairs": _pairs, "prose": _prose, "people": _people, "group": _groups}
