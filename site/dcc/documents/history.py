"""The history of a document: every step, every change of a value, and the difference between two versions, in French words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcc.documents.edits import is_row
from dcc.documents.following import text_of
from dcc.documents.models import AnswerChange, DocumentVersion, FormMove, HandOver
from dcc.documents.services.calculating import ORIGIN
from dcc.documents.services.following import FOLLOWED
from dcc.documents.services.session import question_at
from dcc.documents.states import STATUS_LABELS
from forms_config import api as forms
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import display_professional

NOT_TYPED = {ORIGIN: "valeur calculée", "reprise": "valeur reprise", "modifie": "valeur reprise, modifiée au passage"}
"""What the history says of a change that nobody typed as it is, by its origin."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history: when, who (empty: the platform), what (a step, a change, the form that followed), and the values
    before and after as text."""

    at: datetime
    by: str
    kind: str
    label: str
    before: str = ""
    after: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs between two sets of answers; ``kind`` is ``added``, ``removed`` or ``changed``."""

    kind: str
    section: str
    label: str
    before: str
    after: str


def history_of(version: DocumentVersion) -> list[HistoryLine]:
    """Lines of one version, newest first."""
    lines = [
        HistoryLine(
            at=step.at,
            by=str(step.actor) if step.actor else "",
            kind="step",
            label=STATUS_LABELS[step.after],  # type: ignore[index]  # the database holds only statuses of the table
            version=version.number,
        )
        for step in version.steps.select_related("actor__practitioner")
    ]
    changes = version.changes.select_related("actor__practitioner").order_by("revision")
    moves = list(version.moves.filter(state__in=("suivi", "accepte")).select_related("actor__practitioner"))
    lines += [_change_line(_schema_at(version, moves, change.revision), change, version.number) for change in changes]
    lines += [_move_line(move, version.number) for move in moves]
    lines += [_hand_over_line(row) for row in version.hand_overs.select_related("version", "recorded_by__practitioner")]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _schema_at(version: DocumentVersion, moves: Sequence[FormMove], revision: int) -> FormSchema:
    """The form in which a change was made: the version followed its form later."""
    former = next((move.before_id for move in moves if revision <= move.revision), version.form_version_id)
    return forms.schema_of(former)


def _move_line(move: FormMove, number: int) -> HistoryLine:
    before, after = (str(forms.form_version(pk).number) for pk in (move.before_id, move.after_id))
    return HistoryLine(move.at, str(move.actor) if move.actor else "", "form", "", before, after, number)


def _hand_over_line(row: HandOver) -> HistoryLine:
    words = f"{row.on:%d/%m/%Y}, {display_professional(row.professional)}"
    return HistoryLine(row.recorded_at, str(row.recorded_by), "hand_over", words, version=row.version.number)


def _change_line(schema: FormSchema, change: AnswerChange, number: int) -> HistoryLine:
    question = question_at(schema, change.path)
    label = question.label if question else change.path
    if change.before is None and change.after is None:  # erased since, at the end of its retention
        return HistoryLine(change.at, str(change.actor), "change", label, version=number)
    if is_row(change.path):
        kind = "row_removed" if change.after is None else "row_added" if change.before is None else "row_moved"
        return HistoryLine(change.at, str(change.actor), kind, label, version=number)
    before, after = (_shown(question, v) for v in (change.before, change.after))
    if change.origin in NOT_TYPED:
        label = f"{label} ({NOT_TYPED[change.origin]})"
    kind = "aside" if change.origin == FOLLOWED and change.after is None else "change"
    return HistoryLine(change.at, str(change.actor), kind, label, before, after, number)


def _shown(question: Question | None, value: Any) -> str:
    return text_of(question, value) if question else "" if value is None else str(value)


def differences(schema: FormSchema, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What changed from ``old`` to ``new`` answers, in the order of the form; rows are told apart by their id."""
    found: list[Difference] = []
    for section in schema.sections:
        for question in section.questions:
            before, after = old.get(question.key), new.get(question.key)
            if question.datatype == "group" and _are_rows(before) and _are_rows(after):
                found += _row_differences(section.title, question, before or [], after or [])
            elif before != after:
                found.append(_difference(section.title, question, before, after))
    return found


def with_rows_named(answers: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Answers from elsewhere, whose rows take the names of those of ``like`` that say the same, else those left, in order."""
    return {key: _renamed(value, like.get(key)) if value and _are_rows(value) else value for key, value in answers.items()}


def _renamed(rows: list[Any], like: Any) -> list[Any]:
    free = {row["id"]: row["values"] for row in like} if like and _are_rows(like) else {}
    names: dict[int, str] = {}
    for place, row in enumerate(rows):
        same = next((name for name, values in free.items() if values == row["values"]), None)
        if same is not None:
            names[place] = same
            del free[same]
    for place in (place for place in range(len(rows)) if place not in names):
        if free:
            names[place] = next(iter(free))
            del free[names[place]]
    return [{**row, "id": names.get(place, row["id"])} for place, row in enumerate(rows)]


def _are_rows(value: Any) -> bool:
    """Whether a value is nothing or rows: a question may have been of another type in a former version of the form."""
    return not value or (isinstance(value, list) and all(isinstance(row, Mapping) and "values" in row for row in value))


def _row_differences(section: str, group: Question, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    before, after = ({row["id"]: row["values"] for row in rows} for rows in (old, new))
    for row_id in [*before, *(r for r in after if r not in before)]:
        for column in group.columns:
            was, now = before.get(row_id, {}).get(column.key), after.get(row_id, {}).get(column.key)
            if was != now:
                found = _difference(section, column, was, now)
                yield Difference(found.kind, section, f"{group.label} : {column.label}", found.before, found.after)


def _difference(section: str, question: Question, before: Any, after: Any) -> Difference:
    kind = "added" if before is None else "removed" if after is None else "changed"
    return Difference(kind, section, question.label, _shown(question, before), _shown(question, after))
