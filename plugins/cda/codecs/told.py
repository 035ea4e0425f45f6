"""What a table cell says, read as the value of a question (the inverse of :func:`forms_config.schema.values.display_answer`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from forms_config.schema.dates import parse_french
from forms_config.schema.model import Question
from forms_config.schema.values import NULL_LABELS, display_answer
from plugins.cda.codecs.narrative import plain

_INTEGER = re.compile(r"-?\d+")


def read_told(question: Question, text: str) -> Any:
    """The raw value; raises ``ValueError`` in French when the words cannot be that kind of value."""
    null = next((null for null in question.nulls if plain(NULL_LABELS[null]) == plain(text)), None)
    if null is not None:
        return {"null": null}
    reader = _READERS.get(question.datatype)
    if reader is not None:
        return reader(text)
    if question.datatype in ("string", "text"):
        return text
    if question.datatype == "coded" and question.free:
        return {"text": text}
    raise ValueError("Donné en texte seulement, à saisir")


def agrees(question: Question, value: Any, text: str) -> bool:
    """Whether a cell says what an entry already said, in words of its own."""
    items = value if isinstance(value, list) else [value]
    return any(_agrees(question, item, text) for item in items)


def _agrees(question: Question, value: Any, text: str) -> bool:
    words = display_answer(question, value)
    if words == text:
        return True
    shown, told = _squeezed(words), _squeezed(text)
    if not told or shown in told or told in shown:
        return True
    if isinstance(value, Mapping):
        return any(_squeezed(str(value[part])) in told for part in ("code", "label", "family") if value.get(part))
    try:
        return str(value).startswith(str(read_told(question, text)))
    except ValueError:
        return False


def _squeezed(text: str) -> str:
    return plain(text).replace(" ", "")


def _boolean(text: str) -> bool:
    words = plain(text).split()
    if words and words[0] in ("oui", "non"):
        return words[0] == "oui"
    raise ValueError("Oui ou non attendu")


def _integer(text: str) -> int:
    match = _INTEGER.search(text)
    if match is None:
        raise ValueError("Un nombre est attendu")
    return int(match.group())


def _date(text: str) -> str:
    return parse_french(text)


def _datetime(text: str) -> str:
    return parse_french(text, with_time=True)


_READERS = {"boolean": _boolean, "integer": _integer, "date": _date, "datetime": _datetime}
