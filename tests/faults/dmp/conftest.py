"""The stage of deposits whose DMP is the stand-in, reached by a way on which things happen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dcc.contracts.registry import use_registry
from plugins.dmp.deposits.tests.conftest import dan, qualified
from tests.dmp.deposits.stage import SandboxStage
from tests.dmp.fixtures import RunningDmp
from tests.faults.dmp.faulty import FaultyDmp

__all__ = ["dan", "qualified", "stage"]


@pytest.fixture
def stage(running_dmp: RunningDmp) -> Iterator[SandboxStage]:
    """Nobody is connected."""
    made = SandboxStage(running_dmp, lambda settings: FaultyDmp(settings, running_dmp))
    with use_registry(made.registry):
        yield made
