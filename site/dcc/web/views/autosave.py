"""What an open page sends and asks: values as they are entered, orders on rows, signs of life.

Answers are JSON. A value is sent as its fields' texts (``raw``, by part), with the revision the page had seen it at (``base``)::

    {"editor": "…", "changes": [{"path": "frcp.decouverte.date", "base": 12, "raw": {"": ["03/2026"]}}]}
    {"revision": 13, "saved": [...], "refused": {path: French sentence}, "conflicts": [...], "fields": {path: HTML}}
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcc.accounts.api import User
from dcc.documents import api as documents
from dcc.documents.api import Change, SaveResult
from dcc.web import habits
from dcc.web.formpage.compiled import CompiledForm, compiled_form
from dcc.web.formpage.fragments import field_html, group_html
from dcc.web.formpage.page import Filling
from dcc.web.formpage.posted import Reading, is_typed, question_at, read_value, value_at
from dcc.web.formpage.sides import conflict_block
from dcc.web.views.guards import actor_of, guarded_json
from dcc.web.views.rows import ORDERS, obey
from forms_config.rendering import to_posted
from forms_config.schema.model import FormSchema
from forms_config.schema.values import display_answer

MOST_CHANGES = 400


@guarded_json
@require_POST
def autosave(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Save the values of some fields."""
    actor, body = actor_of(request), json_body(request)
    before = documents.draft(actor, document_id)
    reading = read_changes(before, body.get("changes"))
    result = documents.save_answers(actor=actor, document_id=document_id, changes=reading.changes, editor=_editor(body))
    remember_codes(actor, before.schema, reading, result)
    after = documents.draft(actor, document_id) if result.conflicts else None
    form = compiled_form(before.form_version_id)
    return JsonResponse(
        {
            "revision": result.revision,
            "saved": result.saved,
            "refused": {**reading.problems, **result.refused},
            "conflicts": [conflict_json(form, c, after.answers if after else {}) for c in result.conflicts],
            "fields": {**canonical_fields(form, before, reading, result), **calculated_fields(form, result)},
        }
    )


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object sent; raises ``SuspiciousOperation`` for anything else."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise SuspiciousOperation("JSON attendu") from None
    if not isinstance(body, dict):
        raise SuspiciousOperation("Objet JSON attendu")
    return body


def _editor(body: Mapping[str, Any]) -> str:
    editor = body.get("editor", "")
    return editor[:36] if isinstance(editor, str) else ""


def read_changes(before: documents.Draft, sent: Any) -> Reading:
    """The changes a page sent, read against the answers there were."""
    reading = Reading()
    for item in sent[:MOST_CHANGES] if isinstance(sent, list) else ():
        path, base, raw = _change_parts(item)
        question = question_at(before.schema, path)
        if question is None or not is_typed(question):
            reading.problems[path] = _("Cette question n'existe pas dans le formulaire de ce document")
            continue
        try:
            value = read_value(question, raw, before.schema, value_at(before.answers, path))
        except ValueError as error:
            reading.problems[path] = str(error)
            continue
        reading.changes.append(Change(path, value, base))
        reading.raw[path] = {} if item.get("render") else raw
    return reading


def _change_parts(item: Any) -> tuple[str, int, dict[str, list[str]]]:
    """Path, base and texts of a change as sent; raises ``SuspiciousOperation`` for another shape."""
    try:
        path, base, raw = item["path"], item["base"], item["raw"]
        texts = {str(part): [str(text) for text in texts] for part, texts in raw.items()}
    except (TypeError, KeyError, AttributeError):
        raise SuspiciousOperation("Modification mal formée") from None
    if not isinstance(path, str) or not isinstance(base, int) or len(path) > 250:
        raise SuspiciousOperation("Modification mal formée")
    return path, base, texts


def canonical_fields(form: CompiledForm, before: documents.Draft, reading: Reading, result: SaveResult) -> dict[str, str]:
    """Saved fields to be shown as they are kept: written otherwise than typed (dates, codes in full), or once taken over."""
    found = {}
    for change in reading.changes:
        question = question_at(form.schema, change.path)
        if question is None or change.path not in result.saved:
            continue
        typed = {part: texts for part, texts in reading.raw[change.path].items() if any(texts)}
        mark = before.provenance.get(change.path)
        if mark or question.datatype == "file" or to_posted(question, change.value) != typed:
            changed = change.value != value_at(before.answers, change.path)
            found[change.path] = field_html(
                form, change.path, change.value, {**mark, "origin": "modifie"} if mark and changed else mark
            )
    return found


def calculated_fields(form: CompiledForm, result: SaveResult) -> dict[str, str]:
    """Calculated fields that followed what was saved."""
    mark = {"origin": "calcul", "at": timezone.localdate().isoformat()}
    return {path: field_html(form, path, value, mark if value is not None else None) for path, value in result.calculated.items()}


def remember_codes(actor: User, schema: FormSchema, reading: Reading, result: SaveResult) -> None:
    """Note the codes that were saved among the person's habits."""
    saved = [(question_at(schema, c.path), c.value) for c in reading.changes if c.path in result.saved]
    coded = [(question, value) for question, value in saved if question is not None and question.datatype == "coded" and value]
    if coded:
        habits.remember(actor, coded)


def conflict_json(form: CompiledForm, conflict: documents.Conflict, answers: Mapping[str, Any]) -> dict[str, str]:
    """A conflict as the open page takes it."""
    question = question_at(form.schema, conflict.path)
    mine, theirs = (display_answer(question, v) if question else str(v) for v in (conflict.mine, conflict.theirs))
    return {
        "path": conflict.path,
        "html": conflict_block(conflict.path, mine, theirs, conflict.by, conflict.at),
        "theirs": field_html(form, conflict.path, value_at(answers, conflict.path)),
    }


@guarded_json
@require_POST
def rows(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Add, remove or move a row: ``{"order", "target", "base", "editor"}``; answers the whole group as it is now."""
    actor, body = actor_of(request), json_body(request)
    order, target, base = body.get("order"), body.get("target"), body.get("base")
    if order not in ORDERS or not isinstance(target, str) or not isinstance(base, int):
        raise SuspiciousOperation("Ordre mal formé")
    focus, problem = obey(actor, document_id, order, target, base=base, editor=_editor(body))
    after = documents.draft(actor, document_id)
    group_key = target.partition("/")[0]
    filling = Filling(after.answers, after.provenance)
    html = group_html(compiled_form(after.form_version_id), filling, group_key)
    return JsonResponse({"revision": after.revision, "group": group_key, "html": html, "focus": focus, "problem": problem})


@guarded_json
@require_POST
def presence(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """A sign of life: who else edits, what others changed since ``base`` (fields and whole groups, as HTML), the form of now."""
    actor, body = actor_of(request), json_body(request)
    base = body.get("base")
    if not isinstance(base, int):
        raise SuspiciousOperation("Révision attendue")
    others = documents.note_presence(actor=actor, document_id=document_id)
    paths = documents.changed_by_others(actor, document_id, since=base, editor=_editor(body))
    now = documents.draft(actor, document_id)
    answer: dict[str, Any] = {"others": others, "revision": now.revision, "fields": {}, "groups": {}}
    answer["form"] = str(now.form_version_id)
    paths = {path: who for path, who in paths.items() if _is_asked(now.schema, path)}
    if paths:
        answer["by"] = ", ".join(sorted(set(paths.values())))
        _add_news(answer, compiled_form(now.form_version_id), Filling(now.answers, now.provenance), paths)
    return JsonResponse(answer)


def _is_asked(schema: FormSchema, path: str) -> bool:
    """Whether a changed value, or row, is still in the form: it may have lost the question since."""
    is_row = path.count("/") == 1
    return path.partition("/")[0] in schema.by_key if is_row else question_at(schema, path) is not None


def _add_news(answer: dict[str, Any], form: CompiledForm, filling: Filling, paths: Iterable[str]) -> None:
    """Rows that came, went or moved give their whole group; other paths their field."""
    paths = set(paths)
    for key in {path.partition("/")[0] for path in paths if path.count("/") == 1}:
        answer["groups"][key] = group_html(form, filling, key)
    for path in paths:
        if path.partition("/")[0] not in answer["groups"]:
            answer["fields"][path] = field_html(form, path, value_at(filling.answers, path), filling.provenance.get(path))
