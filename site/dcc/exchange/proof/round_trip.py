"""The semantic round trip: what is read from an output is what was written in it, question by question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dcc.contracts.capabilities import DocumentType, Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding
from forms_config.schema.answers import without_row_ids
from forms_config.schema.model import FormSchema, Question

HEAD = 65_536
SOURCE = "aller-retour"


def read_back(schema: FormSchema, snapshot: DocumentSnapshot, made: Mapping[str, Artifact]) -> Iterator[Finding]:
    """Read every output that a reader takes.

    The one that gives most answers must give all of them; of one that only wraps a file, what its header says must agree. A type
    without structured format has only such outputs.
    """
    expected = written_answers(schema, snapshot.answers)
    readings: dict[str, Mapping[str, Any]] = {}
    for output, artifact in made.items():
        reader = next((one for one in current().all(Reader) if one.supports(artifact.content[:HEAD])), None)
        if reader is None:
            continue
        try:
            result = reader.read(artifact.content)
        except Refused as refusal:
            yield Finding("gate.unreadable", "error", refusal.reason, location=output, source=SOURCE)
            continue
        readings[output] = without_row_ids(result.answers)
        yield from (
            Finding(said.code, "error", said.message, said.question_key, said.section_key, output, SOURCE)
            for said in result.findings
            if said.level == "error"
        )
    if not readings:
        message = _("Non contrôlé : aucun module ne relit ce type de document.")
        yield Finding("gate.unchecked", "warning", message, source=SOURCE)
    known = current().find(DocumentType, snapshot.document_type)
    structured = () if known and known.level_one else readings
    whole = max(structured, key=lambda output: len(readings[output]), default="")
    for output, found in readings.items():
        yield from _differences(schema, expected, found, output, {*expected, *found} if output == whole else found)


def written_answers(schema: FormSchema, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that have an entry of their own in a structured output: those to national elements, rows without their ids."""
    national = {q.key: _national(q, answers[q.key]) for q in schema.questions() if q.element and q.key in answers}
    return {key: value for key, value in without_row_ids(national).items() if value not in ([], {})}


def _national(question: Question, value: Any) -> Any:
    if question.datatype != "group":
        return value
    columns = {column.key for column in question.columns if column.element}
    rows = [{"id": row["id"], "values": {k: v for k, v in row["values"].items() if k in columns}} for row in value]
    return [row for row in rows if row["values"]]


def _differences(
    schema: FormSchema, expected: Mapping[str, Any], found: Mapping[str, Any], output: str, keys: Iterable[str]
) -> Iterator[Finding]:
    for key in sorted(keys):
        if expected.get(key) != found.get(key):
            question, section = schema.find(key), schema.section_of.get(key)
            message = _("« %s » : la réponse relue n'est pas celle qui a été écrite") % (question.label if question else key)
            yield Finding("gate.round_trip", "error", message, key, section.key if section else None, output, SOURCE)
