"""Everything that the database holds of some patients, row by row, whatever the table: to compare a file with what it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from dcc.patients.models import Patient

HISTORY = {"patients.revision", "patients.merge", "audit.entry", "events.event", "events.delivery"}
"""Tables that tell what happened: lines are only added."""
DERIVED = {"patients.nameword": ("id",), "patients.patient": ("revision", "compared")}
"""Columns that count or are made anew: the index of names is compared by its words."""


def pointing(model: type[Model]) -> list[Field[Any, Any]]:
    """Columns of a table that name a patient: a foreign key, or an id kept as one."""
    return [
        field
        for field in model._meta.concrete_fields
        if (isinstance(field, ForeignKey) and field.related_model is Patient) or field.attname == "patient_id"
    ]


def naming_patients() -> Iterator[tuple[type[Model], list[Field[Any, Any]]]]:
    """Every table of ours with a column that names a patient."""
    for model in apps.get_models(include_auto_created=True):
        fields = pointing(model)
        if fields:
            yield model, fields


def rows_of(patient_ids: Collection[UUID]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that belongs to these patients: theirs, and those that point to theirs, by table; histories aside."""
    reached: dict[type[Model], set[Any]] = {Patient: set(patient_ids)}
    todo: list[type[Model]] = [Patient]
    while todo:
        model = todo.pop()
        for other, field in _pointing_to(model):
            if other._meta.label_lower in HISTORY:
                continue
            found = set(other._base_manager.filter(**{f"{field.name}__in": reached[model]}).values_list("pk", flat=True))
            new = found - reached.get(other, set())
            if new:
                reached.setdefault(other, set()).update(new)
                todo.append(other)
    return {model._meta.label_lower: sorted(_values(model, pks), key=repr) for model, pks in reached.items()}


def _pointing_to(model: type[Model]) -> Iterator[tuple[type[Model], Field[Any, Any]]]:
    """Tables with a foreign key to this one, and the key."""
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is model:
                yield other, field


def _values(model: type[Model], pks: Collection[Any]) -> list[tuple[Any, ...]]:
    left_out = DERIVED.get(model._meta.label_lower, ())
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
    return [tuple((name, getattr(row, name)) for name in names) for row in model._base_manager.filter(pk__in=pks)]
