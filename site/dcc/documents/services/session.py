"""One save under way: the locked version, what changes in it, whom it would contradict, where its values come from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit import api as audit
from dcc.documents.edits import Answers, files_in, is_row, read, touches, write
from dcc.documents.models import AnswerChange, DocumentVersion
from dcc.documents.services.attachments import drop
from dcc.documents.services.calculating import ORIGIN, recalculated
from dcc.documents.services.contributions import note_contribution
from dcc.documents.titles import rcp_of, title_of
from forms_config import api as forms
from forms_config.schema.model import FormSchema, Question

ROW_LIMIT = 200
"""Rows a group may hold: far above any real meeting, low enough to keep a page and a PDF usable."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value somebody wants at ``path``; ``base`` is the revision he had read when he decided it."""

    path: str
    value: Any
    base: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed one value: ``mine`` was not saved, ``theirs`` is what the document holds."""

    path: str
    mine: Any
    theirs: Any
    by: str
    at: datetime


@dataclass(slots=True)
class SaveResult:
    """Outcome of a save: what was kept, what was refused (path -> French reason), what conflicts; the document's revision now.

    ``calculated`` are the values that followed, by path.
    """

    revision: int
    saved: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    added_rows: dict[str, str] = field(default_factory=dict)
    calculated: dict[str, Any] = field(default_factory=dict)


class Session:
    """One save under way: the locked version, its answers so far, and the changes others made since the oldest base."""

    def __init__(self, version: DocumentVersion, actor: User, editor: str, origin: str, since: int, source: str = "") -> None:
        self.version, self.actor, self.editor, self.origin = version, actor, editor, origin
        self.mark: Mapping[str, Any] = {"source": source} if source else {}
        """What the provenance of the values put from now on says, beyond their origin."""
        self.marks: dict[int, Mapping[str, Any]] = {}
        self.schema: FormSchema = forms.schema_of(version.form_version_id)
        self.answers: Answers = version.answers
        self.now = timezone.now()
        self.revision = version.revision
        self.recorded: list[AnswerChange] = []
        others = AnswerChange.objects.filter(version=version, revision__gt=since).exclude(editor=editor, actor=actor)
        self.others = list(others.select_related("actor__practitioner").order_by("revision")) if since < version.revision else []

    def theirs(self, path: str, base: int) -> AnswerChange | None:
        """The last change by somebody else, since ``base``, of what ``path`` names."""
        return next((c for c in reversed(self.others) if c.revision > base and touches(c.path, path)), None)

    def put(self, path: str, value: Any, origin: str = "") -> None:
        """Write a value and remember the change."""
        before = read(self.answers, path)
        self.answers = write(self.answers, path, value)
        self.revision += 1
        self.marks[self.revision] = self.mark
        self.recorded.append(
            AnswerChange(
                version=self.version,
                revision=self.revision,
                path=path,
                before=before,
                after=value,
                origin=origin or self.origin,
                editor=self.editor,
                actor=self.actor,
                at=self.now,
            )
        )

    def store(self, result: SaveResult, *, contributes: bool = True) -> None:
        """Write what changed and what is calculated from it; nothing is written when nothing did."""
        for path, value in recalculated(self.schema, self.answers, self.version.document.patient_id):
            self.put(path, value, ORIGIN)
            result.calculated[path] = value
        result.revision = self.revision
        if not self.recorded:
            return
        AnswerChange.objects.bulk_create(self.recorded)
        version = self.version
        drop(self.actor, version, files_in(version.answers) - files_in(self.answers))
        version.answers, version.revision, version.changed_at = self.answers, self.revision, self.now
        version.title = title_of(version.document.document_type, self.answers)
        version.rcp = rcp_of(version.document.document_type, self.answers)
        version.provenance = _provenance(version.provenance, self.recorded, self.marks)
        version.save(update_fields=["answers", "revision", "changed_at", "title", "rcp", "provenance"])
        audit.record(
            actor=self.actor,
            action="document.saved",
            subject=f"document:{version.document_id}",
            patient_id=version.document.patient_id,
            version=version.number,
            revision=self.revision,
            values=len(self.recorded),
        )
        if contributes:
            note_contribution(version, self.actor, self.now)


def apply_change(session: Session, change: Change, result: SaveResult) -> None:
    try:
        value = _checked(session, change)
    except ValueError as error:
        result.refused[change.path] = str(error)
        return
    current = read(session.answers, change.path)
    if value == current:
        result.saved.append(change.path)
        return
    theirs = session.theirs(change.path, change.base)
    if theirs is not None:
        result.conflicts.append(Conflict(change.path, value, current, str(theirs.actor), theirs.at))
        return
    session.put(change.path, value)
    result.saved.append(change.path)


def _checked(session: Session, change: Change) -> Any:
    question = question_at(session.schema, change.path)
    if question is None or is_row(change.path):
        raise ValueError("Cette question n'existe pas dans le formulaire de ce document")
    if "/" in change.path and read(session.answers, change.path.rpartition("/")[0]) is None:
        raise ValueError("Cette ligne a été supprimée")
    if question.datatype == "group":
        raise ValueError("Une ligne se modifie valeur par valeur")
    if question.calculation is not None:
        raise ValueError("Cette valeur est calculée : elle suit les réponses dont elle dépend")
    if question.datatype == "file" and change.value is not None:
        return _joined(session.version, forms.check_answer(question, change.value))
    return forms.check_answer(
        question, change.value, value_sets=session.schema.value_sets, current=read(session.answers, change.path)
    )


def _joined(version: DocumentVersion, value: dict[str, str] | None) -> dict[str, str] | None:
    """A file answer under the name of the file that is joined."""
    attachment = version.attachments.filter(pk=value["file"]).first() if value else None
    if value and attachment is None:
        raise ValueError("Ce fichier n'est plus joint au document : choisissez-le à nouveau")
    return {"file": value["file"], "name": attachment.filename} if value and attachment else None


def question_at(schema: FormSchema, path: str) -> Question | None:
    """The question a path names: top-level, column of a group, or the group itself for a row."""
    key, _, rest = path.partition("/")
    question = schema.by_key.get(key)
    column = rest.partition("/")[2]
    return question.column(column) if question is not None and column else question


def put_row(session: Session, group_key: str, values: Mapping[str, Any], result: SaveResult) -> str:
    """Put a row at the end of a group, with the defaults of its columns and ``values``; its id.

    A value that does not fit is refused by itself; ``ValueError`` when the group is unknown or full.
    """
    group = session.schema.by_key.get(group_key)
    rows = session.answers.get(group_key) or []
    if group is None or group.datatype != "group" or len(rows) >= (ROW_LIMIT if group.multiple else 1):
        raise ValueError("Aucune ligne ne peut être ajoutée ici")
    row_id = str(uuid.uuid4())
    session.put(f"{group_key}/{row_id}", {"values": forms.default_row(session.schema, group), "position": len(rows)})
    for key, value in values.items():
        if not _is_calculated(group, key):
            apply_change(session, Change(f"{group_key}/{row_id}/{key}", value, session.revision), result)
    return row_id


def _is_calculated(group: Question, key: str) -> bool:
    column = group.column(key)
    return column is not None and column.calculation is not None


def _provenance(
    provenance: dict[str, Any], changes: Iterable[AnswerChange], marks: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    """Origin per value: kept for what was not typed; a taken-over value that a human then changes is « modifie » (R-047).

    ``marks`` say more of where a value comes from, by the revision that put it.
    """
    kept = dict(provenance)
    for change in changes:
        former = kept.pop(change.path, None)
        now = {"at": change.at.isoformat(), "by": str(change.actor_id)}
        if change.after is None:
            for path in [p for p in kept if touches(change.path, p)]:
                del kept[path]
        elif change.origin == ORIGIN:
            kept[change.path] = {"origin": ORIGIN, **now}
        elif change.origin != "saisie":
            kept[change.path] = {**marks[change.revision], "origin": change.origin, **now}
        elif former is not None:
            kept[change.path] = {**former, "origin": "modifie", **now}
    return kept
