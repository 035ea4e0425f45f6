"""The history of a document: every step, every change of a value, and the difference between two versions, in French words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcc.documents.edits import is_row
from dcc.documents.models import AnswerChange, DocumentVersion
from dcc.documents.services.calculating import ORIGIN
from dcc.documents.services.saving import question_at
from dcc.documents.states import STATUS_LABELS
from forms_config import api as forms
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import display_answer


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history: when, who, what (a step or a change), and the values before and after as text."""

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
    schema = forms.schema_of(version.form_version_id)
    lines = [
        HistoryLine(
            at=step.at,
            by=str(step.actor),
            kind="step",
            label=STATUS_LABELS[step.after],  # type: ignore[index]  # the database holds only statuses of the table
            version=version.number,
        )
        for step in version.steps.select_related("actor__practitioner")
    ]
    changes = version.changes.select_related("actor__practitioner").order_by("revision")
    lines += [_change_line(schema, change, version.number) for change in changes]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _change_line(schema: FormSchema, change: AnswerChange, number: int) -> HistoryLine:
    question = question_at(schema, change.path)
    label = question.label if question else change.path
    if is_row(change.path):
        kind = "row_removed" if change.after is None else "row_added" if change.before is None else "row_moved"
        return HistoryLine(change.at, str(change.actor), kind, label, version=number)
    before, after = (display_answer(question, v) if question else str(v) for v in (change.before, change.after))
    if change.origin == ORIGIN:
        label = f"{label} (valeur calculée)"
    return HistoryLine(change.at, str(change.actor), "change", label, before, after, number)


def differences(schema: FormSchema, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What changed from ``old`` to ``new`` answers, in the order of the form; rows are told apart by their id."""
    found: list[Difference] = []
    for section in schema.sections:
        for question in section.questions:
            before, after = old.get(question.key), new.get(question.key)
            if question.datatype == "group":
                found += _row_differences(section.title, question, before or [], after or [])
            elif before != after:
                found.append(_difference(section.title, question, before, after))
    return found


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
    return Difference(kind, section, question.label, display_answer(question, before), display_answer(question, after))
