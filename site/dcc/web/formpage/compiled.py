"""A form version compiled: its questions as pieces, ready to be filled. Made once per process and per version."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from dcc.web.formpage.controls import Control, calculated_control, nulls_of, simple_control
from dcc.web.formpage.lists import choices_of, coded_control
from dcc.web.formpage.people import person_control
from dcc.web.formpage.pieces import Piece, escape, piece_of, slot
from forms_config import api as forms
from forms_config.schema.conditions import condition_to_json, questions_of
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.terminology import api as terminology

VERSIONS_KEPT = 64
"""Form versions kept compiled: those of running documents, some 300 kB each."""

COMPACT_COLUMNS = 3
"""Up to how many simple columns a group is shown as a table where there is room."""

_GROUPED = ("yes_no", "radios")
"""Controls made of several fields: their label names a group, not a field."""

_WIDTHS = {
    "string": "w-6", "boolean": "w-3", "integer": "w-3", "decimal": "w-3", "date": "w-3", "datetime": "w-4", "coded": "w-6",
}  # fmt: skip
"""Twelfths of a row's width that a column takes, where the form does not say."""

_CHOSEN_WIDTHS = {"half": "w-6", "third": "w-4"}
SHORT_LIST, SHORT_LABEL = 60, 45
"""A list of so few codes with so short labels has a narrow column."""


@dataclass(frozen=True, slots=True)
class Field:
    """A question that is answered in one place; ``required`` when validation asks for it."""

    question: Question
    control: Control
    piece: Piece
    path: str


@dataclass(frozen=True, slots=True)
class Group:
    """A question answered by rows; ``row`` has the slots ``row``, ``number`` and ``fields``."""

    question: Question
    piece: Piece
    row: Piece
    columns: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form and its line in the index.

    ``looks_at`` are the questions whose answers its conditions see; ``serial`` is its own in this process, for :mod:`.kept`.
    """

    section: Section
    piece: Piece
    index: Piece
    items: tuple[Field | Group, ...]
    looks_at: tuple[str, ...]
    serial: int


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A whole form; ``fields`` (columns included) and ``groups`` by key."""

    schema: FormSchema
    parts: tuple[Part, ...]
    fields: Mapping[str, Field]
    groups: Mapping[str, Group]


def compiled_form(form_version_id: UUID) -> CompiledForm:
    """The compiled form of a published version, which never changes but for the region's words for codes."""
    return _compiled(form_version_id, terminology.words_edition())


@lru_cache(maxsize=VERSIONS_KEPT)
def _compiled(form_version_id: UUID, _edition: str) -> CompiledForm:
    return compile_form(forms.schema_of(form_version_id))


def compile_form(schema: FormSchema, *, with_favourites: bool = True) -> CompiledForm:
    """Compile; some 0.2 s for the national FRCP. Without favourites, no group proposes any."""
    if not with_favourites:
        schema = _without_favourites(schema)
    parts = tuple(_part(schema, section, n) for n, section in enumerate(schema.sections, start=1))
    groups = {item.question.key: item for part in parts for item in part.items if isinstance(item, Group)}
    fields = {item.question.key: item for part in parts for item in part.items if isinstance(item, Field)}
    fields |= {column.question.key: column for group in groups.values() for column in group.columns}
    return CompiledForm(schema, parts, fields, groups)


def _without_favourites(schema: FormSchema) -> FormSchema:
    sections = (replace(s, questions=tuple(replace(q, favourites=False) for q in s.questions)) for s in schema.sections)
    return replace(schema, sections=tuple(sections))


def _part(schema: FormSchema, section: Section, number: int) -> Part:
    context = {"section": section, "number": number}
    items = tuple(
        _group(schema, q) if q.datatype == "group" else _field(schema, q, escape(q.key))
        for q in section.questions
        if _is_asked(q)
    )
    piece, index = piece_of("web/form/part.html", context), piece_of("web/form/index_item.html", context)
    return Part(section, piece, index, items, _looks_at(section), next(_SERIALS))


_SERIALS = itertools.count()


def _looks_at(section: Section) -> tuple[str, ...]:
    asked = [question for top in section.questions for question in (top, *top.columns)]
    return tuple(sorted({key for q in asked for c in (q.condition, q.required_if) for key in questions_of(c)}))


def _is_asked(question: Question) -> bool:
    """Whether people may type the answer; what only import or reprise fills is shown among what was received."""
    return question.origin == "saisie"


def _group(schema: FormSchema, question: Question) -> Group:
    columns = tuple(
        _field(schema, c, f"{escape(question.key)}/{slot('row')}/{escape(c.key)}") for c in question.columns if _is_asked(c)
    )
    simple = all(c.question.datatype in _WIDTHS or c.question.datatype == "text" for c in columns)
    compact = len(columns) == 1 or (simple and len(columns) <= COMPACT_COLUMNS)
    context = {**_context(schema, question, escape(question.key)), "compact": compact}
    return Group(question, piece_of("web/form/group.html", context), piece_of("web/form/row.html", context), columns)


def _field(schema: FormSchema, question: Question, path: str) -> Field:
    control = _control(question, schema)
    context = {
        **_context(schema, question, path),
        **control.context,
        "control": control,
        "labelled": control.name not in _GROUPED,
    }
    if control.name == "person":
        context["subs"] = [_sub_context(field) for field in control.context["fields"]]
    return Field(question, control, piece_of("web/form/field.html", context), path)


def _control(question: Question, schema: FormSchema) -> Control:
    if question.calculation is not None:
        return calculated_control(question, forms.calculation_words(question.calculation, schema))
    if question.datatype in ("professional", "organisation"):
        return person_control(question)
    return coded_control(question, schema.value_sets) if question.datatype == "coded" else simple_control(question)


def _context(schema: FormSchema, question: Question, path: str) -> dict[str, Any]:
    """What the templates of a question are given; ``path`` is already escaped and may hold the marker of a row."""
    marked = mark_safe(path)  # noqa: S308  (escaped by the caller)
    condition, needed = question.condition, question.required_if
    return {
        "q": question,
        "path": marked,
        "help": _help(schema, question),
        "described": mark_safe(f"e-{path} a-{path}" if _help(schema, question) else f"e-{path}"),  # noqa: S308  (the same path)
        "required": question.required != "never",
        "required_if": json.dumps(condition_to_json(needed), ensure_ascii=False) if needed else "",
        "required_words": _required_words(question, schema),
        "when": json.dumps(condition_to_json(condition), ensure_ascii=False) if condition else "",
        "when_words": _("si %(condition)s") % {"condition": forms.condition_words(condition, schema)} if condition else "",
        "width": _chosen_width(question) or _width(question, schema.value_sets),
        "nulls": [{"value": n.value, "label": n.label, "mark": slot(f"null.{n.value.lower()}")} for n in nulls_of(question)],
    }


def _required_words(question: Question, schema: FormSchema) -> str:
    if question.required_if is None:
        return _("obligatoire pour valider")
    return _("obligatoire pour valider si %(condition)s") % {"condition": forms.condition_words(question.required_if, schema)}


def _chosen_width(question: Question) -> str:
    """Classes of a width that the form chose; outside rows it is that of the answer."""
    chosen = _CHOSEN_WIDTHS.get(question.width)
    return f"{chosen} sized" if chosen else ""


def _width(question: Question, value_sets: Mapping[str, str]) -> str:
    if question.datatype == "coded":
        labels = [choice.label for choice in choices_of(question, value_sets)]
        return "w-4" if 0 < len(labels) <= SHORT_LIST and max(map(len, labels)) <= SHORT_LABEL else "w-6"
    if question.nulls and question.datatype == "date":
        return "w-4"
    return _WIDTHS.get(question.datatype, "w-12")


def _help(schema: FormSchema, question: Question) -> str:
    same = schema.find(question.same_as) if question.same_as else None
    if same is None:
        return question.help
    kept = _("Laissé vide : comme « %(label)s ».") % {"label": same.label}
    return f"{question.help} {kept}".strip()


def _sub_context(field: Any) -> dict[str, Any]:
    return {
        "part": field.part,
        "label": field.label,
        "width": field.width,
        "values": field.values,
        "codes": field.codes,
        "mode": field.mode,
        "slot": slot(field.part),
        "search": slot(f"{field.part}.search"),
        "structured": slot("structured") if field.part.startswith("address.") else "",
    }
