"""A document to be read: the answers that count, section by section, without fields. Hidden answers are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dcc.web.formpage.pieces import escape
from dcc.web.formpage.sides import origin_badge
from forms_config.schema.answers import visible_answers
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import FormSchema, Question, Section
from forms_config.schema.values import display_answer, display_professional


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Sections as HTML, and the sections that have answers, for the index."""

    parts: SafeString
    sections: tuple[Section, ...]


def reading_page(schema: FormSchema, answers: Mapping[str, Any], provenance: Mapping[str, Any]) -> ReadingPage:
    """The whole document; sections without any answer are left out."""
    seen = visible_answers(schema, answers)
    shown = {s.key: "".join(_section(s, seen, provenance)) for s in schema.sections}
    sections = tuple(s for s in schema.sections if shown[s.key])
    html = "".join(_framed(s, schema.sections.index(s) + 1, shown[s.key]) for s in sections)
    return ReadingPage(mark_safe(html), sections)  # noqa: S308  (every value is escaped below)


def _framed(section: Section, number: int, body: str) -> str:
    key, title = escape(section.key), escape(section.title)
    head = f'<header><h2 id="h-{key}" tabindex="-1"><span class="no">{number}</span>{title}</h2></header>'
    return f'<section class="part" id="s-{key}" aria-labelledby="h-{key}">{head}<div class="body">{body}</div></section>'


def _section(section: Section, seen: Mapping[str, Any], provenance: Mapping[str, Any]) -> Iterator[str]:
    for question in section.questions:
        value = seen.get(question.key)
        if not is_filled(value):
            continue
        if question.datatype == "group":
            yield from _rows(question, value, provenance)
        else:
            yield _value(question, question.key, value, provenance)


def _rows(group: Question, rows: Any, provenance: Mapping[str, Any]) -> Iterator[str]:
    yield f'<div class="group" id="f-{escape(group.key)}"><div class="group-head"><h3>{escape(group.label)}</h3></div>'
    for number, row in enumerate(rows, start=1):
        prefix = f"{group.key}/{row['id']}"
        yield f'<div class="row" id="f-{escape(prefix)}"><div class="row-head"><h4>{escape(group.label)} {number}</h4></div>'
        for column in group.columns:
            if is_filled(row["values"].get(column.key)):
                yield _value(column, f"{prefix}/{column.key}", row["values"][column.key], provenance)
        yield "</div>"
    yield "</div>"


def _value(question: Question, path: str, value: Any, provenance: Mapping[str, Any]) -> str:
    badge = f" {origin_badge(provenance[path])}" if path in provenance else ""
    label = f'<div class="label">{escape(question.label)}</div>'
    return (
        f'<div class="field" id="f-{escape(path)}">{label}'
        f'<div class="input"><span class="value">{_shown(question, value)}</span>{badge}</div></div>'
    )


def _shown(question: Question, value: Any) -> str:
    """The value for reading; a code stands after its label, an address and telephones after a name."""
    if isinstance(value, list) and question.datatype != "group":
        return "<br>".join(_shown(question, item) for item in value)
    text = escape(display_answer(question, value))
    if not isinstance(value, Mapping):
        return text
    if "code" in value:
        words = f" {_('mots employés')} : {escape(value['label'])}" if value.get("text") else ""
        return f'{text} <span class="code muted">{escape(value["code"])}</span><span class="muted">{words}</span>'
    if "file" in value:
        return f'<a href="pieces/{escape(value["file"])}/">{text}</a>'
    if "family" in value or "name" in value:
        return _person(value)
    return text


def _person(value: Mapping[str, Any]) -> str:
    name = display_professional(value) if "family" in value else str(value["name"])
    identifier = (value.get("id") or {}).get("extension", "")
    profession = (value.get("profession") or {}).get("label", "")
    details = " · ".join(escape(part) for part in (profession, identifier) if part)
    return f'{escape(name)}<br><span class="muted">{details}</span>' if details else escape(name)
