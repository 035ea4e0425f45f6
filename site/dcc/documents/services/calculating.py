"""Calculated values of a document: made by the server at each saving, never typed, made again before a step (decision 0161)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from dcc.documents.edits import read
from dcc.patients import api as patients
from forms_config.schema.calculated import calculated_paths, has_calculations, with_calculations
from forms_config.schema.calculations import BIRTH_DATE
from forms_config.schema.model import FormSchema

ORIGIN = "calcul"
"""Provenance of a calculated value."""


def calculated(schema: FormSchema, answers: Mapping[str, Any], patient_id: uuid.UUID) -> dict[str, Any]:
    """The answers with what the form calculates from them and from the patient's birth date."""
    if not has_calculations(schema):
        return dict(answers)
    born = patients.patient_snapshot(patient_id).traits.birth_date
    return with_calculations(schema, answers, {BIRTH_DATE: born} if born else {})


def recalculated(schema: FormSchema, answers: Mapping[str, Any], patient_id: uuid.UUID) -> Iterator[tuple[str, Any]]:
    """Path and new value of what is no longer what its arguments make it."""
    for path, value in calculated_paths(schema, calculated(schema, answers, patient_id)):
        if value != read(answers, path):
            yield path, value
