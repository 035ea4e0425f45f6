"""Every cell of the table of visibility, against the rules said once more in plain code."""

from __future__ import annotations

import pytest

from plugins.dmp.deposits.visibility import (
    ORDER,
    TABLE,
    Frcp,
    Pps,
    Seen,
    Session,
    Situation,
    Step,
    codes_of,
    row_of,
    seen_after,
    situations,
    step_of,
)
from plugins.dmp.models.deposits import Visibility


def expected(now: Situation) -> Step:
    """The rules of the specification, one by one (CDC §2.3.4.2, dmp_psc.md §0)."""
    if now.about == "pps":
        return Step.DEPOSIT_VISIBLE
    if now.about == "frcp":
        never_hidden_again = now.frcp == Frcp.VISIBLE
        return Step.DEPOSIT_VISIBLE if never_hidden_again or now.pps == Pps.PRESENT else Step.DEPOSIT_INVISIBLE
    if now.pps != Pps.PRESENT or now.frcp == Frcp.VISIBLE:
        return Step.NOTHING
    if now.frcp == Frcp.ABSENT:
        return Step.REFERENCE
    return Step.SETTLE if now.frcp == Frcp.UNKNOWN else reveal(now)


def reveal(now: Situation) -> Step:
    """How an invisible FRCP is shown once its PPS is there."""
    if now.session == Session.NONE:
        return Step.WAIT
    if now.authorised:
        return Step.REVEAL if now.confirmed else Step.CONFIRM
    return Step.REPLACE if now.session == Session.FRCP else Step.WAIT


@pytest.mark.parametrize("about", ["frcp", "pps", "suite"])
def test_every_cell(about: str) -> None:
    cells = [now for now in situations() if now.about == about]
    assert len(cells) == 3 * 4 * 3 * 2 * 2
    assert {now: step_of(now) for now in cells} == {now: expected(now) for now in cells}


def test_every_row_is_reached_by_some_cell() -> None:
    assert {row_of(now) for now in situations()} == set(TABLE)


def test_no_cell_hides_what_was_visible() -> None:
    for now in situations():
        if now.frcp == Frcp.VISIBLE:
            assert step_of(now) in (Step.DEPOSIT_VISIBLE, Step.NOTHING)


@pytest.mark.parametrize("last", [None, *Seen])
@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("step", [Step.DEPOSIT_INVISIBLE, Step.DEPOSIT_VISIBLE, Step.REVEAL, Step.REPLACE])
def test_who_sees_never_narrows(step: Step, *, secret: bool, last: Seen | None) -> None:
    seen = seen_after(step, secret=secret, last=last)
    assert last is None or ORDER.index(seen) >= ORDER.index(last)
    if last is None:
        hidden = Step.DEPOSIT_INVISIBLE
        assert seen == (Seen.INVISIBLE if step is hidden else Seen.GUARDIANS if secret else Seen.VISIBLE)


def test_the_words_of_the_table_are_those_of_the_ledger() -> None:
    assert [seen.value for seen in Seen] == [choice.value for choice in Visibility]


@pytest.mark.parametrize(
    ("seen", "minor", "codes"),
    [
        (Seen.INVISIBLE, False, ("INVISIBLE_PATIENT",)),
        (Seen.INVISIBLE, True, ("INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")),
        (Seen.GUARDIANS, True, ("INVISIBLE_REPRESENTANTS_LEGAUX",)),
        (Seen.VISIBLE, True, ()),
        (Seen.VISIBLE, False, ()),
    ],
)
def test_codes(seen: Seen, codes: tuple[str, ...], *, minor: bool) -> None:
    assert codes_of(seen, minor=minor) == codes
