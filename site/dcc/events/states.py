"""The state table of a delivery: pure data, read by the code, the tests and the help page (DESIGN §1.6).

======== ======= ========================== =========================================================
state    settled holds what follows         what moves it on
======== ======= ========================== =========================================================
pending  no      yes                        the next drain, once due
running  no      yes                        its own run; the sweep when its process died or its lease ended
waiting  no      yes                        its due time, or the session that it waits for
blocked  no      yes                        the sweep when the subscriber is back or a recheck is due; a human
crashed  no      yes                        a human only
done     yes     no                         nothing
refused  yes     no                         a human only
abandoned yes    no                         nothing
======== ======= ========================== =========================================================

« Holds what follows »: a later delivery of the same subscriber on the same subject waits for it; nobody else does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    BLOCKED = "blocked"
    CRASHED = "crashed"
    DONE = "done"
    REFUSED = "refused"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. ``settled``: nothing more happens by itself and nothing is held; ``human``: people are told."""

    label: str
    settled: bool
    claimable: bool
    human: bool
    retryable: bool
    """A human may ask for another run."""


STATES: dict[State, Rule] = {
    State.PENDING: Rule("à traiter", settled=False, claimable=True, human=False, retryable=False),
    State.RUNNING: Rule("en cours", settled=False, claimable=False, human=False, retryable=False),
    State.WAITING: Rule("en attente", settled=False, claimable=True, human=False, retryable=True),
    State.BLOCKED: Rule("bloquée", settled=False, claimable=False, human=True, retryable=True),
    State.CRASHED: Rule("en panne", settled=False, claimable=False, human=True, retryable=True),
    State.DONE: Rule("faite", settled=True, claimable=False, human=False, retryable=False),
    State.REFUSED: Rule("refusée", settled=True, claimable=False, human=True, retryable=True),
    State.ABANDONED: Rule("abandonnée", settled=True, claimable=False, human=False, retryable=False),
}

SETTLED = tuple(state for state, rule in STATES.items() if rule.settled)
OPEN = tuple(state for state, rule in STATES.items() if not rule.settled)
CLAIMABLE = tuple(state for state, rule in STATES.items() if rule.claimable)
PUT_OFF = (State.WAITING, State.BLOCKED, State.CRASHED)
"""Not settled, and not run again before something else comes."""
RETRYABLE = tuple(state for state, rule in STATES.items() if rule.retryable)
NEEDS_HUMAN = tuple(state for state, rule in STATES.items() if rule.human)


class Reason(StrEnum):
    """Why a delivery is where it is; the sentence beside it is French and short."""

    NONE = ""
    RETRY_LATER = "retry_later"
    EXHAUSTED = "exhausted"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"
    NEEDS_SESSION = "needs_session"
    SUBSCRIBER_OFF = "subscriber_off"
    INTERRUPTED = "interrupted"
    SCHEMA = "schema"
    BUG = "bug"
    ABANDONED = "abandoned"
