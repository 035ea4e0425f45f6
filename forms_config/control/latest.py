"""What the gate said last of each form and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from forms_config.control.models import ENDED, GateReport, ReportState


@dataclass(frozen=True, slots=True)
class RedGate:
    """A form (``kind`` « form ») or a text whose last proof refused it: its title, how many errors, when."""

    report_id: UUID
    kind: str
    key: str
    title: str
    errors: int
    at: datetime


def red_gates() -> Sequence[RedGate]:
    """The subjects whose last ended report is red, by title."""
    rows = GateReport.objects.filter(state__in=ENDED).order_by("requested_at").defer("content")
    latest = {(row.kind, row.key): row for row in rows}
    red = (row for row in latest.values() if row.state == ReportState.RED)
    return sorted((_red(row) for row in red), key=lambda gate: gate.title.casefold())


def _red(row: GateReport) -> RedGate:
    errors = sum(finding.get("level") == "error" for finding in row.findings)
    return RedGate(row.pk, row.kind, row.key, row.title, errors, row.ended_at or row.requested_at)
