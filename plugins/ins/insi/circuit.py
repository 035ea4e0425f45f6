"""Leaving INSi alone after faults: one state for each address, shared by every process and host.

After ``faults_before_pause`` faults in a row the address rests for 30 seconds, then twice as long each time, up to 15 minutes.
When the rest is over one call is let through; its answer ends the rest or begins a longer one.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.errors import RetryLater
from plugins.ins.models import InsiCircuit

SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)


def check_open(endpoint: str, *, trial: timedelta) -> None:
    """Raises ``RetryLater`` while the address rests; the one that is let through holds the others back for ``trial``."""
    state = InsiCircuit.objects.filter(endpoint=endpoint).first()
    if state is None or state.open_until is None:
        return
    now = timezone.now()
    same = InsiCircuit.objects.filter(pk=state.pk, open_until=state.open_until)
    if state.open_until <= now and same.update(open_until=now + trial):
        return
    rest = state.open_until - now
    after = rest if rest > timedelta(0) else trial
    raise RetryLater(_("INSi est en pause après plusieurs fautes ; prochain essai dans un moment"), after)


def note_success(endpoint: str) -> None:
    """An answer came; writes nothing while all is well."""
    InsiCircuit.objects.filter(Q(faults__gt=0) | Q(open_until__isnull=False), endpoint=endpoint).update(faults=0, open_until=None)


def note_fault(endpoint: str, *, before_pause: int) -> None:
    """A fault, or no answer."""
    InsiCircuit.objects.get_or_create(endpoint=endpoint)
    InsiCircuit.objects.filter(endpoint=endpoint).update(faults=F("faults") + 1)
    faults = InsiCircuit.objects.values_list("faults", flat=True).get(endpoint=endpoint)
    if faults >= before_pause:
        pause = min(SHORTEST * 2 ** min(faults - before_pause, 10), LONGEST)
        InsiCircuit.objects.filter(endpoint=endpoint).update(open_until=timezone.now() + pause)
