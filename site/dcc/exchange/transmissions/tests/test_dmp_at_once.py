"""An FRCP and its PPS arrive in the DMP together: both ask that it be shown, it is made again once. On PostgreSQL only."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.db import connection

from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition
from dcc.exchange.renditions import freeze_rendition
from dcc.exchange.tests.test_regions_at_once import at_once
from dcc.exchange.transmissions.tests.stage import Noting, Stage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only"),
]


def test_both_ask_and_one_is_made(
    stage: Stage,
    dmp: Noting,
    frcp: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drain()

    def slowly(*of: Any, **said: Any) -> Rendition:
        time.sleep(0.2)
        return freeze_rendition(*of, **said)

    monkeypatch.setattr("dcc.exchange.renewals.freeze_rendition", slowly)
    done = at_once(stage.registry, *[lambda: exchange.renew_to_show(frcp)] * 3)
    assert done == [True] * 3
    assert list(Rendition.objects.filter(version__document=frcp).order_by("number").values_list("reason", flat=True)) == [
        "validation",
        "visibilite",
    ]
    drain()
    assert [package.action for _, _, package in dmp.sent] == ["new", "replace"]
