"""Whether a running document follows its form to another version, by the rules of :mod:`forms_config.schema.effects`. Pure.

:func:`judge` says what would become of the answers, :mod:`dcc.documents.services.following` does it. A document is carried by
itself only when none of its answers leaves, is hidden or changes, and nothing more is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forms_config.schema.answers import missing_among, path_of, visible_answers
from forms_config.schema.conditions import is_filled
from forms_config.schema.difference import Line
from forms_config.schema.effects import Migration
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import display, display_answer

Fits = Callable[[Question, Any, Mapping[str, str]], bool]
"""Whether a question takes a value, with the lists of its form in these versions."""

ACTORS = ("professional", "organisation")
"""Types whose parts are coded by lists they do not name."""


class Outcome(StrEnum):
    """What following the form does to an answer, or to its absence."""

    KEPT = "gardee"
    CHANGED = "reecrite"
    ASIDE = "a_part"
    HIDDEN = "masquee"
    TO_FILL = "a_remplir"
    NOTHING = "sans_reponse"


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.KEPT: "réponse gardée",
    Outcome.CHANGED: "réponse gardée, écrite autrement",
    Outcome.ASIDE: "réponse gardée à part, lisible et hors du formulaire",
    Outcome.HIDDEN: "réponse gardée, masquée et non transmise",
    Outcome.TO_FILL: "à renseigner avant de valider",
    Outcome.NOTHING: "sans réponse dans cette fiche",
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one change does to one document: the line, the answer as text (empty without one), and what becomes of it."""

    words: str
    section: str
    answer: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An answer that must change for the document to follow: its value becomes ``after``, or is set ``aside``."""

    path: str
    question: Question
    section: str
    group: Question | None
    before: Any
    after: Any = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rule`` is ``CARRY``, ``ASK`` or ``KEEP``; consequences are those that an author is asked about."""

    rule: Migration
    consequences: tuple[Consequence, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()


def judge(lines: Sequence[Line], before: FormSchema, after: FormSchema, answers: Mapping[str, Any], fits: Fits) -> Verdict:
    """What becomes of a document with ``answers`` when its form goes from ``before`` to ``after``, which differ by ``lines``."""
    if any(line.migration is Migration.KEEP for line in lines):
        return Verdict(Migration.KEEP)
    change = _Change(before, after, answers, fits)
    asked = [
        line for line in lines if line.migration is Migration.ASK or (line.migration is Migration.USED and change.uses(line))
    ]
    if not asked and not change.hidden and not change.gaps:
        return Verdict(Migration.CARRY)
    told = [consequence for line in asked for consequence in change.consequences(line)]
    rewrites = {rewrite.path: rewrite for line in asked for rewrite in change.rewrites(line)}
    outer = [rewrite for path, rewrite in rewrites.items() if path.partition("/")[0] not in rewrites or "/" not in path]
    return Verdict(Migration.ASK, tuple(told) or change.unnamed(), tuple(outer))


class _Change:
    """One document between two forms."""

    def __init__(self, before: FormSchema, after: FormSchema, answers: Mapping[str, Any], fits: Fits) -> None:
        self.before, self.after, self.answers, self.fits = before, after, answers, fits
        taken = {key: value for key, value in answers.items() if _has_shape(after.by_key.get(key), value)}
        shown, stays = visible_answers(before, answers), visible_answers(after, taken)
        gone = set(_filled(before, shown)) - set(_filled(after, stays))
        self.hidden = {path for path in gone if _question(after, path) is not None}
        self.missing = {gap.path for gap in missing_among(after, stays, "validate")}
        self.gaps = self.missing - {gap.path for gap in missing_among(before, shown, "validate")}

    def uses(self, line: Line) -> bool:
        """Whether the document uses what a line changes."""
        if line.kind == "question.condition":
            return any(self.touched(line, self.hidden | self.gaps))
        if line.kind in _REFUSALS:
            return any(True for _ in self.rewrites(line))
        return any(True for _ in self.values(line))

    def touched(self, line: Line, paths: set[str]) -> Iterator[str]:
        """Those of some paths that stand for the question of a line, or in the group that it is."""
        for path in paths:
            group, _sep, rest = path.partition("/")
            key = rest.partition("/")[2] if rest else group
            if line.question_key in (key, group):
                yield path

    def values(self, line: Line) -> Iterator[tuple[str, Question, str, Question | None, Any]]:
        """Path, former question, section title, group and value of each answer that a line is about."""
        for section in self.before.sections:
            for question in section.questions:
                yield from self._values_of(line, section.title, question)

    def _values_of(
        self, line: Line, section: str, question: Question
    ) -> Iterator[tuple[str, Question, str, Question | None, Any]]:
        value = self.answers.get(question.key)
        if not is_filled(value):
            return
        if _concerns(line, question, ""):
            yield question.key, question, section, None, value
        for row in value if question.is_rows and isinstance(value, list) else ():
            for column in question.columns:
                if _concerns(line, column, question.key) and is_filled(row["values"].get(column.key)):
                    yield path_of(column.key, question.key, row["id"]), column, section, question, row["values"][column.key]

    def rewrites(self, line: Line) -> Iterator[Rewrite]:
        """Answers that the newer form does not take as they are."""
        for path, old, section, group, value in self.values(line):
            new = _question(self.after, path)
            if new is None:
                yield Rewrite(path, old, section, group, value)
            elif not new.is_rows and not self.fits(new, value, self.after.value_sets) and self._took(old, new, value):
                candidates = (other for other in _other_shapes(new, value) if self.fits(new, other, self.after.value_sets))
                yield Rewrite(path, old, section, group, value, next(candidates, None))
            elif new.is_rows and not old.is_rows:
                yield Rewrite(path, old, section, group, value)

    def _took(self, old: Question, new: Question, value: Any) -> bool:
        """An answer of the same type that the former form did not take either (imported) is no reason to set it aside now."""
        return (old.datatype, old.multiple) != (new.datatype, new.multiple) or self.fits(old, value, self.before.value_sets)

    def consequences(self, line: Line) -> Iterator[Consequence]:
        """What a line does to each answer it is about, or to its absence."""
        rewritten = {rewrite.path: rewrite for rewrite in self.rewrites(line)}
        seen = False
        for path, question, section, _group, value in self.values(line):
            seen = True
            yield Consequence(line.words, section, text_of(question, value), self._outcome(path, rewritten.get(path)))
        if not seen:
            to_fill = any(self.touched(line, self.missing))
            yield Consequence(line.words, line.section, "", Outcome.TO_FILL if to_fill else Outcome.NOTHING)

    def _outcome(self, path: str, rewrite: Rewrite | None) -> Outcome:
        if rewrite is not None:
            return Outcome.ASIDE if rewrite.after is None else Outcome.CHANGED
        return Outcome.HIDDEN if path in self.hidden else Outcome.KEPT

    def unnamed(self) -> tuple[Consequence, ...]:
        """Answers hidden and answers asked by the play of conditions, whose own lines ask for nothing."""
        found = []
        for paths, outcome in ((self.hidden, Outcome.HIDDEN), (self.gaps, Outcome.TO_FILL)):
            for path in sorted(paths):
                question = _question(self.after, path)
                if question is not None:
                    section = self.after.section_of[path.partition("/")[0]]
                    found.append(Consequence(f"« {question.label} »", section.title, "", outcome))
        return tuple(found)


_REFUSALS = frozenset({"list.version", "question.nulls_removed", "question.answers_narrowed", "question.choices_removed"})
"""Kinds that a document uses when one of its answers is what is no longer taken."""


def _concerns(line: Line, question: Question, group_key: str) -> bool:
    if line.list_name:
        return line.list_name == question.values or question.datatype in ACTORS
    return (line.question_key, line.group_key) == (question.key, group_key)


def _question(schema: FormSchema, path: str) -> Question | None:
    key, _sep, rest = path.partition("/")
    question = schema.by_key.get(key)
    column = rest.partition("/")[2]
    return question.column(column) if question is not None and column else question


def _has_shape(question: Question | None, value: Any) -> bool:
    """Rows where the form has a group, something else where it has none."""
    rows = isinstance(value, list) and all(isinstance(row, Mapping) and "values" in row for row in value)
    return question is None or question.is_rows == rows


def _filled(schema: FormSchema, shown: Mapping[str, Any]) -> Iterator[str]:
    """Paths of the simple answers that are shown."""
    for question in schema.questions():
        value = shown.get(question.key)
        if not question.is_rows:
            if is_filled(value):
                yield question.key
            continue
        for row in value if isinstance(value, list) else ():
            columns = row["values"] if isinstance(row, Mapping) and "values" in row else {}
            yield from (path_of(key, question.key, row["id"]) for key, answer in columns.items() if is_filled(answer))


def _other_shapes(question: Question, value: Any) -> Iterator[Any]:
    """The same answer in other shapes: alone or in a list, a whole number as a decimal one."""
    if question.multiple and not isinstance(value, list):
        yield [value]
    if isinstance(value, list) and len(value) == 1:
        yield value[0]
    if question.datatype == "decimal" and isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def text_of(question: Question, value: Any) -> str:
    """An answer as text, a group by its rows; a value of another type, from a former version of the form, as it can be read."""
    if question.is_rows and isinstance(value, list):
        return " ; ".join(_row_text(question, row) for row in value)
    try:
        return display_answer(question, value)
    except ValueError:
        return display(value)


def _row_text(group: Question, row: Any) -> str:
    values = row["values"] if isinstance(row, Mapping) and "values" in row else {}
    told = ((column, values[column.key]) for column in group.columns if is_filled(values.get(column.key)))
    return ", ".join(f"{column.label} : {text_of(column, value)}" for column, value in told)
