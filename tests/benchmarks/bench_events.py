"""The outbox: what publishing costs the business transaction, and how fast deliveries are made."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

from django.db import transaction

from dcc.contracts.events import Context, DocumentValidated
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.events.api import drain, publish
from tests.benchmarks.protocol import Bench

DELIVERIES = 200


def _ignore(event: DocumentValidated, context: Context) -> None:
    """A subscriber that does nothing."""


def _register(registry: Registry) -> None:
    for key in ("one", "two"):
        registry.subscribe(DocumentValidated, _ignore, key=key)


def _publish_one() -> None:
    with transaction.atomic():
        publish(
            DocumentValidated(
                document_id=uuid.uuid4(), version_id=uuid.uuid4(), document_type="frcp", at=datetime.now(UTC), actor_id=None
            )
        )


def publish_one() -> None:
    """One transaction, one event, two deliveries."""
    with use_registry(make_registry(_register)):
        _publish_one()


def deliver() -> float:
    """Milliseconds per delivery of a backlog."""
    with use_registry(make_registry(_register)):
        drain()
        for _ in range(DELIVERIES // 2):
            _publish_one()
        begun = time.perf_counter()
        drain()
        return (time.perf_counter() - begun) * 1000 / DELIVERIES


BENCHES = [
    Bench("Publier un événement à deux abonnés (transaction comprise)", publish_one, target="au plus 10 ms", at_most=10),
    Bench("Faire une livraison (prise, appel vide, règlement)", deliver, target="au plus 10 ms", at_most=10, runs=5),
]
