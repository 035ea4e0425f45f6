"""What the clock does about sessions: ends those that are over, tells the proxy, wakes what waits for those that are open."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from plugins.dmp.models import Opening, TrustSession
from plugins.dmp.sessions import closing, live, opening

AT_FIRST, AFTERWARDS = 2, 15
"""Minutes: how long after it was opened a session wakes at each turn of the clock, and at which interval afterwards."""
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
    """What waits for sessions that are open, and are not asked about too often: a process may have died before it woke that.

    A quarter of an hour apart, each costs a question to the DMP (TD0.2): the patient may have authorised somebody meanwhile.
    """
    now = timezone.now()
    for national_id, since in live.live().filter(~Q(national_id="")).values_list("national_id", "opened_at"):
        if is_woken((now - since) // timedelta(minutes=1)):
            opening.wake(national_id)


def is_woken(minutes: int) -> bool:
    """Whether what waits for a session is woken once more so many minutes after it was opened."""
    return minutes < AT_FIRST or minutes % AFTERWARDS == 0


def _forget() -> None:
    """Forget what ended long ago, sessions once the proxy knows."""
    before = timezone.now() - KEPT
    TrustSession.objects.filter(secret="", ended_at__lt=before).delete()
    Opening.objects.filter(asked_at__lt=before).delete()
