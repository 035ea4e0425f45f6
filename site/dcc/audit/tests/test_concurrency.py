"""Several writers and two sealers at once: no trace lost, none sealed twice, the chain stays whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from dcc.audit import api
from dcc.audit.models import Entry

WRITER = Path(__file__).with_name("writer.py")


def start(*arguments: str) -> subprocess.Popen[str]:
    """A process of :mod:`.writer`."""
    environment = {"PYTHONPATH": f"{settings.BASE_DIR / 'site'}:{settings.BASE_DIR}", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen([sys.executable, str(WRITER), *arguments], env=environment, stdout=subprocess.PIPE, text=True)


def test_processes_on_sqlite(tmp_path: Path) -> None:
    database = str(tmp_path / "audit.sqlite3")
    assert start(database, "0", "migrate").communicate(timeout=300)[0] == ""
    writers = [start(database, "40", "write") for _ in range(3)]
    sealers = [start(database, "120", "seal") for _ in range(2)]
    for process in (*writers, *sealers):
        process.communicate(timeout=300)
    assert [process.returncode for process in (*writers, *sealers)] == [0] * 5
    verifier = start(database, "0", "verify")
    assert verifier.communicate(timeout=300)[0].split() == ["120", "0", "0"]


def start_guarded(work: Callable[[], None], failures: list[Exception]) -> threading.Thread:
    """A thread with connections of its own; what it raises is kept in ``failures``."""

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (reported by the assertion)
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=guarded)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only")
def test_threads_on_postgresql() -> None:
    stop = threading.Event()
    failures: list[Exception] = []

    def write() -> None:
        for n in range(50):
            with transaction.atomic():
                api.record(actor=None, action="artifact.checked", subject="writer:1", n=n)

    def seal() -> None:
        while not stop.is_set():
            api.seal(rows_per_segment=7)

    sealers = [start_guarded(seal, failures) for _ in range(2)]
    writers = [start_guarded(write, failures) for _ in range(4)]
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    api.seal()
    assert failures == []
    assert (Entry.objects.count(), Entry.objects.filter(segment__isnull=True).count()) == (200, 0)
    assert api.verify() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two open transactions need PostgreSQL")
def test_a_late_commit_on_postgresql() -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            api.record(actor=None, action="artifact.checked", subject="writer:slow")
            written.set()
            sealed.wait(60)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(60)
    with transaction.atomic():
        api.record(actor=None, action="artifact.checked", subject="writer:fast")
    assert api.seal() == 1
    sealed.set()
    thread.join()
    assert api.seal() == 1
    assert list(Entry.objects.order_by("segment_id").values_list("subject", flat=True)) == ["writer:fast", "writer:slow"]
    assert api.verify() == []
