"""What a favourite may hold: rows that fit a group of a form, without anything that could tell of a patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forms_config import api as forms
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import display, display_answer
from forms_config.terminology import api as terminology

KEPT_TYPES = ("coded", "boolean", "integer", "decimal", "string", "text")
"""Dates, persons, structures and files belong to one patient's document: a favourite never keeps them."""

ROW_LIMIT = 20
Row = dict[str, Any]


class FavouriteRefused(ValueError):
    """A favourite cannot be kept so; the message is French."""


class TextsToConfirm(FavouriteRefused):
    """Free texts that nobody confirmed yet; ``texts`` are to be shown back as they would be kept."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(_("Relire ces textes : ils ne doivent désigner aucun patient"))
        self.texts = tuple(texts)


@dataclass(frozen=True, slots=True)
class Content:
    """What a person wants to keep. ``rows`` are ``{column key: value}``; the rest describes them in words."""

    name: str
    document_type: str
    group_key: str
    rows: Sequence[Mapping[str, Any]]
    organ: str = ""
    intention: str = ""
    protocol: str = ""
    cycles: int | None = None
    follow_up: str = ""
    sheet: str = ""


def group_of(schema: FormSchema, group_key: str) -> Question:
    """The group of a form that admits favourites; raises :class:`FavouriteRefused`."""
    group = schema.by_key.get(group_key)
    if group is None or group.datatype != "group" or not group.favourites:
        raise FavouriteRefused(_("Cette rubrique n'admet pas de favoris"))
    return group


def kept_rows(group: Question, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows less what a favourite never keeps, empty ones left out."""
    admitted = {c.key for c in group.columns if c.datatype in KEPT_TYPES}
    kept = [{key: value for key, value in row.items() if key in admitted and value is not None} for row in rows]
    return [row for row in kept if row]


def checked_rows(schema: FormSchema, group_key: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows in their normal form, against a published form and its value sets; raises :class:`FavouriteRefused`."""
    group = group_of(schema, group_key)
    kept = kept_rows(group, rows)
    if not kept or len(kept) > (ROW_LIMIT if group.multiple else 1):
        raise FavouriteRefused(_("Un favori a de 1 à %(n)d lignes") % {"n": ROW_LIMIT if group.multiple else 1})
    if found := problems(schema, group_key, kept):
        raise FavouriteRefused(found[0])
    columns = {c.key: c for c in group.columns}
    return [{key: forms.check_answer(columns[key], v, value_sets=schema.value_sets) for key, v in row.items()} for row in kept]


class Retired:
    """Codes that the lists in force today dropped; each list is asked once, so that many favourites are looked at quickly."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}

    def holds(self, column: Question, value: Mapping[str, Any]) -> bool:
        """Whether the list in force dropped a code that the form's own version still has."""
        if not column.values:
            return False
        if column.values not in self._versions:
            known = terminology.exists(column.values)
            self._versions[column.values] = terminology.current_version(column.values) if known else ""
        version = self._versions[column.values]
        if not version:
            return False
        concept = terminology.lookup(column.values, value["code"], system=value.get("system"), version=version)
        return concept is not None and not concept.active


def problems(schema: FormSchema, group_key: str, rows: Iterable[Mapping[str, Any]], retired: Retired | None = None) -> list[str]:
    """Why rows can no longer be inserted, in French, empty when they can: retired codes, questions that went."""
    group = schema.by_key.get(group_key)
    if group is None or not group.favourites:
        return [_("La rubrique n'admet plus de favoris")]
    columns = {c.key: c for c in group.columns}
    asked = retired or Retired()
    return [said for row in rows for key, value in row.items() if (said := _problem(columns.get(key), value, schema, asked))]


def _problem(column: Question | None, value: Any, schema: FormSchema, retired: Retired) -> str:
    if column is None:
        return _("Une question du favori n'est plus dans le formulaire")
    try:
        forms.check_answer(column, value, value_sets=schema.value_sets)
        if gone := next((item for item in _coded(value) if retired.holds(column, item)), None):
            raise ValueError(_("« %(label)s » n'est plus en vigueur : choisir une autre valeur") % {"label": display(gone)})
    except ValueError as error:
        return f"« {column.label} » : {error}"
    return ""


def _coded(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Mapping) and "code" in item]


def broken_because(document_type: str, group_key: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why no published form of a document type takes these rows; empty when one does."""
    kept = list(rows)
    found = (problems(form.schema, group_key, kept) for form in forms.published_forms(document_type))
    return min(found, key=len, default=[])


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row as it would be kept: its answers in words, by label."""

    row_id: str
    answers: Sequence[tuple[str, str]]


def shown_rows(group: Question, rows: Iterable[Mapping[str, Any]]) -> list[RowShown]:
    """Rows of a document (``{"id", "values"}``) as a favourite would keep them; those of which nothing stays are left out."""
    found = []
    for row in rows:
        for kept in kept_rows(group, [row["values"]]):
            answers = [(c.label, display_answer(c, kept[c.key])) for c in group.columns if c.key in kept]
            found.append(RowShown(row["id"], answers))
    return found


def free_texts(group: Question, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Texts that were typed, each once, in order: those that a person must read again before they are kept."""
    found: dict[str, None] = {}
    for row in rows:
        for column in group.columns:
            value = row.get(column.key)
            items = value if isinstance(value, list) else [value]
            found |= dict.fromkeys(text for item in items if (text := _typed(column, item)))
    return list(found)


def _typed(column: Question, value: Any) -> str:
    """The words of an answer that no list gave: a text, words beside a code, the label of a code from outside the list."""
    if column.datatype in ("string", "text"):
        return str(value or "")
    if column.datatype != "coded" or not isinstance(value, Mapping) or "null" in value:
        return ""
    if "text" in value:
        return str(value["text"])
    known = column.values and terminology.lookup(column.values, value["code"], system=value["system"])
    return "" if known else str(value.get("label", ""))


def details_of(described: Any) -> str:
    """What describes a favourite besides its rows, in words: organ, intention, protocol, cycles, follow-up."""
    cycles = _("%(n)d cycles") % {"n": described.cycles} if described.cycles else ""
    parts = (described.organ, described.intention, described.protocol, cycles, described.follow_up)
    return " · ".join(part for part in parts if part)


def summary(group: Question, rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows in words, for lists: « Chimiothérapie, FEC 100 · Chirurgie »."""
    said = (", ".join(display(row[c.key]) for c in group.columns if c.key in row and c.datatype in _TOLD) for row in rows)
    return " · ".join(text for text in said if text)


_TOLD = ("coded", "string", "text")
