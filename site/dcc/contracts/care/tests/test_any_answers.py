"""Whatever a draft holds, the syntheses and the calendar stand, and agree with each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from dcc.contracts.care.acts import KINDS, acts_of
from dcc.contracts.care.advice import advice
from dcc.contracts.care.calendar_file import calendar_file
from dcc.contracts.care.chronology import chronology
from dcc.contracts.care.syntheses import is_done, syntheses
from dcc.contracts.care.tests.rows import CHEMOTHERAPY, CONSULTATION, SURGERY, row

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
PARTIAL = st.none() | st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from([4, 7, 10]))
WORDS = st.none() | st.just("tous les jours")
COLUMNS = st.fixed_dictionaries(
    {
        "debut": PARTIAL,
        "fin": PARTIAL,
        "debut_prevu": PARTIAL,
        "fin_prevue": PARTIAL,
        "cures": st.none() | st.integers(-1, 250),
        "intervalle": st.none() | st.integers(-1, 60),
        "rythme": WORDS,
        "notable": st.none() | st.booleans(),
        "lieu": st.none() | st.fixed_dictionaries({"name": st.sampled_from(["CHU", "Clinique"])}),
        "domicile": st.none() | st.booleans(),
    }
)
STATUS = st.sampled_from([{}, {"statut": "cancelled"}, {"statut": "aborted"}])
ROWS = st.tuples(
    st.sampled_from([k.group for k in KINDS]), st.sampled_from([SURGERY, CHEMOTHERAPY, CONSULTATION]), COLUMNS, STATUS
)


def answers_of(drawn: list[tuple[str, str, dict[str, Any], dict[str, str]]]) -> dict[str, Any]:
    """Rows gathered in their groups."""
    found: dict[str, list[Any]] = {}
    for number, (group, code, columns, status) in enumerate(drawn):
        found.setdefault(group, []).append(row(group, code, str(number), **columns, **status))
    return found


@settings(max_examples=60)
@given(st.lists(ROWS, max_size=6), DAYS)
def test_all_of_it_stands_and_agrees(drawn: list[Any], on: date) -> None:
    answers = answers_of(drawn)
    found, calendar = syntheses(answers, on), chronology(answers, on)
    told = {
        act.position for acts in (found.treatments, found.support, found.other_treatments, found.other_support) for act in acts
    }
    done = {event.act.position for event in calendar.events if event.state == "done" and is_done(event.act, on)}
    assert told == {act.position for act in acts_of(answers) if act.kind.synthesis and is_done(act, on)}
    assert {p for p in done if acts_of(answers)[p].kind.synthesis} == told
    assert all(1 <= bar.from_day <= bar.to_day <= month.days for month in calendar.months for bar in month.bars)
    assert all(finding.location for finding in advice(answers, on))
    file = calendar_file(
        calendar.events, family=UUID(int=1), on=on, stamp=datetime(2026, 1, 1, tzinfo=UTC), sequence=1, titles="care"
    ).decode()
    uids = [line for line in file.split("\r\n") if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == file.count("BEGIN:VEVENT")


@given(ROWS, DAYS, st.integers(0, 500))
def test_what_is_done_stays_done(drawn: Any, on: date, later: int) -> None:
    """The clock only adds to the syntheses: nothing that was told leaves them without a change of answers."""
    acts = acts_of(answers_of([drawn]))
    assert all(is_done(act, on + timedelta(days=later)) for act in acts if is_done(act, on))
