"""Spoiled answers: no crash, bounded memory, each taken whole or refused with a reason."""

from __future__ import annotations

import random
import resource
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field

import pytest

from dcc.contracts.errors import DeliveryError
from dcc.events import api as events
from plugins.dmp.transactions import client, messages
from plugins.dmp.transactions.tests.exchanges import SETTINGS, Line
from plugins.dmp.transactions.tests.mutations import CALLS, spoiled
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
SEED = 8
MEMORY = 150_000_000
"""Bytes at most that reading an answer takes beside it; the longest have 34 MB."""

GROWTH = 300_000_000
"""Bytes that the whole process may grow by: trees of libxml2, and the spoiled answers themselves."""


@dataclass
class Tally:
    """What became of the answers."""

    outcomes: Counter[str] = field(default_factory=Counter)
    peak: int = 0


def campaign(monkeypatch: pytest.MonkeyPatch, count: int) -> Tally:
    """``count`` spoiled answers, each to a call that is made of it."""
    monkeypatch.setattr(messages, "signer_of", lambda settings: None)
    monkeypatch.setattr(events, "rest_of", lambda *_urls, trial: None)
    chance = random.Random(SEED)  # noqa: S311  (a fixed seed)
    tally, dmp = Tally(), client.ProxyDmp(lambda: SETTINGS)
    good = {name: make() for name, (make, _call) in CALLS.items()}
    tracemalloc.start()
    for number in range(count):
        name = list(CALLS)[number % len(CALLS)]
        monkeypatch.setattr(client, "post", Line(spoiled(chance, good[name])))
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        tally.outcomes[outcome(dmp, name)] += 1
        tally.peak = max(tally.peak, tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    return tally


def outcome(dmp: client.ProxyDmp, name: str) -> str:
    """How a call ends; anything but a way of the contract, with its reason, is a crash."""
    try:
        CALLS[name][1](dmp)
    except DeliveryError as error:
        return f"{type(error).__name__} {error.cause}".strip() if error.reason.strip() else "sans motif"
    return "lue"


def test_good_answers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "signer_of", lambda settings: None)
    for name, (make, _call) in CALLS.items():
        monkeypatch.setattr(client, "post", Line(make()))
        assert outcome(client.ProxyDmp(lambda: SETTINGS), name) == "lue"


def test_some_spoiled_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = campaign(monkeypatch, 60)
    assert (sum(tally.outcomes.values()), tally.outcomes["sans motif"]) == (60, 0)
    assert tally.outcomes["lue"] < 30
    assert tally.peak < MEMORY


def resident() -> int:
    """Bytes that the process took at most until now, those of libxml2 included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.prove
def test_two_thousand_spoiled_answers(monkeypatch: pytest.MonkeyPatch, proof: Proof) -> None:
    before = resident()
    tally = campaign(monkeypatch, 2_000)
    grown = resident() - before
    assert (sum(tally.outcomes.values()), tally.outcomes["sans motif"]) == (2_000, 0)
    assert tally.peak < MEMORY
    assert grown < GROWTH
    figures: dict[str, object] = {"réponses altérées": 2_000, "graine": SEED, "plantages": 0}
    figures |= {"mémoire de Python au plus": f"{tally.peak / 1e6:.0f} Mo", "croissance du processus": f"{grown / 1e6:.0f} Mo"}
    figures |= {f"issue « {name} »": count for name, count in sorted(tally.outcomes.items())}
    proof.record(issue=8, title="Réponses du DMP altérées", figures=figures)
