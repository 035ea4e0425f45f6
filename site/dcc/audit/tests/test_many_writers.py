"""Many writers at once: none waits for another, and all end in one verified chain.

That none waits is shown without a clock: every writer of a wave has recorded before any of them commits, which a lock they shared
would never allow. SQLite has one writer at a time by nature: there, only the chain is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from dcc.audit import api
from dcc.audit.models import Entry, Segment
from dcc.audit.tests.test_concurrency import start, start_guarded
from tests.proofs.recorder import Proof

WAVE = 64
"""Transactions held open together, well under the 100 connections of the cluster of the tests."""
WAIT = 60
SEALERS = 2
CROWDS = [40, pytest.param(1_000, marks=pytest.mark.prove)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="transactions open at once need PostgreSQL")
@pytest.mark.parametrize("writers", CROWDS)
def test_no_writer_waits_for_another_on_postgresql(writers: int, proof: Proof) -> None:
    stop, failures = threading.Event(), list[Exception]()
    sealers = [start_guarded(lambda: seal_until(stop), failures) for _ in range(SEALERS)]
    waves = [range(first, min(first + WAVE, writers)) for first in range(0, writers, WAVE)]
    try:
        for wave in waves:
            write_together(wave, failures)
    finally:
        stop.set()
        for sealer in sealers:
            sealer.join()
    api.seal()
    assert failures == []
    found = {
        "traces": Entry.objects.values("subject").distinct().count(),
        "scellées": Segment.objects.aggregate(rows=Sum("count"))["rows"],
        "non scellées": Entry.objects.filter(segment__isnull=True).count(),
        "anomalies": len(api.verify()),
    }
    assert found == {"traces": writers, "scellées": writers, "non scellées": 0, "anomalies": 0}
    held = {
        "écrivains": writers,
        "vagues": len(waves),
        "transactions ouvertes ensemble, toutes écrites avant qu'une finisse": WAVE,
    }
    _keep(proof, "Les écrivains du journal ne s'attendent pas (PostgreSQL)", {**held, **found})


def seal_until(stop: threading.Event) -> None:
    """Seal in small segments, without rest."""
    while not stop.is_set():
        api.seal(rows_per_segment=50)


def write_together(wave: range, failures: list[Exception]) -> None:
    """One writer by number, each on its own connection; the barrier breaks when one of them waits for the end of another."""
    barrier = threading.Barrier(len(wave), timeout=WAIT)

    def write(number: int) -> None:
        with transaction.atomic():
            api.record(actor=None, action="artifact.checked", subject=f"writer:{number}")
            barrier.wait()

    threads = [start_guarded(partial(write, number), failures) for number in wave]
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("writers", CROWDS)
def test_one_chain_on_sqlite(tmp_path: Path, writers: int, proof: Proof) -> None:
    database = str(tmp_path / "audit.sqlite3")
    assert start(database, "0", "migrate").communicate(timeout=300)[0] == ""
    processes = [start(database, str(writers // 2), "crowd") for _ in range(2)]
    processes += [start(database, str(writers), "seal") for _ in range(SEALERS)]
    for process in processes:
        process.communicate(timeout=600)
    assert [process.returncode for process in processes] == [0] * len(processes)
    total, unsealed, breaches = start(database, "0", "verify").communicate(timeout=300)[0].split()
    assert (total, unsealed, breaches) == (str(writers), "0", "0")
    figures = {"écrivains": writers, "traces": total, "non scellées": unsealed, "anomalies": breaches}
    _keep(proof, "Les écrivains du journal finissent en une chaîne (SQLite, qui n'écrit qu'un à la fois)", figures)


def _keep(proof: Proof, title: str, figures: Mapping[str, object]) -> None:
    proof.record(issue=5, title=title, figures=figures)
