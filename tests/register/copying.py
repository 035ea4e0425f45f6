"""A large register copied into PostgreSQL (COPY): a million people in some minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from dcc.accounts.models import Facility
from dcc.patients.models import Following, NameWord, WordVariant
from dcc.patients.vocabulary import variants
from tests.register.loading import batches, patient_of, words_of
from tests.register.people import Person

MASKED = 500
"""One patient in so many is masked."""


def copy(everybody: Iterable[Person], facilities: Sequence[Facility]) -> int:
    """Copy people, each followed by one of the facilities in turn, with index and vocabulary; answers how many words it has."""
    vocabulary: set[str] = set()
    count = 0
    for batch in batches(everybody, 10_000):
        patients = [patient_of(person, count + n) for n, person in enumerate(batch)]
        places = [facilities[(count + n) % len(facilities)] for n in range(len(batch))]
        count += len(batch)
        for patient in patients:
            patient.masked = patient.pk.int % MASKED == 0
        _write(patients)
        _write([Following(patient=patient, facility=place) for patient, place in zip(patients, places, strict=True)])
        words = [(patient, place, words_of(patient)) for patient, place in zip(patients, places, strict=True)]
        _write([NameWord(patient=patient, facility=place, word=word) for patient, place, some in words for word in some])
        vocabulary.update(*(some for _patient, _place, some in words))
    for part in batches(sorted(vocabulary), 10_000):
        _write([WordVariant(variant=form, word=word) for word in part for form in variants(word)])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return len(vocabulary)


def _write(rows: Sequence[models.Model]) -> None:
    fields = [field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{rows[0]._meta.db_table}" ({columns}) FROM STDIN') as out:
        for row in rows:
            out.write_row([_value(field, row) for field in fields])


def _value(field: models.Field[Any, Any], row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)
