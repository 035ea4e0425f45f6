"""Reading a document again behind a page that is already open: its opening was traced, what the page exchanges is not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dcc.accounts.api import User
from dcc.documents import access
from dcc.documents.edits import Edit, rewind
from dcc.documents.models import AnswerChange
from forms_config import api as forms
from forms_config.schema.model import FormSchema


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers of the current version at a revision, and what is needed to read new ones."""

    form_version_id: uuid.UUID
    schema: FormSchema
    revision: int
    answers: Mapping[str, Any]
    provenance: Mapping[str, Any]


def draft(actor: User, document_id: uuid.UUID, *, revision: int | None = None) -> Draft:
    """The current version as it is, or as its answers were at an earlier ``revision``, for a page that was opened before.

    Provenance is always that of now. Raises :class:`DocumentNotFound`.
    """
    version = access.find(actor, "document.open", document_id)
    answers: Mapping[str, Any] = version.answers
    if revision is not None and revision < version.revision:
        since = AnswerChange.objects.filter(version=version, revision__gt=revision)
        answers = rewind(answers, [Edit(c.revision, c.path, c.before, c.after) for c in since])
    return Draft(
        form_version_id=version.form_version_id,
        schema=forms.schema_of(version.form_version_id),
        revision=version.revision,
        answers=answers,
        provenance=version.provenance,
    )


def changed_by_others(actor: User, document_id: uuid.UUID, *, since: int, editor: str) -> dict[str, str]:
    """Paths that other pages than ``editor`` changed after revision ``since``, each with who did it last."""
    version = access.find(actor, "document.edit", document_id)
    if since >= version.revision:
        return {}
    changes = AnswerChange.objects.filter(version=version, revision__gt=since).exclude(editor=editor, actor=actor)
    return {c.path: str(c.actor) for c in changes.select_related("actor__practitioner").order_by("revision")}
