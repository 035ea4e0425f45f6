"""What was posted for a question, read as its answer, and an answer written as form fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from forms_config.rendering.actors import organisation_parts, parse_organisation, parse_professional, professional_parts
from forms_config.rendering.coded import coded_parts, parse_coded, rule_of
from forms_config.rendering.names import Raw, first
from forms_config.schema.dates import french, parse_french
from forms_config.schema.model import Question
from forms_config.schema.values import MAX_ITEMS, NULL_LABELS, check_value

NULL = "null:"
_NUMBERED = re.compile(r"(\d{1,4})(?:\.(.+))?\Z", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,12}\Z", re.ASCII)
_BOOLEANS = {"true": True, "oui": True, "1": True, "false": False, "non": False, "0": False}
_REPEATED = ("", "search", "label")


def parse_posted(question: Question, raw: Raw, *, value_sets: Mapping[str, str] | None = None, current: Any = None) -> Any:
    """The answer to a question in its normal form, nothing when nothing was posted; raises ``ValueError`` in French.

    ``value_sets`` are the versions pinned by the document's form (``FormSchema.value_sets``). ``current`` is the answer there
    was: what it holds may be kept though it could no longer be chosen (retired code, imported label). Rows of groups are parsed
    column by column.
    """
    pins = value_sets or {}
    null, rest = _null(question, raw)
    if question.multiple and question.datatype != "group":
        value: Any = _parse_many(question, rest, pins, current)
    else:
        value = _PARSERS[question.datatype](question, rest, pins, current)
    if not null:
        return check_value(question, value)
    if value not in (None, []):
        raise ValueError(_("Donner une réponse ou dire pourquoi il n'y en a pas, mais pas les deux"))
    return check_value(question, {"null": null})


def _null(question: Question, raw: Raw) -> tuple[str, Raw]:
    """The null flavour posted, and the rest; a null chosen in a list also empties the text typed to look in that list."""
    if question.nulls and first(raw).removeprefix(NULL) in NULL_LABELS and first(raw).startswith(NULL):
        return first(raw).removeprefix(NULL), {part: texts for part, texts in raw.items() if part not in (*_REPEATED, "null")}
    return first(raw, "null"), {part: texts for part, texts in raw.items() if part != "null"}


def _parse_many(question: Question, raw: Raw, pins: Mapping[str, str], current: Any) -> list[Any]:
    numbered: dict[int, dict[str, Any]] = {}
    for part, texts in raw.items():
        if match := _NUMBERED.match(part):
            numbered.setdefault(int(match[1]), {})[match[2] or ""] = texts
    before = dict(enumerate(current if isinstance(current, list) else ()))
    items: list[tuple[Raw, Any]] = [({"": [text]}, None) for text in raw.get("", ())]
    items += [(numbered[number], before.get(number)) for number in sorted(numbered)]
    items += [({"text": [text]}, None) for text in raw.get("text", ())] if question.datatype == "coded" else []
    if len(items) > MAX_ITEMS:
        raise ValueError(_("Une liste de %(count)d valeurs au plus est attendue") % {"count": MAX_ITEMS})
    values = []
    for item, same_place in items:
        value = _PARSERS[question.datatype](question, item, pins, _same_code(item, before) or same_place)
        if value is not None and not (question.datatype == "coded" and value in values):
            values.append(value)
    return values


def _same_code(item: Raw, before: Mapping[int, Any]) -> Any:
    chosen = first(item)
    return next((v for v in before.values() if isinstance(v, Mapping) and chosen == f"{v.get('code')}|{v.get('system')}"), None)


def _parse_text(question: Question, raw: Raw, _pins: Mapping[str, str], _current: Any) -> str | None:
    return first(raw) or None


def _parse_boolean(question: Question, raw: Raw, _pins: Mapping[str, str], _current: Any) -> bool | None:
    text = first(raw).lower()
    if not text:
        return None
    if text not in _BOOLEANS:
        raise ValueError(_("Répondre par oui ou par non"))
    return _BOOLEANS[text]


def _parse_integer(question: Question, raw: Raw, _pins: Mapping[str, str], _current: Any) -> int | None:
    text = "".join(first(raw).split()).replace("−", "-")
    if not text:
        return None
    if not _INTEGER.match(text):
        raise ValueError(_("Un nombre entier est attendu"))
    return int(text)


def _parse_decimal(question: Question, raw: Raw, _pins: Mapping[str, str], _current: Any) -> str | None:
    return "".join(first(raw).split()).replace("−", "-").replace(",", ".") or None


def _parse_file(question: Question, raw: Raw, _pins: Mapping[str, str], _current: Any) -> dict[str, str] | None:
    return {"file": first(raw), "name": first(raw, "name")} if first(raw) else None


def _parse_date(question: Question, raw: Raw, _pins: Mapping[str, str], current: Any) -> str | None:
    """A date or a time; the text shown for the answer there was is that very answer (seconds and offset are not shown)."""
    text = first(raw)
    if not text:
        return None
    if isinstance(current, str) and text == french(current):
        return current
    return parse_french(text, with_time=question.datatype == "datetime")


def _parse_coded(question: Question, raw: Raw, pins: Mapping[str, str], current: Any) -> dict[str, str] | None:
    return parse_coded(raw, rule_of(question, pins), current)


def _parse_professional(_question: Question, raw: Raw, pins: Mapping[str, str], current: Any) -> dict[str, Any] | None:
    return parse_professional(raw, pins, current)


def _parse_organisation(_question: Question, raw: Raw, pins: Mapping[str, str], current: Any) -> dict[str, Any] | None:
    return parse_organisation(raw, pins, current)


def _parse_group(question: Question, _raw: Raw, _pins: Mapping[str, str], _current: Any) -> None:
    raise ValueError(_("« %(label)s » : les lignes se lisent colonne par colonne") % {"label": question.label})


_PARSERS: Mapping[str, Callable[[Question, Raw, Mapping[str, str], Any], Any]] = {
    "string": _parse_text,
    "text": _parse_text,
    "boolean": _parse_boolean,
    "integer": _parse_integer,
    "decimal": _parse_decimal,
    "file": _parse_file,
    "date": _parse_date,
    "datetime": _parse_date,
    "coded": _parse_coded,
    "professional": _parse_professional,
    "organisation": _parse_organisation,
    "group": _parse_group,
}


def check_answer(question: Question, value: Any, *, value_sets: Mapping[str, str] | None = None, current: Any = None) -> Any:
    """An answer that came as a JSON value, in its normal form: its shape, and its codes in the pinned value sets.

    The same control as for what is posted, since :func:`parse_posted` is the inverse of :func:`to_posted`. Raises ``ValueError``
    in French.
    """
    checked = check_value(question, value)
    if checked is None or question.datatype == "group":
        return checked
    return parse_posted(question, to_posted(question, checked), value_sets=value_sets, current=current)


def to_posted(question: Question, value: Any) -> dict[str, list[str]]:
    """The form fields that :func:`parse_posted` reads back as ``value``: texts by part, nothing for no answer."""
    if value is None:
        return {}
    if isinstance(value, Mapping) and "null" in value:
        return {"null": [value["null"]]}
    if not isinstance(value, list):
        return _parts(question, value)
    parts = [_parts(question, item) for item in value]
    if all(set(part) == {""} for part in parts):
        return {"": [part[""][0] for part in parts]}
    return {f"{n}.{name}" if name else str(n): texts for n, part in enumerate(parts) for name, texts in part.items()}


def _parts(question: Question, value: Any) -> dict[str, list[str]]:
    if isinstance(value, bool):
        return {"": ["true" if value else "false"]}
    if isinstance(value, Mapping):
        if "file" in value:
            return {"": [value["file"]], "name": [value["name"]]}
        write = professional_parts if "family" in value else organisation_parts if "name" in value else coded_parts
        return write(value)
    if question.datatype == "decimal":
        return {"": [str(value).replace(".", ",")]}
    return {"": [_date_text(value) if question.datatype in ("date", "datetime") else str(value)]}


@lru_cache(maxsize=4096)
def _date_text(value: str) -> str:
    """A date as a French person types it, seconds included when there are; as ISO text when its offset is not that of Paris."""
    _day, _sep, clock = value.partition("T")
    seconds = clock[5:8] if clock[5:6] == ":" else ""
    text = french(value) + seconds
    return text if parse_french(text, with_time=True) == value else value
