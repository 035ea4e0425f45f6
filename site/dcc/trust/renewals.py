"""Conventions that end soon, or lack something: what the administrators are reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dcc.trust.models import Convention, TermsSettings
from dcc.trust.status import agreements

OVER_DAYS = 30
"""How long a convention that is over is still told of."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A convention to see to: last day and days left (nothing: no end near; negative: over), whether its signed scan is missing.

    ``stage`` counts the reminders of the region whose day has come (90, 30, 0: one, two, three).
    """

    convention_id: int
    party: str
    last_day: date | None
    days: int | None
    without_scan: bool
    stage: int = 0


def thresholds(text: str) -> Sequence[int]:
    """The days of « 90, 30, 0 », largest first; what is no number is left out."""
    return sorted({int(part) for part in text.replace(";", ",").split(",") if part.strip().isdecimal()}, reverse=True)


def renewals(today: date | None = None) -> Sequence[Renewal]:
    """Conventions within the widest reminder of their end, or signed without a scan; a renewed one (a later one of the same
    parties covers the day after its end) is not told of."""
    day = today or timezone.localdate()
    reminders = thresholds(TermsSettings.load().renewal_days)
    rows = list(Convention.objects.prefetch_related("amendments"))
    found = [_seen(row, rows, day, reminders) for row in rows]
    return sorted((one for one in found if one is not None), key=lambda one: (one.days is None, one.days or 0))


def _seen(row: Convention, rows: Sequence[Convention], day: date, reminders: Sequence[int]) -> Renewal | None:
    (agreement,) = agreements([row])
    last = agreement.last_day(day)
    left = (last - day).days if last is not None else None
    stage = sum(left <= reminder for reminder in reminders) if left is not None and left >= -OVER_DAYS else 0
    ends = stage > 0 and row.ended_on is None and not _renewed(row, rows, last)
    lacks = not row.scan and row.signed_on is not None and (left is None or left >= 0)
    if ends:
        return Renewal(row.pk, row.party, last, left, lacks, stage)
    return Renewal(row.pk, row.party, None, None, lacks) if lacks else None


def _renewed(row: Convention, rows: Sequence[Convention], last: date | None) -> bool:
    parties = (row.kind, row.legal_finess, row.network)
    return last is not None and any(
        other.pk != row.pk
        and (other.kind, other.legal_finess, other.network) == parties
        and other.signed_on is not None
        and (other.valid_to is None or other.valid_to > last)
        and (other.valid_from - last).days <= 1
        for other in rows
    )
