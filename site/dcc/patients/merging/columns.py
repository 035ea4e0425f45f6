"""A patient's row as JSON values, and which of its columns a merge takes whole, fills, or leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field

from dcc.contracts.snapshots import InstanceId
from dcc.patients.matching import conflicts
from dcc.patients.models import Patient, Status
from dcc.patients.pictures import traits_of

_APART: Final = frozenset({"id", "revision", "created_at", "merged_into_id", "compared"})
DETAILS: Final = ("used_name", "used_given_name", "address", "telecoms")
"""What each identity has of its own: the kept one's counts, the other's fills what it leaves empty."""
_FLAGS: Final = ("homonym", "masked")

Columns = Mapping[str, Any]


class _Exact(DjangoJSONEncoder):
    """Moments to the microsecond, which Django's own encoder cuts."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _fields() -> dict[str, Field[Any, Any]]:
    return {f.attname: f for f in Patient._meta.concrete_fields if f.attname not in _APART}


def identity_columns() -> list[str]:
    """What the identity of reference gives whole: strict traits, INS, status, and every column that no other list names."""
    return [name for name in _fields() if name not in DETAILS and name not in _FLAGS]


def columns_of(patient: Patient) -> dict[str, Any]:
    """The row as JSON values, what changes by itself left out."""
    row = {name: getattr(patient, name) for name in _fields()}
    plain: dict[str, Any] = json.loads(json.dumps(row, cls=_Exact))
    return plain


def put(patient: Patient, columns: Columns, names: Iterable[str]) -> None:
    """Write these columns into the row, which is not saved; a column that was not kept then stays as it is."""
    fields = _fields()
    for name in names:
        if name in columns:
            setattr(patient, name, fields[name].to_python(columns[name]))


def fill(patient: Patient, other: Columns) -> None:
    """Take from another row the details that this one leaves empty (not saved)."""
    put(patient, other, [name for name in DETAILS if not getattr(patient, name)])


def ins_of(patient: Patient) -> InstanceId | None:
    """The INS of a row, whatever its status."""
    return InstanceId(patient.ins_oid, patient.ins_matricule) if patient.ins_matricule else None


def drop(patient: Patient) -> None:
    """Take the INS away, and with it the status (row not saved)."""
    patient.ins_oid = patient.ins_matricule = ""
    patient.status = Status.PROVISIONAL


def contradictions(a: Patient, b: Patient) -> list[str]:
    """Where two identities contradict each other: strict traits, and ``ins``."""
    found = list(conflicts(traits_of(a), traits_of(b)))
    if ins_of(a) and ins_of(b) and ins_of(a) != ins_of(b):
        found.append("ins")
    return found
