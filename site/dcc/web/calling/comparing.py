"""Two identities side by side, for the page of a contradiction. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import api as patients
from dcc.web.identity import SEXES, grouped
from forms_config.schema.dates import french

FIELDS = ("birth_name", "first_given_name", "given_names", "sex", "birth_date", "birth_place_code", "ins")


@dataclass(frozen=True, slots=True)
class Row:
    """One trait, as it was sent and as it is known."""

    label: str
    sent: Any
    known: Any
    differs: bool


def compared(sent: PatientSnapshot, known: PatientSnapshot | None, differing: Collection[str]) -> Sequence[Row]:
    """The traits that either of two identities has; without the known one, those that were sent."""
    rows = [
        Row(patients.FIELD_LABELS[name], _words(sent, name), _words(known, name) if known else "", name in differing)
        for name in FIELDS
    ]
    return [row for row in rows if row.sent or row.known]


def _words(snapshot: PatientSnapshot, name: str) -> Any:
    if name == "ins":
        return grouped(snapshot.ins.extension or "") if snapshot.ins else ""
    value = getattr(snapshot.traits, name)
    if name == "sex":
        return SEXES.get(value, value)
    return french(value) if name == "birth_date" else value
