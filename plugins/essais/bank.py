"""Finding a trial, filling the bank from a file, putting a reference in a document."""

from __future__ import annotations

import csv
import io
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.documents import api as documents
from forms_config.schema.answers import is_visible
from forms_config.schema.model import Question
from plugins.essais.models import ClinicalTrial, Status

COLUMNS = (
    "acronym", "identifier", "title", "phase", "organ", "criteria", "contact", "centres", "status", "opened_on", "closed_on",
)  # fmt: skip
"""Columns of the file, separated by semicolons, in any order; the first three are required."""


def plain(text: str) -> str:
    """A text without accents nor case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def search(text: str, *, limit: int = 20) -> list[ClinicalTrial]:
    """Open trials that hold the beginning of every word of the text, wherever it stands."""
    words = plain(text).split()
    found = []
    for trial in ClinicalTrial.objects.filter(status=Status.OPEN):
        held = " " + plain(f"{trial.acronym} {trial.identifier} {trial.title} {trial.organ} {trial.centres}")
        if all(f" {word}" in held for word in words):
            found.append(trial)
    return found[:limit]


class UnfitFile(ValueError):
    """The file cannot be taken; the message names each line and column in French."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import changed."""

    added: int
    changed: int
    same: int


@transaction.atomic
def import_trials(*, actor: User | None, content: bytes) -> Report:
    """Add the trials of a CSV file, or change those of the same identifier: all of it or nothing; raises :class:`UnfitFile`.

    Trials that the file does not name stay as they are.
    """
    counts = {"added": 0, "changed": 0, "same": 0}
    problems: list[str] = []
    for number, row in _rows(content):
        try:
            counts[_store(row)] += 1
        except ValidationError as error:
            problems += [f"ligne {number}, {column} : {' '.join(said)}" for column, said in error.message_dict.items()]
    if problems:
        raise UnfitFile(" ; ".join(problems))
    report = Report(**counts)
    audit.record(actor=actor, action="trials.imported", subject="trials:bank", added=report.added, changed=report.changed)
    return report


def _rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    except UnicodeDecodeError:
        raise UnfitFile("le fichier n'est pas en UTF-8") from None
    named = reader.fieldnames or ()
    if missing := [column for column in COLUMNS[:3] if column not in named]:
        raise UnfitFile(f"colonne absente : {', '.join(missing)}")
    for row in reader:
        yield reader.line_num, {column: (row.get(column) or "").strip() for column in COLUMNS if column in named}


def _store(row: Mapping[str, str]) -> str:
    trial = ClinicalTrial.objects.filter(identifier=row["identifier"]).first()
    added = trial is None
    trial = trial or ClinicalTrial()
    values = {name: value or (None if name.endswith("_on") else "") for name, value in row.items()}
    if not values.get("status", "-"):
        values["status"] = Status.OPEN.value
    same = not added and all(str(getattr(trial, name) or "") == (value or "") for name, value in values.items())
    for name, value in values.items():
        setattr(trial, name, value)
    trial.full_clean()
    trial.save()
    return "added" if added else "same" if same else "changed"


def places(view: documents.DocumentView) -> list[Question]:
    """The free texts of a document that may take a reference."""
    return [q for q in view.schema.questions() if q.datatype == "text" and not q.multiple and is_visible(q, view.answers)]


@transaction.atomic
def put_reference(*, actor: User, trial: ClinicalTrial, document_id: uuid.UUID, question_key: str, base: int) -> bool:
    """Add the reference at the end of a free text; ``False`` when somebody else changed that text since revision ``base``.

    Raises what :func:`dcc.documents.api.save_answers` raises, and ``KeyError`` for a question that takes none.
    """
    view = documents.open_document(actor, document_id)
    question = {place.key: place for place in places(view)}[question_key]
    former = str(view.answers.get(question.key) or "")
    if trial.reference in former:
        return True
    text = f"{former}\n{trial.reference}" if former else trial.reference
    result = documents.save_answers(
        actor=actor, document_id=document_id, changes=[documents.Change(question.key, text, base)], origin="saisie"
    )
    if result.refused or result.conflicts:
        return False
    audit.record(
        actor=actor,
        action="trial.referenced",
        subject=f"document:{document_id}",
        patient_id=view.line.patient_id,
        trial=trial.identifier,
        question=question.key,
    )
    return True
