"""Operations on what an editor gives a question: words, width, when it is required, default, sources, retention. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from forms_config.schema.model import FormSchema, Question, Required, Width
from forms_config.workshop.arguments import code_in, flag, line, number, text
from forms_config.workshop.places import WorkshopError, question_at, with_question
from forms_config.workshop.questions import official_label

Arguments = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?\Z", re.ASCII)
TYPED = ("string", "text", "integer", "decimal", "coded")
"""Datatypes that have a place for a placeholder."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """How an attribute is read from the page, and which questions have it."""

    read: Callable[[FormSchema, Question, Arguments], Any]
    fits: Callable[[Question], bool] = lambda question: True


def _label(schema: FormSchema, question: Question, arguments: Arguments) -> str:
    label = line(arguments, "value") or official_label(schema, question.key)
    if not label:
        raise WorkshopError("Une question a un libellé")
    return label


def _one_of(allowed: tuple[str, ...]) -> Callable[[FormSchema, Question, Arguments], str]:
    def read(_schema: FormSchema, _question: Question, arguments: Arguments) -> str:
        value = text(arguments, "value")
        if value not in allowed:
            raise WorkshopError(f"« {value} » n'est pas proposé")
        return value

    return read


def _sources(_schema: FormSchema, _question: Question, arguments: Arguments) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,\n]", text(arguments, "value", 500)) if part.strip()))


def _default(_schema: FormSchema, question: Question, arguments: Arguments) -> Any:
    value = text(arguments, "value", 2000)
    return _DEFAULTS[question.datatype](value) if value else None


def _boolean(value: str) -> bool:
    if value not in ("true", "false"):
        raise WorkshopError("Oui ou non est attendu")
    return value == "true"


def _decimal(value: str) -> str:
    written = value.replace(",", ".")
    if not _NUMBER.match(written):
        raise WorkshopError(f"« {value} » n'est pas un nombre")
    return written


_DEFAULTS: Mapping[str, Callable[[str], Any]] = {
    "string": lambda value: " ".join(value.split()),
    "text": lambda value: value,
    "boolean": _boolean,
    "integer": lambda value: number({"value": value}, "value", least=-1_000_000_000, most=1_000_000_000),
    "decimal": _decimal,
    "coded": code_in,
}


def may_have_default(question: Question) -> bool:
    """Whether an editor may give a default: one answer of a simple type, not calculated."""
    return question.datatype in _DEFAULTS and not question.multiple and question.calculation is None


ATTRIBUTES: Mapping[str, Attribute] = {
    "label": Attribute(_label),
    "help": Attribute(lambda _s, _q, arguments: text(arguments, "value", 2000)),
    "placeholder": Attribute(
        lambda _s, _q, arguments: line(arguments, "value", 200), lambda q: q.datatype in TYPED and q.calculation is None
    ),
    "width": Attribute(_one_of(get_args(Width)), lambda q: q.datatype != "group"),
    "required": Attribute(_one_of(get_args(Required)), lambda q: q.calculation is None),
    "unit": Attribute(
        lambda _s, _q, arguments: line(arguments, "value", 30), lambda q: not q.element and q.datatype in ("integer", "decimal")
    ),
    "default": Attribute(_default, may_have_default),
    "favourites": Attribute(lambda _s, _q, arguments: flag(arguments, "value"), lambda q: q.datatype == "group"),
    "sources": Attribute(_sources, lambda q: q.calculation is None),
    "retention": Attribute(
        lambda _s, _q, arguments: number(arguments, "value", least=0, most=1200), lambda q: not q.element
    ),
}  # fmt: skip
"""What may be given, by name; what is not here belongs to the standard or is decided when the question is made."""


def give(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Give the attribute ``name`` of a question its ``value``; raises :class:`WorkshopError`."""
    question = question_at(schema, text(arguments, "question"))
    attribute = ATTRIBUTES.get(text(arguments, "name"))
    if attribute is None or not attribute.fits(question):
        raise WorkshopError("Cette question n'a pas ce réglage")
    return with_question(schema, replace(question, **{text(arguments, "name"): attribute.read(schema, question, arguments)}))
