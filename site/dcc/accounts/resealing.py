"""After a change of key: seal again what a former key sealed, so that it can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from dcc.accounts.sealing import SealedField, Unreadable, is_current, seal
from dcc.audit import api as audit


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed again, and the rows whose value opens under no key (``accounts.totpdevice 12``)."""

    count: int
    unreadable: tuple[str, ...]


def reseal_secrets() -> Resealed:
    """Seal with the key of now every value of the database that a former key sealed; asking again does no harm.

    The platform may go on working meanwhile: a row that changes under our hand is left as it is, since it was just sealed.
    """
    count, unreadable = 0, []
    for field in sealed_fields():
        for row in field.model._default_manager.exclude(**{field.name: ""}).iterator(chunk_size=500):
            if is_current(former := getattr(row, field.attname)):
                continue
            try:
                value = seal(field.read(row), context=field.context(row))
            except Unreadable:
                unreadable.append(f"{row._meta.label_lower} {row.pk}")
                continue
            count += field.model._default_manager.filter(pk=row.pk, **{field.name: former}).update(**{field.name: value})
    with transaction.atomic():
        audit.record(actor=None, action="secrets.resealed", subject="platform:secrets", count=count, unreadable=len(unreadable))
    return Resealed(count, tuple(unreadable))


def sealed_fields() -> Iterator[SealedField]:
    """Every sealed column of every room and plugin."""
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if isinstance(field, SealedField) and _own(model, field))


def _own(model: type[models.Model], field: SealedField) -> bool:
    return field.model is model
