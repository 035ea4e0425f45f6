"""Snapshots into CDA bytes: the volet's tree, the questions of the catalogue, the regional answers of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import DocumentSnapshot
from forms_config.catalogue.loader import load_catalogue, question_of
from forms_config.schema.answers import is_visible
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import Question, question_from_json
from forms_config.schema.values import display_answer
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.codecs.writing import Writing
from plugins.cda.volets.document_facts import STATUS_CODES


@cache
def questions_of(volet: str, version: str) -> Mapping[str, Question]:
    """Every national question of a volet by key, columns of groups included."""
    catalogue = load_catalogue(volet, version)
    return {element.key: question_of(element) for element in catalogue.elements()}


def encode(tree: DocumentTree, snapshot: DocumentSnapshot, pdf: bytes | None = None, *, as_of: datetime | None = None) -> bytes:
    """The document as UTF-8 without byte order mark; ``pdf`` is the copy to embed.

    ``as_of`` is the moment of the rendering (its acts are done or not on that day); without, the time of the document's content.

    Raises ``Refused`` in French when the snapshot cannot be written (cancelled document, identifier that is none).
    """
    if snapshot.status not in STATUS_CODES:
        raise Refused(f"Un document au statut « {snapshot.status} » n'est jamais écrit en CDA.")
    out = Writing(
        document=snapshot,
        questions=questions_of(tree.document_type, tree.volet_version),
        regional=regional_rows(tree, snapshot),
        pdf=pdf,
        as_of=as_of,
    )
    return etree.tostring(tree.encode(out), xml_declaration=True, encoding="UTF-8")


def regional_rows(tree: DocumentTree, snapshot: DocumentSnapshot) -> dict[str, list[tuple[str, str]]]:
    """Answers to the questions the catalogue does not know, as (label, text), by the section whose narrative shows them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for section in snapshot.form.schema.get("sections", ()):
        element = section.get("element", "")
        rows = [row for data in section["questions"] for row in _rows(data, snapshot.answers)]
        if rows:
            home = tree.regional_homes.get(element, element) or tree.regional_default
            prefix = "" if element else f"{section['title']} – "
            found.setdefault(home, []).extend((prefix + label, text) for label, text in rows)
    return found


def _rows(data: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = answers.get(data["key"])
    if not is_filled(value):
        return
    columns = [column for column in data.get("columns", ()) if not (data.get("element") and column.get("element"))]
    if columns and isinstance(value, list):
        yield from _columns(columns, data["label"], value, answers)
    elif not data.get("element"):
        question = question_from_json(data)
        if is_visible(question, answers):
            yield question.label, _shown(question, value)


def _columns(
    columns: Sequence[Mapping[str, Any]], label: str, rows: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows, 1):
        for data in columns:
            question, value = question_from_json(data), row["values"].get(data["key"])
            if is_filled(value) and is_visible(question, row["values"], answers):
                yield f"{label} {number} – {question.label}", _shown(question, value)


def _shown(question: Question, value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(display_answer(question, item) for item in value)
    return display_answer(question, value)
