"""Many lines in file, drained by two workers at once on PostgreSQL: each leaves once."""

from __future__ import annotations

import multiprocessing
import os
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.capabilities import Absent, Found, Unknowable
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import Package, Receipt, Recipient
from dcc.events.api import drain
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.transmissions.recipients import line_of
from dcc.exchange.transmissions.steps import ask
from dcc.exchange.transmissions.tests.stage import FORMATS, Stage

LINES = 200
"""Ten thousand, to real mail servers: ``tests/faults/mss``."""


@dataclass(frozen=True)
class WritingTransport:
    """Appends every key that it is given to a file that all processes share."""

    path: Path
    channel: str = "mss"

    def send(self, package: Package, recipient: Recipient, *, key: uuid.UUID, session: object | None = None) -> Receipt:
        with self.path.open("ab") as file:
            file.write(f"{key}\n".encode())
        return Receipt(f"<{key}@test>", timezone.now())

    def find(self, key: uuid.UUID) -> Found | Absent | Unknowable:
        return Unknowable()


def queue_lines(rendition: Rendition, count: int) -> None:
    """So many recipients of one rendition, in file."""
    now, document = timezone.now(), rendition.version.document
    rows = [
        Transmission(
            document=document,
            rendition=rendition,
            channel="mss",
            recipient_kind="ps",
            recipient_key=f"rpps:{number}",
            line=line_of(document.pk, "mss", f"rpps:{number}"),
            address=f"{number}@ps.mssante.fr",
            formats=list(FORMATS),
            continuity_reason="Campagne",
            requested_at=now,
            changed_at=now,
        )
        for number in range(count)
    ]
    with transaction.atomic():
        Transmission.objects.bulk_create(rows, batch_size=500)
        for row in rows:
            ask(row, now)


def _work() -> None:
    drain()
    connections.close_all()
    os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_line_once(stage: Stage, alice: User, validated_id: uuid.UUID, tmp_path: Path) -> None:
    drain()
    path, workers = tmp_path / "sent", 2 if connection.vendor == "postgresql" else 1
    made = Stage(WritingTransport(path))
    queue_lines(Rendition.objects.get(), LINES)
    with use_registry(made.registry):
        _drain_with(workers)
    keys = Counter(path.read_text().split())
    rows = Transmission.objects.filter(recipient_key__startswith="rpps:", sent_at__isnull=False)
    assert set(keys.values()) == {1}, "none twice"
    assert set(keys) == {str(key) for key in rows.values_list("pk", flat=True)}
    assert len(keys) == LINES, "none lost"


def _drain_with(workers: int) -> None:
    if workers == 1:
        drain()
        return
    connections.close_all()
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_work) for _ in range(workers)]
    for process in running:
        process.start()
    for process in running:
        process.join()
