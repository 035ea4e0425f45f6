"""Every document ends in the DMP exactly once, seen by whom it has to be, whatever fails (issue 8, « Shown by » 4)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from plugins.dmp.models import Deposit
from tests.dmp.sessions import open_for, reached
from tests.faults.dmp.campaign import Campaign
from tests.faults.dmp.conftest import SEED
from tests.faults.dmp.faulty import FAULTS
from tests.faults.dmp.killed import KILLS, KillingWay, words_of, worker_of
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
DOCUMENTS, KILLED = 300, 39
"""Of so many documents, so many while the worker is killed."""
REDUCED = 6


@contextmanager
def killing(campaign: Campaign, settings: Settings, folder: Path) -> Iterator[KillingWay]:
    """From now on the worker is made of processes, and everybody has a session of the trust space."""
    running = campaign.stage.running
    with reached(settings, running), worker_of(running, folder) as host:
        for user in campaign.people.values():
            assert open_for(user).state == "ouverte"
        campaign.way = way = KillingWay(host, running)
        host.start()
        yield way
        host.kill_worker()


def test_some_documents_while_everything_fails(campaign: Campaign) -> None:
    campaign.run(REDUCED)
    assert campaign.faults() == []
    assert campaign.way.met.total() >= REDUCED


def test_the_proof_tells_every_kill_in_words_of_its_own() -> None:
    assert len({words_of(kill) for kill in KILLS}) == len(KILLS) == 11


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_three_hundred_documents(campaign: Campaign, settings: Settings, tmp_path: Path, proof: Proof) -> None:
    begun = time.monotonic()
    campaign.run(DOCUMENTS - KILLED)
    met = campaign.way.met
    with killing(campaign, settings, tmp_path) as way:
        campaign.run(DOCUMENTS)
    assert campaign.faults() == []
    assert set(met) >= set(FAULTS)
    assert set(way.met) == set(KILLS)
    ways = Counter(
        "TD3.3b" if row.revealed_at else "dépôt" for row in Deposit.objects.filter(document_type="frcp", replaced_by="")
    )
    figures = {
        "graine": SEED,
        "documents": len(campaign.documents),
        "au DMP, chacun exactement une fois": len(campaign.documents),
        "FRCP invisibles, sans PPS": len(campaign.frcps) - len(campaign.pps),
        "FRCP rendues visibles par changement de métadonnées": ways["TD3.3b"],
        "FRCP remplacées par une version visible": Deposit.objects.filter(document_type="frcp").exclude(replaced_by="").count(),
        "durée": f"{time.monotonic() - begun:.0f} s",
        **{f"panne : {name}": f"{times} fois" for name, times in sorted(met.items()) if name},
        **{f"worker tué (kill -9) : {words_of(kill)}": f"{way.met[kill]} fois" for kill in KILLS},
    }
    proof.record(issue=8, title="300 documents déposés pendant que tout tombe en panne", figures=figures)
