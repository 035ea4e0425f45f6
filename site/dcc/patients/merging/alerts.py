"""Pairs of identities that may be one person: raised by whoever sees one, answered once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.patients.merging.errors import MergeRefused
from dcc.patients.models import DuplicateAlert

Why = DuplicateAlert.Why
State = DuplicateAlert.State
_OVERRULING = (Why.SAME_INS, Why.FLOW)
"""What asks again about a pair that somebody held to be two persons."""


def ordered(a: UUID, b: UUID) -> tuple[UUID, UUID]:
    """A pair has one row: the smaller id first."""
    if a == b:
        raise MergeRefused("A pair is made of two identities")
    return (a, b) if a < b else (b, a)


def open_alert(a: UUID, b: UUID, why: Why, *, actor: accounts.User | None = None) -> DuplicateAlert | None:
    """Signal a pair, inside a transaction; one that is open takes the graver reason, one that was answered asks again for
    the gravest only (same INS, request of a flow), and then the answer is nothing otherwise.
    """
    first, second = ordered(a, b)
    alert, created = DuplicateAlert.objects.get_or_create(
        first_id=first, second_id=second, defaults={"why": why, "at": timezone.now()}
    )
    graver = list(Why).index(why) < list(Why).index(Why(alert.why))
    if not created and alert.state != State.OPEN and not (why in _OVERRULING and (graver or alert.state == State.MERGED)):
        return None
    if not created and not graver and alert.state == State.OPEN:
        return alert
    if not created:
        alert.why, alert.state, alert.at = why, State.OPEN, timezone.now()
        alert.save(update_fields=["why", "state", "at"])
    for patient_id in (first, second):
        audit.record(
            actor=actor, action="patient.duplicate_seen", subject=f"duplicate:{alert.pk}", patient_id=patient_id, why=why.value
        )
    return alert


def close_alert(a: UUID, b: UUID, actor: accounts.User | None) -> Sequence[str]:
    """Answer the alert of a pair by its merge; returns what :func:`reopen_alerts` needs."""
    first, second = ordered(a, b)
    found = DuplicateAlert.objects.filter(first=first, second=second, state=State.OPEN)
    ids = [str(pk) for pk in found.values_list("pk", flat=True)]
    found.update(state=State.MERGED, answered_at=timezone.now(), answered_by=actor.pk if actor else None)
    return ids


def reopen_alerts(ids: Sequence[str]) -> None:
    """Ask again, after an un-merge, what the merge had answered."""
    DuplicateAlert.objects.filter(pk__in=ids, state=State.MERGED).update(state=State.OPEN, answered_at=None, answered_by=None)
