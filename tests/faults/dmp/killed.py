"""The worker in processes of its own, killed by SIGKILL at chosen moments of a deposit; others, or new ones, go on."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from dcc.events import clock
from dcc.events.sweeping import sweep
from plugins.sandbox.dmp.moods import NORMAL, Mood
from tests.dmp.fixtures import RunningDmp
from tests.faults.dmp.apps import ACTIONS, STEPS
from tests.faults.dmp.campaign import Campaign
from tests.faults.host import Gone, Host, database_url, host_on, wait_for
from tests.faults.traps import set_trap

UNANSWERED = {what: f"{what}-stored" for what in ACTIONS}
"""The DMP has done what was asked, its answer has not left."""
WHOLE = "everybody"
"""As the first of them, and everybody of the worker is killed: its supervisor, its cluster."""
HELD_SECONDS = 40.0
"""How long the stand-in holds an answer, while who waits for it is killed: who is waited for longer is not there any more."""
DEPOSITS: Sequence[str] = (*STEPS["deposit"], UNANSWERED["deposit"])
CHANGES: Sequence[str] = (*STEPS["change"], UNANSWERED["change"])
KILLS = (*DEPOSITS, *CHANGES, WHOLE)
WHAT = {"deposit": "dépôt", "change": "changement de visibilité"}
MOMENTS = {
    "asked": "demande prête, pas partie",
    "stored": "fait par le DMP, réponse pas partie",
    "answered": "réponse reçue, pas notée",
    "written": "noté au registre local, pas sur la ligne",
    "told": "dit sur la ligne, livraison pas réglée",
}
"""French, for the proof."""


def environment(running: RunningDmp) -> dict[str, str]:
    """What a host needs to deposit through the stand-in, with the keys of the process that opens sessions."""
    return {
        "DCC_PLUGINS": "plugins.cda,tests.faults.dmp,plugins.dmp",
        "DCC_KIT_DIR": "/nonexistent",  # conformance is not what is tried here
        "DCC_SECRET_KEY": settings.SECRET_KEY,
        **{f"DCC_DMP_{name.upper()}": str(value) for name, value in running.settings(timeout_seconds=60).items()},
    }


def words_of(kill: str) -> str:
    """A kill as the proof tells it, in French."""
    if kill == WHOLE:
        return "dépôt fait par le DMP, réponse pas partie : tout le worker, superviseur compris"
    what, _dash, moment = kill.partition("-")
    return f"{WHAT[what]}, {MOMENTS[moment]}"


@contextmanager
def worker_of(running: RunningDmp, folder: Path) -> Iterator[Host]:
    """A host on the database of the test, its worker not started; afterwards no process of it lives."""
    with host_on(database_url(), folder, environment(running), migrated=True) as host:
        yield host


def hasten() -> None:
    """The next tick comes: what a dead process held is free, what is due is done."""
    sweep()
    clock.wake()


def kill_all(host: Host) -> None:
    """The supervisor is killed, and nobody of the worker is left."""
    host.kill_worker()
    wait_for("nobody", lambda: not host.family())


class KillingWay:
    """Real workers, one kill for each document; for a PPS it may be of what follows it."""

    def __init__(self, host: Host, running: RunningDmp) -> None:
        self.host, self.running = host, running
        self.met: Counter[str] = Counter()

    @contextmanager
    def at_work(self, campaign: Campaign, *, follows: bool, authorised: bool) -> Iterator[None]:
        """Somebody is killed, as was seldom done, then people and the clock do what they do."""
        possible = [*DEPOSITS, WHOLE, *(CHANGES if follows and authorised else ())]
        # Of two deposits (the PPS, then the FRCP once more) it may be the second.
        passes = campaign.chance.randrange(2) if follows and not authorised else 0
        rarest = min(self.met[kill] for kill in possible)
        with self.killing(campaign.chance.choice([kill for kill in possible if self.met[kill] == rarest]), passes):
            yield
        self.finish(campaign)

    def finish(self, campaign: Campaign) -> None:
        """Those who live do what is left."""
        limit = time.monotonic() + 120
        while not campaign.is_done():
            if time.monotonic() > limit:
                raise Gone(f"not done after {self.met}: {campaign.open(campaign.newest)}, {self.host.counts()}")
            campaign.hurry()
            hasten()
            time.sleep(0.1)

    @contextmanager
    def killing(self, kill: str, passes: int = 0) -> Iterator[None]:
        """Who comes there is killed; what brings a process there is done within. Afterwards he is dead."""
        if kill in (WHOLE, *UNANSWERED.values()):
            with self._killing_unanswered(kill):
                yield
        else:
            trap = set_trap(self.host.folder, kill, passes)
            yield
            wait_for(f"the kill {kill}", lambda: not trap.exists())
        self.met[kill] += 1

    @contextmanager
    def _killing_unanswered(self, kill: str) -> Iterator[None]:
        what = next((what for what, name in UNANSWERED.items() if name == kill), "deposit")
        before = self._stored(what)
        self.running.service.set_mood(Mood("apres", seconds=HELD_SECONDS, times=1, only=ACTIONS[what]))
        yield
        wait_for(f"a {what} that the DMP stored", lambda: self._stored(what) > before)
        waiting = self.host.running()
        assert waiting, "somebody waits for that answer"
        if kill == WHOLE:
            kill_all(self.host)
        else:
            for pid in waiting:
                os.kill(pid, signal.SIGKILL)
        self.running.service.set_mood(NORMAL)
        if kill == WHOLE:
            self.host.start()

    def _stored(self, what: str) -> int:
        """How many deposits, or changes, the DMP holds."""
        among = {"deposit": "version = 1", "change": "version > 1"}[what]
        return len(self.running.service.store.entries(among))
