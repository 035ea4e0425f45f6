"""A compiled form filled with the answers of a document: its parts and its index, as HTML."""

from __future__ import annotations

import marshal
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.web.formpage.compiled import CompiledForm, Field, Group, Part
from dcc.web.formpage.controls import PATH
from dcc.web.formpage.kept import SECTIONS
from dcc.web.formpage.pieces import escape
from dcc.web.formpage.sides import conflict_block, origin_badge, problem_line
from forms_config.rendering import Raw, to_posted
from forms_config.schema.answers import missing_among, visible_answers
from forms_config.schema.conditions import holds, is_filled
from forms_config.schema.model import Question

ROW_LIMIT = 200
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that two people changed: what this page wanted, what the document holds, who put it there and when."""

    path: str
    mine: str
    theirs: str
    by: str
    at: Any


@dataclass(frozen=True, slots=True)
class Filling:
    """What a page shows: answers, where they come from, and after a refused save what was typed and what is wrong with it."""

    answers: Mapping[str, Any]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Raw] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A filled form: its parts and its index as HTML, and how many questions validation still asks for."""

    parts: SafeString
    index: SafeString
    missing_count: int
    filling: Filling


def fill_page(form: CompiledForm, filling: Filling) -> FormPage:
    """Fill the whole form."""
    filler = Filler(form, filling)
    built = [filler.part(part) for part in form.parts]
    return FormPage(
        parts=mark_safe("".join(body for body, _item in built)),  # noqa: S308  (pieces escape what is put into them)
        index=mark_safe("".join(item for _body, item in built)),  # noqa: S308  (pieces escape what is put into them)
        missing_count=len(filler.missing),
        filling=filling,
    )


class Filler:
    """Fills pieces of one form with one filling."""

    def __init__(self, form: CompiledForm, filling: Filling) -> None:
        self.filling = filling
        self.seen = visible_answers(form.schema, filling.answers)
        self.missing = {gap.path for gap in missing_among(form.schema, self.seen, "validate")}
        self.origins: dict[str, list[Any]] = {}
        for path, origin in filling.provenance.items():
            self.origins.setdefault(path.partition("/")[0], []).append((path, origin))
        self.noted = bool(filling.raw or filling.problems or filling.clashes)

    def part(self, part: Part) -> tuple[str, str]:
        """A section and its line in the index."""
        return self._part(part) if self.noted else SECTIONS.find(self._picture(part), lambda: self._part(part))

    def _picture(self, part: Part) -> Hashable:
        """All that a section shows depends on: which one, its answers, what its conditions see, where values come from."""
        answers, seen = self.filling.answers, self.seen
        keys = [item.question.key for item in part.items]
        content = [[answers.get(k) for k in keys], [seen.get(k) for k in part.looks_at], [self.origins.get(k) for k in keys]]
        return part.serial, marshal.dumps(content, 2)  # 2: the same content always gives the same bytes

    def _part(self, part: Part) -> tuple[str, str]:
        found = "".join(self.group(item) if isinstance(item, Group) else self.top_field(item) for item in part.items)
        keys = {item.question.key for item in part.items}
        gaps = sum(path.partition("/")[0] in keys for path in self.missing)
        wrong = sum(path.partition("/")[0] in keys for path in (*self.filling.problems, *self.filling.clashes))
        filled = any(is_filled(self.seen.get(key)) for key in keys)
        return part.piece.fill({"body": found}), part.index.fill(index_state(gaps, wrong, filled))

    def top_field(self, item: Field) -> str:
        """A question outside groups."""
        return self.field(item, item.path, self.filling.answers.get(item.question.key), self.seen)

    def group(self, group: Group) -> str:
        """A group with its rows."""
        question = group.question
        rows: Sequence[Mapping[str, Any]] = self.filling.answers.get(question.key) or ()
        values = {
            "rows": "".join(self.row(group, row, number) for number, row in enumerate(rows, start=1)),
            "count": str(len(rows)) if rows else "",
            "classes": "" if holds(question.condition, self.seen) else " concealed",
            "state": " data-missing" if question.key in self.missing else "",
            "said": self._said(question.key) if self.noted else "",
        }
        if len(rows) >= (ROW_LIMIT if question.multiple else 1):
            values["full"] = " hidden"
        return group.piece.fill(values)

    def row(self, group: Group, row: Mapping[str, Any], number: int) -> str:
        """One row of a group."""
        row_id, given = row["id"], row["values"]
        prefix = f"{group.question.key}/{row_id}/"
        seen = next((r["values"] for r in self.seen.get(group.question.key) or () if r["id"] == row_id), NOTHING)
        fields = "".join(
            self.field(column, prefix + column.question.key, given.get(column.question.key), seen, self.seen, row_id=row_id)
            for column in group.columns
        )
        return group.row.fill({"row": escape(row_id), "number": str(number), "fields": fields})

    def field(self, item: Field, path: str, value: Any, *scopes: Mapping[str, Any], row_id: str = "") -> str:
        """One question at ``path``, shown when its condition holds in ``scopes``."""
        question: Question = item.question
        raw: Raw = to_posted(question, value) if value is not None else NOTHING
        if self.noted:
            raw = self.filling.raw.get(path, raw)
        values = item.control.fill(raw)
        if "placed" in values:
            values["placed"] = values["placed"].replace(PATH, escape(path))
        values["row"] = escape(row_id)
        if not holds(question.condition, *scopes):
            values["classes"] = " concealed"
        if path in self.missing:
            values["state"] = " data-missing"
        origin = self.filling.provenance.get(path)
        if origin:
            values["origin"] = origin_badge(origin)
        if self.noted and (path in self.filling.problems or path in self.filling.clashes):
            values |= {"said": self._said(path), "invalid": ' aria-invalid="true"', "open": " open"}
        return item.piece.fill(values)

    def _said(self, path: str) -> str:
        said = problem_line(self.filling.problems[path]) if path in self.filling.problems else ""
        if path in self.filling.clashes:
            clash = self.filling.clashes[path]
            said += conflict_block(path, clash.mine, clash.theirs, clash.by, clash.at)
        return said


def index_state(gaps: int, wrong: int, filled: bool) -> dict[str, str]:
    """What the index says of a section: something to settle, something missing, filled, or empty."""
    if wrong:
        said = ngettext("%(n)d valeur à revoir", "%(n)d valeurs à revoir", wrong)
        return {"state": "problem", "n": str(wrong), "said": said % {"n": wrong}}
    if gaps:
        said = ngettext("%(n)d réponse manque", "%(n)d réponses manquent", gaps)
        return {"state": "missing", "n": str(gaps), "said": said % {"n": gaps}}
    return {"state": "full" if filled else "empty", "said": _("complet") if filled else _("vide")}
