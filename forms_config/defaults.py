"""The answers a form starts with: the defaults its editor chose, written as codes in the schema and completed here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology


def default_answers(schema: FormSchema) -> dict[str, Any]:
    """Default answers of the top-level questions; a group starts without rows."""
    return _defaults(schema, (q for q in schema.questions() if q.datatype != "group"))


def default_row(schema: FormSchema, group: Question) -> dict[str, Any]:
    """Default values of a new row of a group."""
    return _defaults(schema, group.columns)


def _defaults(schema: FormSchema, questions: Iterable[Question]) -> dict[str, Any]:
    found = {q.key: _default(schema, q) for q in questions if q.default is not None}
    return {key: value for key, value in found.items() if value is not None}


def _default(schema: FormSchema, question: Question) -> Any:
    """A default as an answer; a code is looked up in the pinned value set, and left out when it is no longer in force."""
    if question.datatype != "coded" or not isinstance(question.default, str):
        return question.default
    concept = terminology.lookup(question.values, question.default, version=schema.value_sets.get(question.values) or None)
    return concept.value if concept is not None and concept.active else None
