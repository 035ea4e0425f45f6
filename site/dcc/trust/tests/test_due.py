"""The clock table of the terms of use: D+364, 365, 366, changed version, changed role, 29 February, the day in Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dcc.trust.due import PARIS, Accepted, Edition, Facts, Reason, anniversary, next_anniversary, standing

A, B = "a" * 64, "b" * 64
YEARLY, NEW = Reason.ANNIVERSARY, Reason.VERSION


def paris(text: str) -> datetime:
    """A moment, as clocks in Paris show it."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


ONE = [Edition(1, A, paris("2024-01-01T00:00"))]
TWO = [*ONE, Edition(2, B, paris("2025-06-01T00:00"))]
GONE = [*ONE, Edition(2, A, paris("2025-06-01T00:00"), withdrawn=True)]

# first sign-in, accepted (hash and when), editions, months, asked at, reason, since
CLOCK = [
    ("first access", "2025-03-01T09:00", [], ONE, 12, "2025-03-01T09:00", Reason.FIRST, "2025-03-01T09:00"),
    ("terms later than people", "2023-03-01T09:00", [], ONE, 12, "2025-03-01T09:00", Reason.FIRST, "2024-01-01T00:00"),
    ("accepted", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 12, "2025-03-01T09:06", None, None),
    ("D+364", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 12, "2026-02-28T23:59", None, None),
    ("D+365", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 12, "2026-03-01T00:00", YEARLY, "2026-03-01T00:00"),
    ("D+366", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 12, "2026-03-02T12:00", YEARLY, "2026-03-01T00:00"),
    ("D+365 of a leap year", "2024-02-01T09:00", [(A, "2024-02-01T09:05")], ONE, 12, "2025-01-31T23:59", None, None),
    (
        "D+366 of a leap year", "2024-02-01T09:00", [(A, "2024-02-01T09:05")], ONE, 12, "2025-02-01T00:00",
        YEARLY, "2025-02-01T00:00",
    ),
    (
        "from the first sign-in, not from the last acceptance", "2025-03-01T09:00",
        [(A, "2025-03-01T09:05"), (A, "2026-02-27T10:00")], ONE, 12, "2026-03-01T08:00", YEARLY, "2026-03-01T00:00",
    ),
    ("accepted on the day", "2025-03-01T09:00", [(A, "2026-03-01T00:01")], ONE, 12, "2027-02-28T10:00", None, None),
    ("29 February", "2024-02-29T09:00", [(A, "2024-02-29T10:00")], ONE, 12, "2025-02-27T23:59", None, None),
    ("28 for a 29", "2024-02-29T09:00", [(A, "2024-02-29T10:00")], ONE, 12, "2025-02-28T00:00", YEARLY, "2025-02-28T00:00"),
    ("29 again", "2024-02-29T09:00", [(A, "2027-02-28T10:00")], ONE, 12, "2028-02-28T23:59", None, None),
    ("29 in 2028", "2024-02-29T09:00", [(A, "2027-02-28T10:00")], ONE, 12, "2028-02-29T00:00", YEARLY, "2028-02-29T00:00"),
    ("before the new version", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], TWO, 12, "2025-05-31T23:59", None, None),
    ("new version", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], TWO, 12, "2025-06-01T00:00", NEW, "2025-06-01T00:00"),
    (
        "new one accepted", "2025-03-01T09:00", [(A, "2025-03-01T09:05"), (B, "2025-06-01T08:00")], TWO, 12,
        "2025-06-02T00:00", None, None,
    ),
    ("withdrawn", "2025-03-01T09:00", [], GONE, 12, "2025-06-01T00:00", None, None),
    ("six months, D+6 months - 1", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 6, "2025-08-31T23:59", None, None),
    ("six months", "2025-03-01T09:00", [(A, "2025-03-01T09:05")], ONE, 6, "2025-09-01T00:00", YEARLY, "2025-09-01T00:00"),
    ("no terms yet", "2023-03-01T09:00", [], ONE, 12, "2023-03-01T09:00", None, None),
]  # fmt: skip


NAMES = ("what", "first", "accepted", "editions", "months", "at", "reason", "since")


@pytest.mark.parametrize(NAMES, CLOCK, ids=[c[0] for c in CLOCK])
def test_clock(
    what: str, first: str, accepted: list[tuple[str, str]], editions: list[Edition], months: int, at: str,
    reason: Reason | None, since: str | None,
) -> None:  # fmt: skip
    facts = Facts(
        editions, [Accepted(digest, paris(moment)) for digest, moment in accepted], not accepted, paris(first), paris(at), months
    )
    found = standing(facts)
    assert (found.reason, found.since) == (reason, paris(since) if since else None)


def test_a_role_that_brings_other_terms_is_told_apart_from_a_first_access() -> None:
    facts = Facts(ONE, [], newcomer=False, first_sign_in=paris("2025-03-01T09:00"), at=paris("2025-09-01T09:00"))
    assert standing(facts).reason is Reason.ROLE


@pytest.mark.parametrize(
    ("first", "at", "due"),
    [
        # 23:30 UTC on 28 February is 1 March in Paris: that is the day of the first sign-in
        (datetime(2025, 2, 28, 23, 30, tzinfo=UTC), datetime(2026, 2, 28, 22, 59, tzinfo=UTC), False),
        (datetime(2025, 2, 28, 23, 30, tzinfo=UTC), datetime(2026, 2, 28, 23, 0, tzinfo=UTC), True),
        # in summer, midnight in Paris is 22:00 UTC
        (datetime(2025, 7, 1, 10, 0, tzinfo=UTC), datetime(2026, 6, 30, 21, 59, tzinfo=UTC), False),
        (datetime(2025, 7, 1, 10, 0, tzinfo=UTC), datetime(2026, 6, 30, 22, 0, tzinfo=UTC), True),
    ],
)
def test_days_are_those_of_paris(first: datetime, at: datetime, due: bool) -> None:
    assert standing(Facts(ONE, [Accepted(A, first + timedelta(minutes=5))], False, first, at)).due is due


def test_it_says_until_when_nothing_can_change_by_itself() -> None:
    accepted = [Accepted(A, paris("2025-03-01T09:05"))]
    first, at = paris("2025-03-01T09:00"), paris("2025-04-01T09:00")
    assert standing(Facts(TWO, accepted, False, first, at)).until == paris("2025-06-01T00:00")
    assert standing(Facts(ONE, accepted, False, first, at)).until == paris("2026-03-01T00:00")
    assert standing(Facts([Edition(1, A, paris("2026-01-01T00:00"))], [], True, first, at)).until == paris("2026-01-01T00:00")


@pytest.mark.parametrize("months", range(1, 13))
def test_anniversaries_follow_one_another_without_a_gap(months: int) -> None:
    for first in (date(2024, 1, 31), date(2024, 2, 29), date(2024, 8, 30)):
        for days in range(0, 1100, 7):
            today = first + timedelta(days=days)
            passed, coming = anniversary(first, today, months) or first, next_anniversary(first, today, months)
            assert passed <= today < coming
            assert (coming - passed).days <= 31 * months
