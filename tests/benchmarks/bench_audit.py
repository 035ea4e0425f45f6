"""The journal: what its traces add to a request, and what one trace takes.

Inside a request, the time spent in ``audit.record`` is added up: the difference of two whole pages, which other work on the
machine moves by tens of milliseconds, would say nothing of two. The last line adds what opening a transaction takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.db import transaction

from dcc.audit import api as audit
from tests.benchmarks.bench_web import desk, set_up
from tests.benchmarks.protocol import Bench, Call


def page() -> float:
    """Milliseconds spent in the journal by the page of a document."""
    return _spent(lambda: desk().get(desk().page_url))


def autosave() -> float:
    """Milliseconds spent in the journal by saving one answer."""
    return _spent(desk().save)


def _spent(call: Callable[[], object]) -> float:
    record, spent = audit.record, list[float]()

    def timed(**traced: Any) -> int:
        begun = time.perf_counter()
        try:
            return record(**traced)
        finally:
            spent.append((time.perf_counter() - begun) * 1000)

    with mock.patch.object(audit, "record", timed):
        call()
    assert spent, "the request leaves no trace: this measures nothing"
    return sum(spent)


def one_trace() -> None:
    """One trace and its transaction."""
    with transaction.atomic():
        audit.record(actor=None, action="artifact.checked", subject="bench:trace", n=1)


def _bench(name: str, run: Call, prepare: Callable[[], None] | None = None) -> Bench:
    return Bench(name, run, target="au plus 2 ms", at_most=2, runs=40, warm_up=3, prepare=prepare)


BENCHES = [
    _bench("Ce que le journal prend dans la page d'un document", page, set_up),
    _bench("Ce que le journal prend dans l'enregistrement d'un champ", autosave, set_up),
    _bench("Écrire une trace, dans une transaction à elle", one_trace),
]
