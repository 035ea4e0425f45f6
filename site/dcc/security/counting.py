"""Counting by lots: each process counts for itself and tells the database every so often, so that ordinary pages write nothing.

A lot is a twentieth of the limit. Over ``n`` processes at most ``n`` lots pass beyond a limit before all know (decision 0212).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, connection

from dcc.security.limits import Limit
from dcc.security.models import Hits

LOTS = 20
log = logging.getLogger("dcc.security")

_UPSERT = """
INSERT INTO security_hits (key, ends, count) VALUES (%s, %s, %s)
ON CONFLICT (key, ends) DO UPDATE SET count = security_hits.count + excluded.count RETURNING count
"""


@dataclass(slots=True)
class _Tally:
    """What this process knows of a key in its window: what all had counted when it last asked, and its own since."""

    ends: int
    shared: int = 0
    own: int = 0


class Counter:
    """The counts of one process."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}
        self._lock = Lock()
        self._swept = 0.0

    def hit(self, limit: Limit, who: str) -> int:
        """Count one request; answers 0 when it may pass, else the seconds to wait."""
        now = time.time()
        waits = [self._one(limit.key, who, window, _scaled(most), now) for window, most in limit.rates]
        return max(waits)

    def forget(self) -> None:
        """Know nothing any more, as a process that just started."""
        with self._lock:
            self._tallies.clear()

    def _one(self, name: str, who: str, window: int, most: int, now: float) -> int:
        ends = (int(now) // window + 1) * window
        key = _fingerprint(f"{name}|{window}|{who}")
        with self._lock:
            tally = self._tallies.get(key)
            if tally is None or tally.ends != ends:
                self._sweep(now)
                tally = self._tallies[key] = _Tally(ends)
            if tally.shared + tally.own >= most:
                return ends - int(now)
            tally.own += 1
            due = tally.own >= max(1, most // LOTS)
            if due:
                tally.shared, tally.own = _told(key, ends, tally), 0
            return ends - int(now) if tally.shared + tally.own > most else 0

    def _sweep(self, now: float) -> None:
        """Once a minute, drop the windows that are over, here and in the database."""
        if now - self._swept < 60:
            return
        self._swept = now
        self._tallies = {key: tally for key, tally in self._tallies.items() if tally.ends > now}
        try:
            Hits.objects.filter(ends__lt=int(now)).delete()
        except DatabaseError as error:
            log.warning("old counts stay (%s)", type(error).__name__)


def _told(key: str, ends: int, tally: _Tally) -> int:
    """Add what this process counted to the count of all, and learn it. A database that does not answer stops nobody."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [key, ends, tally.own])
            return int(cursor.fetchone()[0])
    except DatabaseError as error:
        log.warning("counts are not shared (%s)", type(error).__name__)
        return tally.shared + tally.own


def _scaled(most: int) -> int:
    return max(1, most * settings.DCC_RATE_LIMIT_PERCENT // 100)


def _fingerprint(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


counter = Counter()
