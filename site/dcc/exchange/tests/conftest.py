"""An FRCP that another region is to complete."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.registry import use_registry
from dcc.exchange.tests.regions import Source, complete, staged


@pytest.fixture
def source(facility: Facility, alice: User, frcp_id: uuid.UUID) -> Iterator[Source]:
    """A completed FRCP, ready to be sent."""
    stage, post = staged(facility)
    with use_registry(stage.registry):
        complete(alice, frcp_id)
        yield Source(stage, post, frcp_id, alice)
