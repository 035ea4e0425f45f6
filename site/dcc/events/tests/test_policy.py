"""The state table and the retry policy, cell by cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.events.policy import INTERRUPTION_DELAYS, RECHECK, RETRY_DELAYS, Interrupted, Outcome, outcome_of
from dcc.events.states import CLAIMABLE, NEEDS_HUMAN, OPEN, RETRYABLE, SETTLED, STATES, Reason, State

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_every_state_has_a_row() -> None:
    assert set(STATES) == set(State)


@pytest.mark.parametrize(
    ("group", "states"),
    [
        (SETTLED, {"done", "refused", "abandoned"}),
        (OPEN, {"pending", "running", "waiting", "blocked", "crashed"}),
        (CLAIMABLE, {"pending", "waiting"}),
        (RETRYABLE, {"waiting", "blocked", "crashed", "refused"}),
        (NEEDS_HUMAN, {"blocked", "crashed", "refused"}),
    ],
)
def test_groups_of_states(group: tuple[State, ...], states: set[str]) -> None:
    assert set(group) == states


def judged(error: BaseException, retries: int = 0, interruptions: int = 0) -> Outcome:
    return outcome_of(error, retries=retries, interruptions=interruptions, now=NOW)


@pytest.mark.parametrize("retries", range(len(RETRY_DELAYS)))
def test_retry_later_waits_longer_each_time(retries: int) -> None:
    found = judged(RetryLater("Service occupé"), retries=retries)
    assert found == Outcome(State.WAITING, Reason.RETRY_LATER, "Service occupé", NOW + RETRY_DELAYS[retries], retries=retries + 1)


def test_retry_delays_grow_and_last_longer_than_a_weekend() -> None:
    assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)
    assert sum(RETRY_DELAYS, timedelta()) > timedelta(days=2, hours=16)


def test_retry_later_has_an_end() -> None:
    found = judged(RetryLater("Service occupé"), retries=len(RETRY_DELAYS))
    assert (found.state, found.code, found.due_at) == (State.BLOCKED, Reason.EXHAUSTED, None)


def test_retry_later_may_choose_its_delay() -> None:
    assert judged(RetryLater("Plus tard", after=timedelta(minutes=7))).due_at == NOW + timedelta(minutes=7)


def test_refused_is_final() -> None:
    assert judged(Refused("Destinataire inconnu")) == Outcome(State.REFUSED, Reason.REFUSED, "Destinataire inconnu")


def test_not_configured_is_looked_at_again_and_keeps_its_count() -> None:
    found = judged(NotConfigured("Kit absent"), retries=3)
    assert found == Outcome(State.BLOCKED, Reason.NOT_CONFIGURED, "Kit absent", NOW + RECHECK, retries=3)


def test_needs_session_waits_for_people_not_for_a_time() -> None:
    found = judged(NeedsSession("psc", ["810000000001", "810000000002"]))
    assert (found.state, found.code, found.due_at) == (State.WAITING, Reason.NEEDS_SESSION, None)
    assert (found.session_kind, found.practitioners) == ("psc", ("810000000001", "810000000002"))


@pytest.mark.parametrize("error", [Interrupted("OperationalError"), SystemExit(), KeyboardInterrupt()])
@pytest.mark.parametrize("interruptions", range(len(INTERRUPTION_DELAYS)))
def test_an_interruption_is_tried_again(error: BaseException, interruptions: int) -> None:
    found = judged(error, interruptions=interruptions, retries=2)
    assert (found.state, found.code) == (State.PENDING, Reason.INTERRUPTED)
    assert found.due_at == NOW + INTERRUPTION_DELAYS[interruptions]
    assert (found.interruptions, found.retries) == (interruptions + 1, 2)


def test_work_that_kills_its_process_again_and_again_is_shown_to_a_human() -> None:
    found = judged(Interrupted(), interruptions=len(INTERRUPTION_DELAYS))
    assert (found.state, found.code, found.due_at) == (State.CRASHED, Reason.INTERRUPTED, None)


def test_a_bug_is_never_retried_and_its_message_never_kept() -> None:
    try:
        raise KeyError("DUPONT Jeanne 1950-01-01")
    except KeyError as error:
        found = judged(error)
    assert (found.state, found.code, found.due_at) == (State.CRASHED, Reason.BUG, None)
    assert found.text.startswith("KeyError, site/dcc/events/tests/test_policy.py:")
    assert "DUPONT" not in found.text
