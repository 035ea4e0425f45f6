"""A way to the DMP on which things happen: what the stand-in does on demand, and what happens on this side of the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import DocumentEntry, Submission
from dcc.events.api import drain
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller, FoundEntry
from plugins.sandbox.dmp.moods import Mood
from tests.dmp.fixtures import RunningDmp
from tests.faults.dmp.apps import ACTIONS
from tests.faults.dmp.campaign import Campaign

TIMEOUT = 1
"""Seconds that an answer is waited for."""
THERE: Mapping[str, Mood] = {
    "coupure avant enregistrement": Mood("avant", times=1),
    "coupure après enregistrement": Mood("apres", times=1),
    "réponse tronquée": Mood("coupe", times=1),
    "erreur 500": Mood("erreur", times=1),
    "faute SOAP": Mood("faute", times=1),
    "succès partiel": Mood("partiel", times=1),
    "proxy en panne (503)": Mood("503", times=1),
    "proxy trop lent (504)": Mood("504", times=1),
    "entrepôt lent": Mood(seconds=2.0 * TIMEOUT, times=1),
}
"""What the stand-in does to one call."""
HERE = ("déposé deux fois", "métadonnées changées entre-temps")
"""What happens on this side, or between two calls."""
FAULTS = (*THERE, *HERE)
MOST_TURNS = 60


class FaultyDmp(ProxyDmp):
    """The client of the plugin; ``coming`` are the faults of the next deposit or change of visibility."""

    def __init__(self, in_force: Callable[[], DmpSettings], running: RunningDmp) -> None:
        super().__init__(in_force)
        self.running = running
        self.coming: list[str] = []
        self.met: Counter[str] = Counter()

    def submit(self, caller: Caller, ins: InstanceId, lot: Submission, documents: Mapping[str, bytes]) -> None:
        """TD2.1."""
        fault = self._next(ACTIONS["deposit"])
        super().submit(caller, ins, lot, documents)
        if fault == "déposé deux fois":
            super().submit(caller, ins, lot, documents)

    def change_visibility(self, caller: Caller, ins: InstanceId, found: FoundEntry, entry: DocumentEntry) -> None:
        """TD3.3b."""
        fault = self._next(ACTIONS["change"])
        if fault == "métadonnées changées entre-temps":
            super().change_visibility(caller, ins, found, entry)  # somebody else does the same
        super().change_visibility(caller, ins, found, entry)

    def _next(self, action: str) -> str:
        """The fault of this call, where it can happen to one."""
        fault = self.coming.pop(0) if self.coming else ""
        self.met[fault] += bool(fault)
        mood = THERE.get(fault)
        if mood is not None:
            self.running.service.set_mood(replace(mood, only=action))
        return fault


class FaultyWay:
    """The worker works in this process, over a way on which one thing happens to an FRCP, two to a PPS and what follows it."""

    def __init__(self, dmp: FaultyDmp) -> None:
        self.dmp = dmp
        self.met = dmp.met

    @contextmanager
    def at_work(self, campaign: Campaign, *, follows: bool, authorised: bool) -> Iterator[None]:
        """The worker works, and people do what they are asked to, until all is where it has to be."""
        drawn = campaign.chance.sample(FAULTS, 2 if follows else 1)
        self.dmp.coming = list(drawn)
        yield
        for _ in range(MOST_TURNS):
            drain()
            if campaign.is_done():
                return
            campaign.hurry()
        raise AssertionError(f"not done after {drawn}: {campaign.open(campaign.newest)}")
