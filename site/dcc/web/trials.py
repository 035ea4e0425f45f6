"""Trials of forms: an editor fills a draft as a physician would, with answers that nobody keeps (decision 0162).

A trial is of one person and one form. It holds the compiled draft it was opened on; opened again on another draft, it keeps the
answers that still fit. No patient is in it: the identity is the fictitious one of :func:`dcc.exchange.api.fictitious`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.documents.api import Change, SaveResult, with_answer
from dcc.exchange.api import FICTITIOUS_PATIENT
from dcc.web.formpage.compiled import CompiledForm, compile_form
from dcc.web.formpage.page import ROW_LIMIT
from dcc.web.formpage.posted import is_typed, question_at, value_at
from dcc.web.models import Trial
from forms_config import api as forms
from forms_config.schema.calculated import calculated_paths, with_calculations
from forms_config.schema.calculations import BIRTH_DATE
from forms_config.schema.canonical import canonical_json
from forms_config.schema.model import FormSchema, Question, schema_from_json, schema_to_json
from forms_config.schema.samples import Kind, sample_answers
from forms_config.schema.values import check_value
from forms_config.terminology import api as terminology

KEPT = timedelta(days=7)
"""After so long without a change a trial is emptied."""

FACTS = {BIRTH_DATE: FICTITIOUS_PATIENT.traits.birth_date}


class UnknownTrial(LookupError):
    """No such trial, or somebody else's."""


def open_trial(user: User, *, key: str, title: str, schema: FormSchema, definition_id: int | None) -> tuple[Trial, bool]:
    """The person's trial of a form, on the schema given; and whether the form changed since it was last opened."""
    canonical = canonical_json(schema_to_json(schema)).decode()
    with transaction.atomic():
        trial = Trial.objects.select_for_update().filter(user=user, form_key=key).first()
        if trial is not None and trial.canonical == canonical:
            return trial, False
        changed = trial is not None
        trial = trial or Trial(user=user, form_key=key, answers=forms.default_answers(schema))
        trial.title, trial.canonical, trial.definition_id = title, canonical, definition_id
        _keep(trial, _fitting(schema, trial.answers), schema)
    return trial, changed


def _fitting(schema: FormSchema, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that have a place in a form."""
    kept: dict[str, Any] = {}
    for question in schema.questions():
        value = answers.get(question.key)
        if question.datatype != "group":
            if _fits(question, value):
                kept[question.key] = value
        elif isinstance(value, list) and all(isinstance(row, Mapping) and "values" in row for row in value):
            kept[question.key] = [
                {"id": row["id"], "values": {c.key: v for c in question.columns if _fits(c, v := row["values"].get(c.key))}}
                for row in value
            ]
    return {key: value for key, value in kept.items() if value}


def _fits(question: Question, value: Any) -> bool:
    try:
        return value is not None and check_value(question, value) == value
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


def trial_of(user: User, trial_id: uuid.UUID) -> Trial:
    """A trial of the person's own; raises :class:`UnknownTrial`."""
    trial = Trial.objects.filter(pk=trial_id, user=user).first()
    if trial is None:
        raise UnknownTrial(trial_id)
    return trial


def schema_of(trial: Trial) -> FormSchema:
    """The form being tried."""
    return _parsed(trial.canonical)


@lru_cache(maxsize=16)
def _parsed(canonical: str) -> FormSchema:
    return schema_from_json(json.loads(canonical))


def form_of(trial: Trial) -> CompiledForm:
    """The form being tried, compiled for the page."""
    return _compiled(trial.canonical, terminology.words_edition())


@lru_cache(maxsize=8)
def _compiled(canonical: str, _edition: str) -> CompiledForm:
    return compile_form(_parsed(canonical), with_favourites=False)


def save(user: User, trial_id: uuid.UUID, changes: Iterable[Change]) -> SaveResult:
    """Keep the values that fit, as in a document; raises :class:`UnknownTrial`."""
    with transaction.atomic():
        trial = _locked(user, trial_id)
        schema, answers, result = schema_of(trial), trial.answers, SaveResult(trial.revision)
        for change in changes:
            try:
                value = _checked(schema, answers, change)
            except ValueError as error:
                result.refused[change.path] = str(error)
                continue
            answers = with_answer(answers, change.path, value)
            result.saved.append(change.path)
        result.calculated = _keep(trial, answers, schema)
        result.revision = trial.revision
    return result


def _checked(schema: FormSchema, answers: Mapping[str, Any], change: Change) -> Any:
    question = question_at(schema, change.path)
    if question is None or not is_typed(question) or question.datatype == "group":
        raise ValueError("Cette question ne se remplit pas ici")
    row = change.path.rpartition("/")[0]
    if row and not any(row == f"{row.partition('/')[0]}/{r['id']}" for r in answers.get(row.partition("/")[0]) or ()):
        raise ValueError("Cette ligne a été supprimée")
    current = value_at(answers, change.path)
    return forms.check_answer(question, change.value, value_sets=schema.value_sets, current=current)


def _keep(trial: Trial, answers: Mapping[str, Any], schema: FormSchema) -> dict[str, Any]:
    """Store answers with what is calculated from them; gives the calculated values that changed, by path."""
    following = with_calculations(schema, answers, FACTS)
    changed = {path: value for path, value in calculated_paths(schema, following) if value != value_at(answers, path)}
    trial.answers, trial.revision, trial.changed_at = following, trial.revision + 1, timezone.now()
    trial.save()
    return changed


def _locked(user: User, trial_id: uuid.UUID) -> Trial:
    trial = Trial.objects.select_for_update().filter(pk=trial_id, user=user).first()
    if trial is None:
        raise UnknownTrial(trial_id)
    return trial


def order_row(user: User, trial_id: uuid.UUID, order: str, target: str) -> tuple[str, str]:
    """Add, remove or move a row (``group`` or ``group/row``); the path to look at and a French problem, or nothing."""
    group_key, _sep, row_id = target.partition("/")
    with transaction.atomic():
        trial = _locked(user, trial_id)
        schema = schema_of(trial)
        group, rows = schema.by_key.get(group_key), list(trial.answers.get(group_key) or ())
        if group is None or group.datatype != "group":
            return group_key, "Aucune ligne ne peut être ajoutée ici"
        if order == "add" and len(rows) >= (ROW_LIMIT if group.multiple else 1):
            return group_key, "Aucune ligne ne peut être ajoutée ici"
        added = {"id": str(uuid.uuid4()), "values": forms.default_row(schema, group)}
        rows, focus = _reordered(rows, order, row_id, added)
        _keep(trial, {**trial.answers, group_key: rows}, schema)
    return (f"{group_key}/{focus}" if focus else group_key), ""


def _reordered(rows: list[Any], order: str, row_id: str, added: Mapping[str, Any]) -> tuple[list[Any], str]:
    """The rows after an order, and the id of the row to look at."""
    if order == "add":
        return [*rows, added], added["id"]
    place = next((n for n, row in enumerate(rows) if row["id"] == row_id), None)
    if place is None:
        return rows, ""
    row = rows.pop(place)
    if order == "remove":
        return rows, ""
    rows.insert(max(0, place + (-1 if order == "up" else 1)), row)
    return rows, row_id


def fill(user: User, trial_id: uuid.UUID, kind: Kind | None) -> None:
    """Begin again: with the form's defaults, or with a test document of a kind."""
    with transaction.atomic():
        trial = _locked(user, trial_id)
        schema = schema_of(trial)
        answers = forms.default_answers(schema) if kind is None else sample_answers(schema, kind, _options(schema))
        _keep(trial, answers, schema)


def _options(schema: FormSchema) -> Any:
    def options(name: str) -> Sequence[Mapping[str, str]]:
        if not terminology.exists(name):
            return ()
        return [concept.value for concept in terminology.concepts(name, version=schema.value_sets.get(name) or None)]

    return options


def purge() -> None:
    """Empty what was not touched for :data:`KEPT` (a scheduled job)."""
    Trial.objects.filter(changed_at__lt=timezone.now() - KEPT).delete()
