"""The acts of a PPS as a patient reads them: the two syntheses, then what goes on or is to come, each act in plain words. Pure.

Syntheses, states and calendar are those of :mod:`dcc.contracts.care`: screen and CDA say the same for the same day (R-065).
What an act says and no national place holds (weight, smoking, columns of the region) is printed after its label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.syntheses import (
    NOTHING_DONE,
    SUPPORT_TITLE,
    TREATMENTS_TITLE,
    is_done,
    others_line,
    rows,
    syntheses,
)
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import Question
from plugins.pdf.blocks import Field, text_of
from plugins.pdf.contacts import in_full
from plugins.pdf.wording import period_of, state_of

TREATMENTS = ("pps.traitements", "pps.prevention", "pps.mesures", "pps.suivis")
SUPPORT = ("pps.soins", "pps.accompagnements")
TOGETHER = 900
"""Longest act (characters) that is kept on one page."""
_DATES = ("debut", "fin", "debut_prevu", "fin_prevue", "rythme", "cures", "intervalle")
TOLD = frozenset(
    (*_DATES, "type", "complement", "statut", "mode", "domicile", "intervenant", "lieu", "effets", "commentaire", "notable")
)
"""Columns that have their own place in the words of an act; any other is told after its label."""


@dataclass(frozen=True, slots=True)
class Care:
    """One act: its name, its state in a word, when, and what else it says, in lines of one or more facts."""

    title: str
    state: str
    period: str
    lines: tuple[tuple[Field, ...], ...]
    together: bool


@dataclass(frozen=True, slots=True)
class CareGroup:
    """Acts of one kind under the label of their question."""

    title: str
    acts: tuple[Care, ...]


@dataclass(frozen=True, slots=True)
class DoneRow:
    """A line of a synthesis: confirmed dates, what was done, and what is worth knowing of it."""

    start: str
    end: str
    label: str
    lines: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What is done; ``nothing`` says so when there is none."""

    title: str
    column: str
    rows: tuple[DoneRow, ...]
    others: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Programme:
    """Both rubrics of care on a day: ``treatments`` and ``support`` are what is not done; ``effects`` what to watch for."""

    treatments_done: Synthesis
    support_done: Synthesis
    treatments: tuple[CareGroup, ...]
    support: tuple[CareGroup, ...]
    effects: tuple[Field, ...]


def programme_of(questions: Sequence[Question], answers: Mapping[str, Any], on: date) -> Programme:
    """The rubrics of care of a document on a day; ``questions`` are those of its form."""
    by_key = {question.key: question for question in questions if question.key in TREATMENTS + SUPPORT}
    values = {(key, str(row.get("id", ""))): row["values"] for key in by_key for row in answers.get(key) or ()}
    done, acts = syntheses(answers, on), [act for act in acts_of(answers) if act.kind.group in by_key]
    left = [act for act in acts if not (act.kind.synthesis and is_done(act, on))]

    def more(act: Act) -> tuple[Field, ...]:
        return tuple(_more(by_key[act.kind.group], values.get((act.kind.group, act.row), {})))

    def groups(keys: Sequence[str]) -> tuple[CareGroup, ...]:
        found = ((by_key[key], [act for act in left if act.kind.group == key]) for key in keys if key in by_key)
        return tuple(CareGroup(group.label, tuple(_care(act, on, more(act)) for act in of)) for group, of in found if of)

    def synthesis(title: str, column: str, told: Sequence[Act], others: Sequence[Act]) -> Synthesis:
        lines = tuple(
            DoneRow(
                row.start,
                row.end,
                row.label,
                (*_how(row.act), *((Field(*r),) for r in row.remarks), *((f,) for f in more(row.act))),
            )
            for row in rows(told)
        )
        return Synthesis(title, column, lines, others_line(others), "" if lines or others else NOTHING_DONE)

    return Programme(
        synthesis(TREATMENTS_TITLE, _("Type de traitement ou de suivi"), done.treatments, done.other_treatments),
        synthesis(SUPPORT_TITLE, _("Type de soin ou d'accompagnement"), done.support, done.other_support),
        groups(TREATMENTS),
        groups(SUPPORT),
        tuple(_effects([act for act in left if act.effects and act.status != "cancelled"])),
    )


def _effects(acts: Sequence[Act]) -> Iterator[Field]:
    """What to watch for, by act; acts of one name are told apart by their rhythm."""
    names = [act.title for act in acts]
    for act in acts:
        apart = names.count(act.title) > 1 and act.rhythm
        yield Field(f"{act.title} ({act.rhythm})" if apart else act.title, act.effects)


def _care(act: Act, on: date, more: tuple[Field, ...]) -> Care:
    lines = (*_how(act), *((field,) for field in (*_remarks(act), *more)))
    period = period_of(act, on) or (_("dates à préciser") if act.kind.synthesis and not act.status else "")
    return Care(act.title, state_of(act, on), period, lines, sum(len(field.text) for line in lines for field in line) <= TOGETHER)


def _how(act: Act) -> Iterator[tuple[Field, ...]]:
    """How often and by which way; with whom and where."""
    person = in_full(act.person) if act.person else ""
    place = ", ".join(text for text in (in_full(act.place) if act.place else "", _("à domicile") if act.at_home else "") if text)
    facts = (
        (Field(_("Rythme"), act.pace), Field(_("Mode d'administration"), act.mode)),
        (Field(_("Avec"), person), Field(_("Lieu"), place)),
    )
    for line in facts:
        if known := tuple(field for field in line if field.text):
            yield known


def _remarks(act: Act) -> Iterator[Field]:
    if act.effects:
        yield Field(_("Effets secondaires notables"), act.effects)
    if act.comment:
        yield Field(_("Commentaire"), act.comment)


def _more(group: Question, values: Mapping[str, Any]) -> Iterator[Field]:
    for column in group.columns:
        if column.key.removeprefix(f"{group.key}.") not in TOLD and is_filled(values.get(column.key)):
            yield Field(column.label, text_of(column, values[column.key]))
