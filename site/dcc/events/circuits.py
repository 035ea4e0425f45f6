"""Leaving a service alone after faults: one state for each address, shared by every process and host.

After so many faults in a row an address rests, then twice as long each time, up to a limit. When the rest is over one call is let
through; its answer ends the rest or begins a longer one. Call these outside a transaction: what they note must outlive the error
that the caller raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from dcc.events.models import Circuit

SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CircuitState:
    """How an address fares: faults in a row, and until when it is left alone."""

    faults: int = 0
    rests_until: datetime | None = None


def circuit_of(address: str) -> CircuitState:
    """The state of an address; a rest that is over is none."""
    row = Circuit.objects.filter(address=address).first()
    if row is None:
        return CircuitState()
    return CircuitState(row.faults, row.open_until if row.open_until and row.open_until > timezone.now() else None)


def resting(prefix: str = "") -> Sequence[str]:
    """Addresses that rest, those that begin with ``prefix``."""
    rows = Circuit.objects.filter(open_until__gt=timezone.now(), address__startswith=prefix)
    return tuple(rows.order_by("address").values_list("address", flat=True))


def rest_of(*addresses: str, trial: timedelta) -> timedelta | None:
    """How long one of the addresses still rests; nothing when they may be called.

    After a rest the one that gets nothing holds the others back for ``trial``.
    """
    now = timezone.now()
    for row in Circuit.objects.filter(address__in=addresses):
        until = row.open_until
        if until is None:
            continue
        same = Circuit.objects.filter(pk=row.pk, open_until=until)
        if until <= now and same.update(open_until=now + trial):
            continue
        rest = until - now
        return rest if rest > timedelta(0) else trial
    return None


def note_success(*addresses: str) -> None:
    """An answer came; writes nothing while all is well."""
    troubled = Circuit.objects.filter(Q(faults__gt=0) | Q(open_until__isnull=False), address__in=addresses)
    if troubled.exists():
        troubled.update(faults=0, open_until=None)


def note_fault(address: str, *, before_pause: int, longest: timedelta = LONGEST) -> None:
    """A fault, or no answer; from ``before_pause`` of them in a row on the address rests, ``longest`` at most."""
    Circuit.objects.get_or_create(address=address)
    Circuit.objects.filter(address=address).update(faults=F("faults") + 1)
    faults = Circuit.objects.values_list("faults", flat=True).get(address=address)
    if faults >= before_pause:
        pause = min(SHORTEST * 2 ** min(faults - before_pause, 10), longest)
        Circuit.objects.filter(address=address).update(open_until=timezone.now() + pause)
