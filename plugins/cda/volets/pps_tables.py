"""The narrative of the acts of a PPS: what is done, on the day of the rendering, then a table for each kind (§2.3).

The synthesis repeats what the tables of detail say, for a day; entries point to the tables of detail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml.etree import _Element

from dcc.contracts.care.days import day_of
from dcc.contracts.care.sentences import sentence
from dcc.contracts.care.syntheses import NOTHING_DONE, Row, others_line, rows, syntheses
from forms_config.schema.model import Question
from forms_config.schema.values import display_answer
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.layout import start_table, title_row
from plugins.cda.codecs.narrative import EMPTY, UNSAID, Table, plain
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, write_text
from plugins.cda.volets.pps_acts import Kind, is_row_done
from plugins.cda.volets.pps_leaves import Rhythm

Values = Mapping[str, Any]
DATES = (
    ("debut", "Date de début confirmée"),
    ("fin", "Date de fin confirmée"),
    ("debut_prevu", "Date de début prévisionnelle"),
    ("fin_prevue", "Date de fin prévisionnelle"),
)
PLACE = "Lieu / Intervenants"
BELOW = (("statut", "Situation"), ("commentaire", "Commentaire"), ("notable", "À garder dans la synthèse"))
"""Lines below the row of any act, after those of its kind."""
SYNTHESIS_COLUMNS = ("Date de début confirmée", "Date de fin confirmée")
DONE = "-realise"
"""Suffix of the name of the table of the acts of a kind that are done."""


def columns_of(kind: Kind) -> Sequence[tuple[str, str]]:
    """Columns of a kind that hold one answer, in order."""
    return (*(DATES if kind.dated else ()), *kind.columns)


def lines_of(kind: Kind) -> Sequence[tuple[str, str]]:
    """Lines below a row of a kind."""
    return (*kind.more, *(BELOW if kind.dated else BELOW[1:2]))


def type_words(_: Question, value: Values) -> str:
    """The words used for a type as they are, else its label with a capital, as in the synthesis."""
    return str(value.get("text") or sentence(str(value.get("label", ""))))


@dataclass(frozen=True)
class ActTable:
    """The acts of a kind that are meant, or those that are ``done``."""

    kind: Kind
    done: bool = False

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the table when there are such acts."""
        kind = self.kind
        chosen = [
            (number, row["values"])
            for number, row in enumerate(values.get(kind.group) or (), 1)
            if (kind.dated and is_row_done(kind.group, row["values"], out.day)) is self.done
        ]
        if not chosen:
            return
        columns = columns_of(kind)
        table = start_table(text)
        table.set("ID", kind.table + (DONE if self.done else ""))
        head = add(title_row(table, self.kind.done_title if self.done else self.kind.title, len(columns) + 1), "tr")
        for label in (*(label for _, label in columns), PLACE):
            add(head, "th", {"align": "left"}, label)
        body = add(table, "tbody")
        for number, row in chosen:
            with out.at_row(number):
                self._encode_row(row, body, out)

    def _encode_row(self, values: Values, body: _Element, out: Writing) -> None:
        kind = self.kind
        tr = add(body, "tr")
        for name, _ in columns_of(kind):
            td = add(tr, "td")
            if name == "rythme":
                self._encode_rhythm(values, td, out)
            else:
                anchor = {"debut_prevu": kind.at("prevision"), "type": kind.at()}.get(name, kind.at(name))
                show = type_words if name == "type" else display_answer
                Cell(kind.key(name), anchor, show, kept=name in ("type", "debut_prevu")).encode(values, td, out)
        self._encode_place(values, add(tr, "td"), out)
        width = str(len(columns_of(kind)))
        for name, label in lines_of(kind):
            if values.get(kind.key(name)) is not None:
                line = add(body, "tr")
                add(line, "td", text=label)
                Cell(kind.key(name), kind.at(name)).encode(values, add(line, "td", {"colspan": width}), out)

    def _encode_rhythm(self, values: Values, td: _Element, out: Writing) -> None:
        kind = self.kind
        keys = ("rythme", "cures", "intervalle", "domicile")
        if any(values.get(kind.key(name)) is not None for name in keys):
            Rhythm(kind.at("rythme"), kind.key("rythme"), count=kind.key("cures"), interval=kind.key("intervalle")).write(
                values, td, out
            )

    def _encode_place(self, values: Values, td: _Element, out: Writing) -> None:
        kind = self.kind
        if values.get(kind.key("domicile")) is True:
            write_text(td, "À domicile")
        for name in ("intervenant", "lieu"):
            if values.get(kind.key(name)) is not None:
                if len(td) or td.text:
                    add(td, "br")
                Cell(kind.key(name), kind.at(name)).encode(values, td, out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Nothing: rows are completed where their entries are read."""


@dataclass(frozen=True)
class Synthesis:
    """« Synthèse … (réalisés) » on the day of the rendering: notable acts, then the others in one line (R-061 to R-065)."""

    name: str
    table: str
    title: str
    column: str

    def encode(self, values: Values, text: _Element, out: Writing) -> None:
        """Write the table, which says its day even when nothing is done."""
        table = start_table(text)
        table.set("ID", self.table)
        head = add(title_row(table, f"{self.title} au {out.day:%d/%m/%Y}", 3), "tr")
        for label in (*SYNTHESIS_COLUMNS, self.column):
            add(head, "th", {"align": "left"}, label)
        body = add(table, "tbody")
        for cells in self._lines(values, out.day):
            tr = add(body, "tr")
            for cell in cells:
                span = {1: "3", 2: "2"}.get(len(cells)) if cell is cells[-1] else None
                write_text(add(tr, "td", {"colspan": span} if span else None), cell)

    def _lines(self, values: Values, on: date) -> Iterator[tuple[str, ...]]:
        found = syntheses(values, on)
        done, others = (
            (found.treatments, found.other_treatments) if self.name == "treatments" else (found.support, found.other_support)
        )
        told: Sequence[Row] = rows(done)
        for row in told:
            yield row.start, row.end, row.label
            yield from row.remarks
        last = others_line(others)
        if last or not told:
            yield (last or NOTHING_DONE,)

    def decode(self, inp: Reading, found: Found) -> None:
        """Take the table as read when it is what the entries give for its day; look over the lines of headers of all tables."""
        for table in inp.narrative.tables:
            _pass_headers(table)
            stated = _stated(table)
            if stated is None or table.element.get("ID") != self.table:
                continue
            expected = {_line(cells) for cells in self._lines(found, stated)}
            for r, row in enumerate(table.rows):
                if _line(table.text(r, c) for c in range(len(row))) in expected:
                    table.seen.update((r, c) for c in range(len(row)))


def _line(cells: Any) -> str:
    return "|".join(" ".join(cell.split()) for cell in cells)


_LABELS = frozenset(plain(label) for _, label in DATES) | {
    plain(label)
    for label in (
        PLACE,
        "Type de traitement",
        "Type de soin ou d'accompagnement",
        "Modalité",
        "Mode d'administration",
        "Rythme",
        "Périodicité",
        "Type de mesure",
        "Complément d'information",
        "Type de suivi",
        "Type de soin",
        "Type d'accompagnement",
    )
}


def _pass_headers(table: Table) -> None:
    """Lines of the body that only name columns or part rows, as the official samples have them."""
    for r, row in enumerate(table.rows):
        texts = [table.text(r, c) for c in range(len(row))]
        if all(text in EMPTY or text == UNSAID or plain(text) in _LABELS for text in texts):
            table.seen.update((r, c) for c in range(len(row)))


_STATED = re.compile(r"synthese .* au (\d\d) (\d\d) (\d{4})\Z")


def _stated(table: Table) -> date | None:
    """The day a synthesis says it was made for."""
    for head in table.heads:
        match = _STATED.match(head[0]) if len(head) == 1 else None
        if match:
            day, month, year = map(int, match.groups())
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def day_told(inp: Reading) -> date | None:
    """The day for which a document says what is done: that of its synthesis, else that of its content."""
    stated = next((day for table in inp.narrative.tables if (day := _stated(table)) is not None), None)
    moment = inp.header.get("effectiveTime")
    return stated or (day_of(moment) if moment is not None else None)
