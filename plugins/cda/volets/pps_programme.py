"""Sections 2 and 3 of a PPS: what is done and meant for the patient (§2.2, §2.3, §7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml.etree import _Element

from dcc.contracts.care.syntheses import SUPPORT_TITLE, TREATMENTS_TITLE
from plugins.cda.codecs.blocks import Block
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.layout import start_table, title_row
from plugins.cda.codecs.leaves import Flag
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Target, filled
from plugins.cda.codecs.times import Moment
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add
from plugins.cda.volets.pps_acts import ACCOMPANIMENT, FOLLOW_UP, MEASURE, PREVENTION, SUPPORT_CARE, TREATMENT, Kind
from plugins.cda.volets.pps_rows import act_rows
from plugins.cda.volets.pps_tables import ActTable, Synthesis
from plugins.cda.volets.templates import cisis, observation

P = "pps.programme"


class Stop:
    """« Situation d'arrêt des traitements »: whether, when, and why; entries point to the first cell."""

    table = "arret-traitements-id"
    cells = (
        Cell(
            f"{P}.arret",
            "arret-traitements",
            kept=True,
            label="Arrêt des traitements directement actifs contre le cancer et poursuite des autres soins",
        ),
        Cell(f"{P}.arret_date", label="Date d'arrêt"),
        Cell(f"{P}.arret_commentaire", "arret-traitements-comment", label="Commentaire"),
    )

    def encode(self, values: Mapping[str, Any], text: _Element, out: Writing) -> None:
        """Write the table when there is an answer."""
        if all(values.get(cell.key) is None for cell in self.cells):
            return
        table = start_table(text)
        table.set("ID", self.table)
        head = add(title_row(table, "Situation d'arrêt des traitements", len(self.cells)), "tr")
        for cell in self.cells:
            add(head, "th", {"align": "left"}, cell.label)
        tr = add(add(table, "tbody"), "tr")
        for cell in self.cells:
            cell.encode(values, add(tr, "td"), out)

    def decode(self, inp: Reading, found: Found) -> None:
        """Read the line below the names of the columns."""
        anchor = inp.narrative.anchored("#arret-traitements")
        table = inp.narrative.table_of(anchor)
        r = table.row_of(anchor) if table is not None and anchor is not None else None
        if table is None or r is None:
            return
        for c, cell in enumerate(self.cells[: len(table.rows[r])]):
            if cell.decode(table.text(r, c), inp, found):
                table.seen.add((r, c))
        if r:
            table.seen.update((r - 1, c) for c in range(len(table.rows[r - 1])))


def _plan(key: str, title: str, told_apart: Code, blocks: tuple[Block, ...], entries: tuple[Target, ...]) -> Section:
    return Section(
        key=key,
        templates=("2.16.840.1.113883.10.20.1.10", "1.3.6.1.4.1.19376.1.5.3.1.3.36", "1.2.250.1.213.1.1.2.158"),
        code=Code("18776-5", "Plan de soins"),
        title=title,
        told_apart=told_apart,
        blocks=blocks,
        entries=entries,
    )


def _tables(*kinds: Kind) -> tuple[Block, ...]:
    """What is under way or to come."""
    return tuple(ActTable(kind) for kind in kinds)


def _detail(*kinds: Kind) -> tuple[Block, ...]:
    """What the synthesis sums up."""
    return tuple(ActTable(kind, done=True) for kind in kinds if kind.dated)


_TREATMENTS, _SUPPORT = (TREATMENT, PREVENTION, MEASURE, FOLLOW_UP), (SUPPORT_CARE, ACCOMPANIMENT)
PROGRAMME = _plan(
    "pps.programme",
    "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI",
    cisis("MED-566", "Programme thérapeutique et de suivi"),
    (
        Synthesis("treatments", "programme-therapeutique", TREATMENTS_TITLE, "Type de traitement"),
        *_tables(*_TREATMENTS),
        Stop(),
        *_detail(*_TREATMENTS),
    ),
    (
        *(act_rows(kind) for kind in _TREATMENTS),
        observation(
            cisis("MED-052", "Arrêt de tous les traitements actifs"),
            "arret-traitements",
            Flag(f"{P}.arret"),
            time=Moment(f"{P}.arret_date"),
            when=filled(f"{P}.arret", f"{P}.arret_date", f"{P}.arret_commentaire"),
        ),
    ),
)
SUPPORT = _plan(
    "pps.soins_support",
    "SOINS ONCOLOGIQUES DE SUPPORT, ACCOMPAGNEMENT SOCIAL ET SOCIOPROFESSIONNEL",
    cisis("MED-567", "Soins oncologiques de support, accompagnement social et socioprofessionnel"),
    (
        Synthesis("support", "synthese-soins", SUPPORT_TITLE, "Type de soin ou d'accompagnement"),
        *_tables(*_SUPPORT),
        *_detail(*_SUPPORT),
    ),
    tuple(act_rows(kind) for kind in _SUPPORT),
)
