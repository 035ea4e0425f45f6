"""When the terms of use are asked again: one table, read in this order. Pure.

==================  ======================================================  ====================================
reason              when                                                    due since
==================  ======================================================  ====================================
premier_acces       the person never accepted any terms here                the first sign-in, or the terms' start
nouveau_role        never these ones: a role brought them                   the same
nouvelle_version    the words accepted last are not those in force          the start of the version in force
anniversaire        nothing accepted since the last anniversary             that anniversary, midnight in Paris
==================  ======================================================  ====================================

Anniversaries are counted from the day of the **first** sign-in, in Paris, never from the last acceptance: every 12 months, or the
shorter period that the region sets. That of a 29 February is the 28 in other years: « au moins une fois par an » (decision 0216).
Source: CDC §2.3.1, R-117 to R-120.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
YEAR = 12


class Reason(StrEnum):
    """Why terms are asked."""

    FIRST = "premier_acces"
    ROLE = "nouveau_role"
    VERSION = "nouvelle_version"
    ANNIVERSARY = "anniversaire"


@dataclass(frozen=True, slots=True)
class Edition:
    """A published version of one set: what its words are (hash) and from when. A withdrawn one asks for nothing."""

    number: int
    sha256: str
    effective_from: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """Words of the set that the person accepted, and when."""

    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table looks at, of one person and one set at a moment. ``newcomer``: she accepted no terms of any set."""

    editions: Sequence[Edition]
    accepted: Sequence[Accepted]
    newcomer: bool
    first_sign_in: datetime
    at: datetime
    months: int = YEAR

    @property
    def in_force(self) -> Edition | None:
        """The version that holds at that moment."""
        started = [edition for edition in self.editions if edition.effective_from <= self.at]
        latest = max(started, key=lambda edition: edition.number, default=None)
        return None if latest is None or latest.withdrawn else latest

    @property
    def last(self) -> Accepted | None:
        """What the person accepted last."""
        return max((one for one in self.accepted if one.at <= self.at), key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the person stands: due (``reason``, ``since``) or not; ``until`` is when that may next change by itself."""

    reason: Reason | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def due(self) -> bool:
        """Whether the person is to be asked."""
        return self.reason is not None


def _never(facts: Facts, held: Edition) -> datetime | None:
    return max(facts.first_sign_in, held.effective_from) if facts.last is None else None


def _first(facts: Facts, held: Edition) -> datetime | None:
    return _never(facts, held) if facts.newcomer else None


def _version(facts: Facts, held: Edition) -> datetime | None:
    return held.effective_from if facts.last is not None and facts.last.sha256 != held.sha256 else None


def _anniversary(facts: Facts, held: Edition) -> datetime | None:
    passed = anniversary(_day(facts.first_sign_in), _day(facts.at), facts.months)
    if passed is None or facts.last is None or _day(facts.last.at) >= passed:
        return None
    return _midnight(passed)


RULES: Sequence[tuple[Reason, Callable[[Facts, Edition], datetime | None]]] = (
    (Reason.FIRST, _first),
    (Reason.ROLE, _never),
    (Reason.VERSION, _version),
    (Reason.ANNIVERSARY, _anniversary),
)
"""The table: the first rule that gives a moment tells why, and since when."""


def standing(facts: Facts) -> Standing:
    """Where a person stands with one set of terms."""
    held = facts.in_force
    later = [edition.effective_from for edition in facts.editions if edition.effective_from > facts.at]
    if held is None:
        return Standing(until=min(later, default=None))
    for reason, rule in RULES:
        since = rule(facts, held)
        if since is not None:
            return Standing(reason, since)
    following = next_anniversary(_day(facts.first_sign_in), _day(facts.at), facts.months)
    return Standing(until=min([*later, _midnight(following)]))


def anniversary(first: date, today: date, months: int = YEAR) -> date | None:
    """The last anniversary of ``first`` that is not after ``today``; nothing before the first one."""
    count = _count(first, today, months)
    return after_months(first, count * months) if count >= 1 else None


def next_anniversary(first: date, today: date, months: int = YEAR) -> date:
    """The next anniversary after ``today``."""
    return after_months(first, (max(_count(first, today, months), 0) + 1) * months)


def _count(first: date, today: date, months: int) -> int:
    count = ((today.year - first.year) * YEAR + today.month - first.month) // months
    return count if after_months(first, count * months) <= today else count - 1


def after_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month when it has no such day."""
    years, month = divmod(day.month - 1 + months, YEAR)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
