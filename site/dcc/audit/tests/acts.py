"""What the tests of this room write, and how they play the intruder."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, transaction

from dcc.audit import api

PATIENT = uuid.UUID("aaaaaaaa-0000-0000-0000-000000000001")


def write(count: int = 1, *, action: str = "patient.opened", **facts: object) -> list[int]:
    """Numbers of traces written at once."""
    with transaction.atomic():
        return [
            api.record(actor=None, action=action, subject=f"patient:{PATIENT}", patient_id=PATIENT, n=n, **facts)
            for n in range(count)
        ]


def sql(statement: str, *parameters: Any) -> None:
    """Run a statement as whoever has the database in hand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
