"""What a run leads to: the retry policy, as tables, and the one pure function that reads them.

============================ ========= ================ ==================================================================
the handler                  state     reason           next
============================ ========= ================ ==================================================================
returns                      done      -                -
raises ``RetryLater``        waiting   retry_later      after :data:`RETRY_DELAYS` (or the delay it asks for)
... more often than that     blocked   exhausted        a human
raises ``Refused``           refused   refused          a human, if ever
raises ``NotConfigured``     blocked   not_configured   looked at again every :data:`RECHECK`
raises ``NeedsSession``      waiting   needs_session    the session of one of the practitioners
... opened during the run    pending   -                at once
put off, hastened meanwhile  pending   -                at once
is interrupted (kill, time   pending   interrupted      after :data:`INTERRUPTION_DELAYS`
limit, database gone)
... more often than that     crashed   interrupted      a human
raises anything else         crashed   bug              a human
============================ ========= ================ ==================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dcc.contracts.errors import NeedsSession, NotConfigured, Refused, RetryLater
from dcc.events.states import Reason, State
from dcc.security.api import scrub

RETRY_DELAYS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""Delay before each new attempt; some three days in all, longer than a weekend of a national service."""

INTERRUPTION_DELAYS = (timedelta(0), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""Delay after each run that its process did not survive; the first is at once: usually the machine was to blame, not the work."""

ENDED = "Traitement interrompu (arrêt du processus ou durée limite)"

RECHECK = timedelta(minutes=15)
"""How often a delivery that lacks a setting or an installation is tried again."""


class Interrupted(Exception):
    """The run could not come to its end, whatever the handler does (the database went away, say); says why in French."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run is settled. ``due_at`` is the next run, if the clock decides it; counters are the delivery's new ones."""

    state: State
    code: Reason = Reason.NONE
    text: str = ""
    due_at: datetime | None = None
    retries: int = 0
    interruptions: int = 0
    session_kind: str = ""
    practitioners: tuple[str, ...] = ()


def outcome_of(error: BaseException, *, retries: int, interruptions: int, now: datetime) -> Outcome:
    """The outcome of a run that failed, given what the handler raised and how often it was put off before."""
    match error:
        case RetryLater():
            return _put_off(error, retries, now)
        case Refused():
            return Outcome(State.REFUSED, Reason.REFUSED, error.reason)
        case NotConfigured():
            return Outcome(State.BLOCKED, Reason.NOT_CONFIGURED, error.reason, now + RECHECK, retries=retries)
        case NeedsSession():
            kind, people = error.kind, error.practitioners
            return Outcome(State.WAITING, Reason.NEEDS_SESSION, error.reason, session_kind=kind, practitioners=people)
        case Exception() if not isinstance(error, Interrupted):
            return Outcome(State.CRASHED, Reason.BUG, scrub(error))
        case _:  # Interrupted, or the SystemExit by which the queue ends a task that takes too long
            text = str(error) if isinstance(error, Interrupted) else ENDED
            return interrupted(interruptions=interruptions, retries=retries, now=now, text=text)


def _put_off(error: RetryLater, retries: int, now: datetime) -> Outcome:
    if retries >= len(RETRY_DELAYS):
        return Outcome(State.BLOCKED, Reason.EXHAUSTED, error.reason, retries=retries)
    delay = RETRY_DELAYS[retries] if error.after is None else error.after
    return Outcome(State.WAITING, Reason.RETRY_LATER, error.reason, now + delay, retries=retries + 1)


def interrupted(*, interruptions: int, retries: int, now: datetime, text: str = ENDED) -> Outcome:
    """The outcome of a run that its process did not survive, or that took longer than the limit."""
    if interruptions >= len(INTERRUPTION_DELAYS):
        return Outcome(State.CRASHED, Reason.INTERRUPTED, text, interruptions=interruptions + 1, retries=retries)
    due = now + INTERRUPTION_DELAYS[interruptions]
    return Outcome(State.PENDING, Reason.INTERRUPTED, text, due, interruptions=interruptions + 1, retries=retries)
