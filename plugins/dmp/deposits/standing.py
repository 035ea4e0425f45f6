"""What is known here of a patient before something is put in his DMP: opposition, age, what his representatives see."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dcc.patients.merging import api as merging
from plugins.dmp.deposits import gate
from plugins.dmp.models import PatientFile
from plugins.dmp.sessions import live
from plugins.dmp.transactions.types import Caller, Existence


@dataclass(frozen=True, slots=True)
class Standing:
    """``chosen``: a professional said what representatives see; ``secret``: nothing."""

    opposed: bool = False
    chosen: bool = False
    secret: bool = False


def standing_of(patient_id: UUID | None) -> Standing:
    """What people declared of a patient's DMP."""
    found = PatientFile.objects.filter(patient=merging.kept_id(patient_id)).first() if patient_id else None
    if found is None:
        return Standing()
    return Standing(found.opposed, bool(found.guardians), found.guardians == PatientFile.Guardians.DO_NOT)


def is_minor(birth_date: str, today: date, majority: int) -> bool:
    """Whether a patient is a minor, or may be one: of an incomplete date the last day that it can mean counts."""
    born = _latest(birth_date)
    if born is None:
        return False
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < majority


def _latest(text: str) -> date | None:
    parts = [int(part) for part in text.split("-") if part.isdigit()]
    try:
        year = parts[0]
        month = parts[1] if len(parts) > 1 and parts[1] else 12
        day = parts[2] if len(parts) > 2 and parts[2] else calendar.monthrange(year, month)[1]
        return date(year, month, day)
    except (IndexError, ValueError):
        return None


def state_of(answer: Existence) -> gate.State:
    """TD0.2 for the gate."""
    if not answer.exists:
        return gate.State.NONE
    return gate.State.ACTIVE if answer.active else gate.State.CLOSED


def user_of(caller: Caller) -> UUID | None:
    """The person in whose session a call is made."""
    row = live.row_of(caller)
    return row.user_id if row else None
