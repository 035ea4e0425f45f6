"""What came back from a page: which values changed, which could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dcc.documents.api import Change
from dcc.web.formpage.people import telecom_of
from forms_config.rendering import Raw, collect, parse_posted
from forms_config.schema.model import FormSchema, Question


@dataclass(slots=True)
class Reading:
    """Changes that could be read, by path; problems (path -> French reason); the texts of both, to show them again."""

    changes: list[Change] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Raw] = field(default_factory=dict)


def question_at(schema: FormSchema, path: str) -> Question | None:
    """The question a path names, top-level or column of a group."""
    key, _sep, rest = path.partition("/")
    question = schema.by_key.get(key)
    if question is None or not rest:
        return question
    return question.column(rest.partition("/")[2])


def is_typed(question: Question | None) -> bool:
    """Whether people type the answer: it is in the form, neither only taken over nor calculated."""
    return question is not None and question.origin == "saisie" and question.calculation is None


def value_at(answers: Mapping[str, Any], path: str) -> Any:
    """The answer at a path, or nothing."""
    key, _sep, rest = path.partition("/")
    if not rest:
        return answers.get(key)
    row_id, _sep, column = rest.partition("/")
    row = next((row for row in answers.get(key) or () if row["id"] == row_id), None)
    return row["values"].get(column) if row else None


def read_value(question: Question, raw: Raw, schema: FormSchema, current: Any) -> Any:
    """The answer that texts mean; raises ``ValueError`` in French."""
    if "telecoms" in raw:
        raw = {**raw, "telecoms": [telecom_of(text, current) for text in raw["telecoms"]]}
    if "organisation.telecoms" in raw and isinstance(current, Mapping):
        structure = current.get("organisation")
        raw = {**raw, "organisation.telecoms": [telecom_of(text, structure) for text in raw["organisation.telecoms"]]}
    value = parse_posted(question, _emptied(raw), value_sets=schema.value_sets, current=current)
    return _with_words(value, current) if question.datatype == "coded" and "text" not in raw else value


_SEARCHES = {"search": "", "profession.search": "profession", "sector.search": "sector"}


def _emptied(raw: Raw) -> Raw:
    """A code goes with the text that shows it: where that text was emptied, so is the code."""
    blank = {code for search, code in _SEARCHES.items() if search in raw and not raw[search][0].strip()}
    return {part: [] if part in blank else texts for part, texts in raw.items()} if blank else raw


def _with_words(value: Any, current: Any) -> Any:
    """A code that stays keeps the author's words, which lists and boxes do not show."""
    known = current if isinstance(current, list) else [current]
    if isinstance(value, list):
        return [_with_words(item, known) for item in value]
    same = (item for item in known if isinstance(item, Mapping) and "code" in item and isinstance(value, Mapping))
    return next((k for k in same if (k["code"], k["system"]) == (value.get("code"), value.get("system"))), value)


def read_page(schema: FormSchema, posted: Iterable[tuple[str, Sequence[str]]], before: Mapping[str, Any], base: int) -> Reading:
    """What a page sent whole means; only what differs from ``before``, the answers it was shown at ``base``, is a change."""
    reading = Reading()
    for path, raw in collect(posted).items():
        question = question_at(schema, path)
        if question is None or question.datatype == "group" or not is_typed(question):
            continue
        shown = value_at(before, path)
        try:
            value = read_value(question, raw, schema, shown)
        except ValueError as error:
            reading.problems[path] = str(error)
            reading.raw[path] = raw
            continue
        if value != shown:
            reading.changes.append(Change(path, value, base))
            reading.raw[path] = raw
    return reading
