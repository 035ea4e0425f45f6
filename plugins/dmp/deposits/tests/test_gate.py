"""Every combination of facts before a deposit."""

from __future__ import annotations

from dcc.exchange.api import CAUSES
from plugins.dmp.deposits.gate import TABLE, Facts, State, Who, all_facts, verdict_of


def expected(facts: Facts) -> str:
    """The rules once more, in the order in which they are told."""
    rules = (
        ("not_validated", not facts.validated),
        ("identity", not facts.qualified),
        ("not_conformant", not facts.conformant),
        ("dmp_opposition", facts.opposed and not facts.replaces),
        ("minor", facts.minor and not facts.chosen),
        ("session", not facts.session),
        ("no_dmp", facts.dmp is State.NONE),
        ("closed_dmp", facts.dmp is State.CLOSED),
    )
    return next((cause for cause, holds in rules if holds), "")


def test_every_cell() -> None:
    cells = list(all_facts())
    assert len(cells) == 2**8 * 4
    assert [verdict_of(facts).cause for facts in cells] == [expected(facts) for facts in cells]


def test_of_the_eight_combinations_of_the_three_conditions_one_is_deposited() -> None:
    """R-184."""
    cells = [f for f in all_facts() if f == Facts(f.validated, f.qualified, f.conformant)]
    assert [f for f in cells if not verdict_of(f).cause] == [Facts()]
    assert len(cells) == 8


def test_every_row_is_reached_and_tells_a_known_cause_and_who_acts() -> None:
    reached = {id(next(row for row in TABLE if row.fits(facts))) for facts in all_facts()}
    assert reached == {id(row) for row in TABLE}
    for row in TABLE:
        assert row.verdict.cause in CAUSES
        assert (row.verdict.who is Who.NOBODY) == (row.verdict.cause == "")
