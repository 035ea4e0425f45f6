"""The state table, cell by cell (R-022...R-032)."""

from __future__ import annotations

import re

import pytest

from dcc.documents.states import (
    ACTION_LABELS,
    ACTIONS,
    FROZEN,
    STATUS_LABELS,
    STATUSES,
    Action,
    ForbiddenTransition,
    Status,
    actions_from,
    after,
)

TABLE = """
            en_cours  complete  valide  cloture  annule
save        en_cours  -         -       -        -
complete    complete  -         -       -        -
reopen      -         en_cours  -       -        -
validate    -         valide    -       -        -
amend       -         -         valide  -        -
close       -         -         cloture -        -
cancel      annule    annule    -       -        -
"""
LINES = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(status, line[0], cell) for line in LINES[1:] for status, cell in zip(LINES[0], line[1:], strict=True)]


def test_the_table_covers_every_cell() -> None:
    assert {(status, action) for status, action, _ in CELLS} == {(s, a) for s in STATUSES for a in ACTIONS}


@pytest.mark.parametrize(("status", "action", "expected"), CELLS)
def test_cell(status: Status, action: Action, expected: str) -> None:
    if expected == "-":
        with pytest.raises(ForbiddenTransition, match=re.escape(ACTION_LABELS[action])):
            after(status, action)
        assert action not in actions_from(status)
    else:
        assert after(status, action) == expected
        assert action in actions_from(status)


def test_every_status_and_action_has_its_french_name() -> None:
    assert set(STATUS_LABELS) == set(STATUSES)
    assert set(ACTION_LABELS) == set(ACTIONS)


def test_nothing_is_saved_in_a_frozen_status() -> None:
    assert {status for status in STATUSES if "save" not in actions_from(status)} - FROZEN == {"complete"}
