"""Rows of acts read: an entry, then what only the narrative says of it, wherever its producer laid that out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from dcc.contracts.care.days import written
from dcc.contracts.care.syntheses import is_done, last_confirmed
from forms_config.schema.values import display, display_answer
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.narrative import EMPTY, Table, plain
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.statements import Signature, Statement, Target
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, text_of
from plugins.cda.volets.pps_acts import (
    ACCOMPANIMENT,
    FOLLOW_UP,
    MEASURE,
    PREVENTION,
    SUPPORT_CARE,
    TREATMENT,
    Kind,
    act_of,
    statement,
)
from plugins.cda.volets.pps_tables import DONE, PLACE, columns_of, day_told, lines_of

Values = Mapping[str, Any]
KINDS = (TREATMENT, PREVENTION, MEASURE, FOLLOW_UP, SUPPORT_CARE, ACCOMPANIMENT)
_TABLES = {table: kind.group for kind in KINDS for table in (kind.table, kind.table + DONE)}
_SYNTHESIS_TYPES = ("Type de traitement", "Type de soin ou d'accompagnement")


@dataclass(frozen=True)
class ActRows:
    """The group of a kind of act: one procedure for each row."""

    kind: Kind
    statement: Statement

    @property
    def signature(self) -> Signature:
        """That of the statement."""
        return self.statement.signature

    def instances(self, values: Values, out: Writing) -> Iterator[Values]:
        """The values of each row, numbered."""
        for number, row in enumerate(values.get(self.kind.group) or (), 1):
            with out.at_row(number):
                yield row["values"]

    def take(self, element: _Element, found: Found, inp: Reading, scope: Mapping[Signature, Target]) -> None:
        """Append a row."""
        group = self.kind.group
        with inp.next_row(group) as number:
            inner = self.statement.decode(element, inp, self.statement.inside)
            _complete(self.kind, inner, element, inp)
        if inner:
            found.setdefault(group, []).append({"id": inp.row_id(group, number), "values": inner})
        if element.get("moodCode") == "EVN" and self.kind.dated:
            _doubt(self.kind, inner, inp)


def act_rows(kind: Kind) -> ActRows:
    """The rows of a kind of act."""
    return ActRows(kind, statement(kind))


def _doubt(kind: Kind, values: Values, inp: Reading) -> None:
    """Say of an act announced as done that its dates do not show it."""
    act, day = act_of(kind.group, values), day_told(inp)
    if act is None or day is None or is_done(act, day):
        return
    last = last_confirmed(act)
    why = f"dernière date confirmée : {written(last)}" if last else "aucune date de fin confirmée"
    inp.note(
        "cda.realise",
        f"« {act.title} » est annoncé comme réalisé, mais ses dates ne le montrent pas au {day:%d/%m/%Y} ({why}) ; "
        "repris comme prévu.",
        key=kind.group,
        level="warning",
    )


def _complete(kind: Kind, inner: Found, element: _Element, inp: Reading) -> None:
    """Add what only the tables say of one act: its row, and the lines below it."""
    own = [name.removeprefix("#") for item in element.iter(Q + "reference") if (name := item.get("value"))]
    place = _row_of(kind, own, inp)
    if place is None:
        return
    table, r = place
    columns = _columns(kind, table, r)
    for name, label in columns_of(kind):
        c = columns.get("type" if name == "type" else plain(label))
        if c is not None and c < len(table.rows[r]) and _read_cell(kind, name, table, (r, c), own, inner, inp):
            table.seen.add((r, c))
    c = columns.get(plain(PLACE))
    if c is not None and c < len(table.rows[r]) and _is_place(kind, table.text(r, c), inner, inp):
        table.seen.add((r, c))
    for line in _lines(kind, table, r, own, inp):
        _read_line(kind, table, line, inner, inp)


def _row_of(kind: Kind, own: Sequence[str], inp: Reading) -> tuple[Table, int] | None:
    """The row of a table that an entry points to; a link into the table of another kind is a mistake of its producer."""
    for name in own:
        anchor = inp.narrative.anchored(f"#{name}")
        table = inp.narrative.table_of(anchor)
        if anchor is None or table is None or _TABLES.get(table.element.get("ID") or "", kind.group) != kind.group:
            continue
        r = table.row_of(anchor)
        while r and _label(kind, table, r) is not None:
            r -= 1
        if r is not None:
            return table, r
    return None


def _columns(kind: Kind, table: Table, r: int) -> dict[str, int]:
    """Place of each column by its name, from the nearest line above that names the type of act."""
    types = {plain(label) for label in (*(label for name, label in kind.columns if name == "type"), *_SYNTHESIS_TYPES)}
    above = [[plain(table.text(q, c)) for c in range(len(table.rows[q]))] for q in range(r - 1, -1, -1)]
    for texts in (*above, *table.heads):
        found = next((texts.index(name) for name in types if name in texts), None)
        if found is not None:
            return {**{text: c for c, text in enumerate(texts) if text}, "type": found}
    return {}


def _read_cell(kind: Kind, name: str, table: Table, at: tuple[int, int], own: Sequence[str], inner: Found, inp: Reading) -> bool:
    text, cell = table.text(*at), table.rows[at[0]][at[1]]
    if name == "type":
        return _read_type(kind, text, cell, inner, inp)
    if name == "rythme":
        return _read_rhythm(kind, text, cell, own, inner, inp)
    return Cell(kind.key(name)).decode(text, inp, inner)


def _read_type(kind: Kind, text: str, cell: _Element, inner: Found, inp: Reading) -> bool:
    """The words used for the type, when they are not its label."""
    anchored = next((text_of(item) for item in cell.iter(Q + "content") if item.get("ID")), text)
    value = inner.get(kind.key("type"))
    if value is None or anchored in EMPTY:
        return anchored in EMPTY
    if "text" not in value and plain(anchored) != plain(value["label"]):
        inner.update(inp.take(kind.key("type"), {**value, "text": " ".join(anchored.split())}))
    others = (display_answer(inp.questions[key], inner[key]) for key in map(kind.key, ("tabac", "poids")) if key in inner)
    known = plain(" ".join((anchored, *others)))
    return all(plain(line) in known for line in text.splitlines())


def _read_rhythm(kind: Kind, text: str, cell: _Element, own: Sequence[str], inner: Found, inp: Reading) -> bool:
    """The cell decides when the entry points elsewhere (the official sample points to the place)."""
    if not any(item.get("ID") in own for item in cell.iter("*")):
        inner.pop(kind.key("rythme"), None)
        if text not in EMPTY:
            inner.update(inp.take(kind.key("rythme"), text))
    return True


def _is_place(kind: Kind, text: str, inner: Found, inp: Reading) -> bool:
    """Whether every line of a cell names somebody or some place that the entry named."""
    known = ["a domicile"] if kind.key("domicile") in inner else []
    for name in ("intervenant", "lieu"):
        value = inner.get(kind.key(name))
        if value is not None:
            organisation = value.get("organisation") or {}
            person = {part: item for part, item in value.items() if part not in ("suffix", "prefix")}
            shown = (display(value), display(organisation), display(person), display({**person, "organisation": None}))
            known += [plain(part) for part in (*shown, value.get("comment") or "")]
    lines = [plain(line) for line in text.splitlines() if line not in EMPTY]
    return all(any(line and (line in one or (one and one in line)) for one in known) for line in lines if line)


def _label(kind: Kind, table: Table, r: int) -> str | None:
    """The answer a line below a row holds, by its label; nothing for another line."""
    if len(table.rows[r]) != 2:
        return None
    said = plain(table.text(r, 0))
    return next((name for name, label in lines_of(kind) if plain(label) == said), None)


def _lines(kind: Kind, table: Table, r: int, own: Sequence[str], inp: Reading) -> Iterator[int]:
    """The lines below a row, and those its entry points to; not those another entry points to."""
    pointed = {
        q
        for name in own
        if (anchor := inp.narrative.anchored(f"#{name}")) is not None
        and inp.narrative.table_of(anchor) is table
        and (q := table.row_of(anchor)) is not None
        and _label(kind, table, q) is not None
    }
    for q in range(r + 1, len(table.rows)):
        if _label(kind, table, q) is None:
            break
        names = {item.get("ID") for item in table.rows[q][1].iter("*") if item.get("ID")}
        if not names or names & set(own) or not names & inp.narrative.pointed:
            pointed.add(q)
    yield from sorted(pointed)


def _read_line(kind: Kind, table: Table, q: int, inner: Found, inp: Reading) -> None:
    name = _label(kind, table, q)
    if name is None:
        return
    table.seen.add((q, 0))
    if Cell(kind.key(name), show=display_answer).decode(table.text(q, 1), inp, inner):
        table.seen.add((q, 1))
