"""Whose DMP the stand-in knows, and which professionals (``data/dmp.yaml``). Pure, but for reading the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FICTITIOUS = r"81000000000\d|81000000001\d"
FILE = Path(__file__).parents[1] / "data" / "dmp.yaml"


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody: INS (15 characters) and its OID; ``state`` of the DMP: ``active``, ``closed``, ``none``.

    ``authorisation`` is what she lets any professional consult unless said since (VALIDE, EXPIRE, INTERDIT, NON_EXISTE),
    ``treating`` the national identifier of her treating physician.
    """

    name: str
    given: str
    sex: str
    born: str
    ins: str
    oid: str
    state: str = "active"
    authorisation: str = "NON_EXISTE"
    treating: str = ""

    @property
    def is_minor(self) -> bool:
        """Whether she is under eighteen today."""
        born, today = date.fromisoformat(self.born), datetime.now(UTC).date()
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < 18

    @property
    def cx(self) -> str:
        """The patient in the metadata."""
        return f"{self.ins}^^^&{self.oid}&ISO^NH"


@dataclass(frozen=True, slots=True)
class People:
    """Everybody: patients by CX, professionals by national identifier, structures that are closed."""

    patients: Mapping[str, Patient]
    professionals: Mapping[str, str]
    closed: frozenset[str]

    def knows(self, national_id: str) -> bool:
        """Whether Pro Santé Connect knows a professional: named in the file, or of the fictitious numbers of our tests."""
        return national_id in self.professionals or bool(re.fullmatch(FICTITIOUS, national_id))


@lru_cache(maxsize=1)
def people() -> People:
    """What the file says."""
    held: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    oid = held["oid"]
    patients = [Patient(**{**row, "oid": oid[row.get("oid", "nir")]}) for row in held["patients"]]
    return People({patient.cx: patient for patient in patients}, held["professionals"], frozenset(held["closed_structures"]))
