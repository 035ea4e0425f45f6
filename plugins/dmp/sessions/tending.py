"""What the clock does about sessions: ends those that are over, tells the proxy, wakes what waits for those that are open."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import closing, live, opening

KEPT = timedelta(days=2)
"""How long what is over is kept: pages tell of today's, the journal keeps the rest."""


def tend() -> None:
    """For the scheduler, each minute."""
    opening.give_up_lost()
    open_ones = TrustSession.objects.filter(ended_at=None)
    live.end(list(open_ones.filter(user__is_active=False).values_list("pk", flat=True)), "compte")
    live.end(list(open_ones.filter(expires_at__lte=timezone.now()).values_list("pk", flat=True)), "expiree")
    _wake()  # before the proxy is asked for anything: it may hang
    closing.tell_proxy()
    _forget()


def _wake() -> None:
    """What began to wait in the very moment a session opened would otherwise wait for the next one."""
    for national_id in set(live.live().filter(~Q(national_id="")).values_list("national_id", flat=True)):
        opening.wake(national_id)


def _forget() -> None:
    """Forget what ended long ago, sessions once the proxy knows."""
    before = timezone.now() - KEPT
    TrustSession.objects.filter(secret="", ended_at__lt=before).delete()
    Opening.objects.filter(asked_at__lt=before).delete()
